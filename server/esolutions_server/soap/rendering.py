"""Write responses and faults, to the byte.

Every prefix is declared on the Envelope and nowhere else; a fault declares
only those it uses. What a response says is decided elsewhere.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from lxml import etree

from esolutions_server.soap.lexical import format_datetime
from esolutions_server.soap.signature import signature_markup
from esolutions_server.soap.wsse_versions import DEFAULT_VERSION, SOAP

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_server.service.errors import RefusalError
    from esolutions_server.service.messages import Response
    from esolutions_server.soap.wsse_versions import WsseVersion

__all__ = ["ResponseRenderer", "render_fault"]

NAMESPACE = "urn:smart-esolutions:communication-server:proxy"
DECLARATION = "<?xml version='1.0' encoding='UTF-8'?>\n"
LIFETIME = timedelta(minutes=5)

_ENVELOPE = (
    DECLARATION + f'<soap11env:Envelope xmlns:soap11env="{SOAP}" xmlns:tns="{NAMESPACE}" '
    'xmlns:wsse="%(wsse)s" xmlns:wsu="%(wsu)s"><soap11env:Header><wsse:Security>%(signature)s</wsse:Security>'
    "<wsu:Timestamp><wsu:Created>%(created)s</wsu:Created><wsu:Expires>%(expires)s</wsu:Expires></wsu:Timestamp>"
    '</soap11env:Header><soap11env:Body wsu:Id="body">%(payload)s</soap11env:Body></soap11env:Envelope>'
)
_FAULT = (
    DECLARATION + f'<soap11env:Envelope xmlns:soap11env="{SOAP}"%(declared)s><soap11env:Body><soap11env:Fault>'
    "<faultcode>%(code)s</faultcode><faultstring>%(reason)s</faultstring>"
    "</soap11env:Fault></soap11env:Body></soap11env:Envelope>"
)


class ResponseRenderer:
    """Writes the response to one request, in the caller's version of WS-Security."""

    def __init__(self, version: WsseVersion, write: Callable[[Response], bytes]) -> None:
        self._version = version
        self._write = write

    def payload(self, response: Response) -> bytes:
        """Write the content of a response, as a fragment whose prefix the Envelope declares."""
        return self._write(response)

    def envelope(self, payload: bytes, secret: str, now: datetime) -> bytes:
        """Put a content into a signed envelope."""
        fields = {
            "wsse": self._version.wsse,
            "wsu": self._version.wsu,
            "created": format_datetime(now),
            "expires": format_datetime(now + LIFETIME),
            "payload": payload.decode(),
        }
        # The signature is over the body as it will be read, so it is read once.
        unsigned = etree.fromstring((_ENVELOPE % (fields | {"signature": ""})).encode())
        return (_ENVELOPE % (fields | {"signature": signature_markup(unsigned[1], secret)})).encode()


def render_fault(refusal: RefusalError, version: WsseVersion | None = None, *, is_frank: bool = False) -> bytes:
    """Spell a SOAP 1.1 fault (section 4.4); a frank one tells the sender all that the journal gets."""
    reason = refusal.reason if is_frank else refusal.public_reason
    prefix = refusal.code.partition(":")[0]
    namespaces = version or DEFAULT_VERSION
    declared = {"wsse": f' xmlns:wsse="{namespaces.wsse}"', "wsu": f' xmlns:wsu="{namespaces.wsu}"'}
    # A parser's message may quote what no XML document can hold.
    readable = "".join(letter for letter in reason if letter.isprintable())
    fields = {"declared": declared.get(prefix, ""), "code": refusal.code.value, "reason": escape(readable)}
    return (_FAULT % fields).encode()
