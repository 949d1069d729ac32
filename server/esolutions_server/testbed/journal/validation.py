"""Validate messages against the contract, in both directions: the schema of the WSDL, and the published sizes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from esolutions_server.service.errors import RefusalError
from esolutions_server.soap.contract.application import Contract
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.contract.wsdl import XS, wsdl_document
from esolutions_server.soap.envelope import open_envelope
from esolutions_server.soap.wsse_versions import SOAP

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.domain.published_sizes import SizeFormula
    from esolutions_server.soap.envelope import Envelope

__all__ = ["ContractCheck", "Deviation"]

_FAULT = f"{{{SOAP}}}Fault"
_RESPONSES = {operation.response_name: operation for operation in OPERATIONS.values()}
# Of a message with thousands of rows that are all wrong.
_MOST_DEVIATIONS = 100


@dataclass(frozen=True, slots=True)
class Deviation:
    """Where a message is not as the contract has it.

    Attributes:
        rule: `envelope`, `schema` or `size`.
        text: what is wrong, in a sentence.
        line: of the document, from 1; None where it is about the whole.
        path: of the element, as XPath with prefixes; None likewise.
    """

    rule: str
    text: str
    line: int | None = None
    path: str | None = None


class ContractCheck:
    """The contract, made ready when a message is validated first."""

    def __init__(self) -> None:
        # libxml2's schema keeps the errors of the last document for all threads.
        self._lock = threading.Lock()
        self._schema: etree.XMLSchema | None = None

    def request(self, document: bytes, charset: str | None) -> list[Deviation]:
        """Return where a request deviates."""
        return list(self._deviations(document, charset, is_request=True))

    def response(self, document: bytes) -> list[Deviation]:
        """Return where a response deviates."""
        return list(self._deviations(document, None, is_request=False))

    def _deviations(self, document: bytes, charset: str | None, *, is_request: bool) -> Iterator[Deviation]:
        try:
            envelope = open_envelope(document, charset)
        except RefusalError as refusal:
            yield Deviation("envelope", refusal.reason)
            return
        if envelope.payload.tag == _FAULT and not is_request:
            return
        operation = (OPERATIONS if is_request else _RESPONSES).get(envelope.operation)
        if operation is None:
            yield Deviation("schema", f"{envelope.operation} is no {'request' if is_request else 'response'}")
            return
        yield from self._of_schema(envelope)
        formula = operation.request_size if is_request else operation.response_size
        yield from _of_size(envelope, len(document), formula)

    def _of_schema(self, envelope: Envelope) -> Iterator[Deviation]:
        with self._lock:
            if self._schema is None:
                self._schema = _schema()
            self._schema.validate(envelope.payload)
            log: Any = self._schema.error_log  # whose stub does not say that it can be iterated
            errors = list(log)[:_MOST_DEVIATIONS]
        for error in errors:
            yield Deviation("schema", error.message, error.line, error.path)


def _of_size(envelope: Envelope, measured: int, formula: SizeFormula | None) -> Iterator[Deviation]:
    if formula is None:
        return
    devices = sum(1 for child in envelope.payload if etree.QName(child).localname in {"Device", "Command"})
    published = formula.bytes_for(devices)
    if measured != published:
        by = measured - published
        side = "more" if by > 0 else "fewer"
        text = f"{measured:,} bytes, {abs(by):,} {side} than the {published:,} that are published for x = {devices:,}"
        yield Deviation("size", text)


def _schema() -> etree.XMLSchema:
    wsdl = etree.fromstring(wsdl_document(Contract(), "https://localhost/"))
    found = wsdl.find(f".//{{{XS}}}schema")
    if found is None:
        raise LookupError("the WSDL has no schema")
    # As a document of its own it has the declarations of the WSDL's prefixes, too.
    return etree.XMLSchema(etree.fromstring(etree.tostring(found)))
