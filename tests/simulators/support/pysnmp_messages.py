"""Requests as pysnmp writes them, and responses as it reads them."""

import warnings
from typing import Any

from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]

from esolutions_simulators.snmp.fast.codec.message import BULK, GET, NEXT, SET

with warnings.catch_warnings():
    # pysnmp 7.1 imports from pysmi what pysmi has renamed.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pysnmp.proto import api

KINDS = {GET: "GetRequestPDU", NEXT: "GetNextRequestPDU", SET: "SetRequestPDU", BULK: "GetBulkRequestPDU"}


def encoded(version: int, kind: int, asked: list[str], number: int = 7, community: str = "public") -> bytes:
    """Return a request as pysnmp writes it."""
    module: Any = api.PROTOCOL_MODULES[version]
    pdu = getattr(module, KINDS[kind])()
    interface = module.apiBulkPDU if kind == BULK else module.apiPDU
    interface.set_defaults(pdu)
    interface.set_request_id(pdu, number)
    interface.set_varbinds(pdu, [(oid, module.Null("")) for oid in asked])
    message = module.Message()
    module.apiMessage.set_defaults(message)
    module.apiMessage.set_community(message, community)
    module.apiMessage.set_pdu(message, pdu)
    octets: bytes = encoder.encode(message)
    return octets


def decoded(version: int, answer: bytes) -> tuple[int, int, int, list[tuple[str, Any]]]:
    """Return the number, status, index and variables of a response as pysnmp reads it."""
    module: Any = api.PROTOCOL_MODULES[version]
    message, rest = decoder.decode(answer, asn1Spec=module.Message())
    assert rest == b""
    pdu = module.apiMessage.get_pdu(message)
    assert pdu.tagSet == module.GetResponsePDU.tagSet
    variables = [(str(name), value) for name, value in module.apiPDU.get_varbinds(pdu)]
    return (
        int(module.apiPDU.get_request_id(pdu)),
        int(module.apiPDU.get_error_status(pdu)),
        int(module.apiPDU.get_error_index(pdu, muteErrors=True)),
        variables,
    )
