"""The quirks of real agents over real UDP: what one port brings, the other brings too."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest
from pyasn1.codec.ber import decoder, encoder  # type: ignore[import-untyped]
from pysnmp.proto import api, rfc1905

from esolutions_client.snmp.errors import GEN_ERR, AgentError, TooBigError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext, Reply, Request, Value, run
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.rows.identify import Identified, identify

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from types import SimpleNamespace

pytestmark = pytest.mark.wire

MODULE = api.PROTOCOL_MODULES[api.SNMP_VERSION_2C]


class Served:
    """An answering function served over UDP in version 2c, encoded by an SNMP library."""

    def __init__(self, agent: Callable[[Request], Reply]) -> None:
        self._agent = agent
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Target:
        """Return where it listens."""
        self._thread.start()
        host, port = self._socket.getsockname()
        return Target(host, port, timeout_seconds=1.0, retries=0)

    def __exit__(self, *_: object) -> None:
        """End the thread and wait for it."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closer:
            closer.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            octets, address = self._socket.recvfrom(65_535)
            if not octets:
                return
            self._socket.sendto(_answered(octets, self._agent), address)


def _answered(octets: bytes, agent: Callable[[Request], Reply]) -> bytes:
    message, _ = decoder.decode(octets, asn1Spec=MODULE.Message())
    question = MODULE.apiMessage.get_pdu(message)
    oids = tuple(str(name) for name, _ in MODULE.apiPDU.get_varbinds(question))
    pdu = MODULE.apiPDU.get_response(question)
    try:
        rows = _rows(question, oids, agent)
    except TooBigError:
        MODULE.apiPDU.set_error_status(pdu, 1)
        rows = []
    except AgentError as refusal:
        MODULE.apiPDU.set_error_status(pdu, refusal.status)
        MODULE.apiPDU.set_error_index(pdu, refusal.index)
        rows = [(oid, None) for oid in oids]
    MODULE.apiPDU.set_varbinds(pdu, [(oid, _wrapped(value)) for oid, value in rows])
    reply = MODULE.apiMessage.get_response(message)
    MODULE.apiMessage.set_pdu(reply, pdu)
    return encoder.encode(reply)  # type: ignore[no-any-return]


def _rows(question: Any, oids: tuple[str, ...], agent: Callable[[Request], Reply]) -> list[Any]:
    if isinstance(question, rfc1905.GetBulkRequestPDU):
        return list(agent(GetBulk(oids[0], int(MODULE.apiBulkPDU.get_max_repetitions(question)))))
    if isinstance(question, rfc1905.GetNextRequestPDU):
        return list(agent(GetNext(oids)))
    return list(zip(oids, agent(Get(oids)), strict=True))


def _wrapped(value: Value) -> Any:
    if value is None:
        return rfc1905.endOfMibView
    kinds = {int: MODULE.Integer, bytes: MODULE.OctetString, str: MODULE.ObjectIdentifier}
    return kinds[type(value)](value)


@pytest.fixture
def expected(xerox: dict[str, Value], agents: SimpleNamespace, now: Callable[[], datetime]) -> Any:
    """What an agent without quirks shows."""
    return run(identify(now=now), agents.obliging(xerox)).reading


def gen_err_to_bulk(agent: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """GETBULK is answered with genErr, as by agents that do not know it."""

    def answer(request: Request) -> Reply:
        if isinstance(request, GetBulk):
            raise AgentError(GEN_ERR)
        return agent(request)

    return answer


def gen_err_to_much(agent: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    """A GET of more than four variables is answered with genErr that names none of them."""

    def answer(request: Request) -> Reply:
        if isinstance(request, Get) and len(request.oids) > 4:
            raise AgentError(GEN_ERR)
        return agent(request)

    return answer


QUIRKS = {"gen_err_to_bulk": gen_err_to_bulk, "gen_err_to_much": gen_err_to_much}


@pytest.mark.parametrize(
    "quirk", ["obliging", "deaf_to_get", "circling", "gen_err_to_bulk", "gen_err_to_much", 1, 3, 9]
)
def test_an_agents_quirks_do_not_change_the_reading_over_udp(
    port: SnmpPort,
    xerox: dict[str, Value],
    agents: SimpleNamespace,
    now: Callable[[], datetime],
    expected: Any,
    quirk: str | int,
) -> None:
    """An answer that does not fit must not look like the end of a table: the life count would stand in silently."""
    agent = agents.obliging(xerox)
    if isinstance(quirk, int):
        agent = agents.too_big_beyond(quirk)(agent)
    elif quirk != "obliging":
        agent = (QUIRKS.get(quirk) or getattr(agents, quirk))(agent)
    with Served(agent) as target:
        ((_, met),) = next(iter(port.converse([(target, identify(now=now))])))
    assert isinstance(met, Identified)
    assert (met.reading.serial_number, met.reading.meters, met.reading.supplies) == (
        expected.serial_number,
        expected.meters,
        expected.supplies,
    )
