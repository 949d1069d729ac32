"""The WSDL as the server itself states it.

spyne writes it; what is tidied here changes its form, not its meaning: a
fixed length is a minimum and a maximum, only messages are global elements, and
everything has one order at every start. What WSDL 1.1 cannot state stands in it
as documentation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self
from xml.sax.saxutils import quoteattr

from lxml import etree
from spyne.interface.wsdl import Wsdl11

from esolutions_server.service.errors import FaultCode
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.wsse_versions import DEFAULT_VERSION

if TYPE_CHECKING:
    from esolutions_server.soap.contract.application import Contract

__all__ = ["WsdlDocument", "wsdl_document"]

XS = "http://www.w3.org/2001/XMLSchema"
WSDL = "http://schemas.xmlsoap.org/wsdl/"
JAXWS = "http://java.sun.com/xml/ns/jaxws"

# No address has a space in it.
_PLACE = "urn:the address of the service"
_DOCUMENTATION = f"{{{WSDL}}}documentation"
_OF_THE_WHOLE = (
    "SOAP 1.1 over HTTP, document/literal. Beside what is stated here, every request has a WS-Security header, and "
    "SubmitBillingTransaction and every answer a signature of the Body: docs/wire.md says how, with a test vector."
)
_OF_THE_BINDING = (
    f"Header of a request: wsse:Security (namespace {DEFAULT_VERSION.wsse}, or that of a later version) with a "
    "UsernameToken of Username, Password of the type PasswordDigest, Nonce and wsu:Created; and a wsu:Timestamp with "
    "Created and Expires, beside it or in it. Header of an answer: wsse:Security with a ds:Signature, and a "
    f"wsu:Timestamp. Faults come with HTTP 500 and one of the codes {', '.join(FaultCode)}."
)
_SIGNED = " Its request has a ds:Signature in wsse:Security, too."


@dataclass(frozen=True, slots=True)
class WsdlDocument:
    """The document, but for the address of the service."""

    before: bytes
    after: bytes

    @classmethod
    def of(cls, contract: Contract) -> Self:
        """Write it."""
        before, _, after = wsdl_document(contract, _PLACE).partition(quoteattr(_PLACE).encode())
        return cls(before, after)

    def at(self, url: str) -> bytes:
        """Return the document of a server at that address."""
        return self.before + quoteattr(url).encode() + self.after


def wsdl_document(contract: Contract, url: str) -> bytes:
    """Return the WSDL 1.1 of the server at `url`."""
    writer = Wsdl11(contract.interface)
    writer.build_interface_document(url)
    root = etree.fromstring(writer.get_interface_document(), etree.XMLParser(remove_blank_text=True))
    for length in root.findall(f".//{{{XS}}}length"):
        _split_length(length)
    _keep_only_messages(root)
    for schema in root.iter(f"{{{XS}}}schema"):
        _order(schema)
    _document(root)
    _leave_parameters_whole(root)
    service = root.find(f"{{{WSDL}}}service")
    if service is not None:
        root.append(service)
    etree.cleanup_namespaces(root, top_nsmap={"jaxws": JAXWS}, keep_ns_prefixes=["tns", "xs"])
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _split_length(length: etree._Element) -> None:
    restriction = length.getparent()
    if restriction is None:
        return
    for name in ("minLength", "maxLength"):
        etree.SubElement(restriction, f"{{{XS}}}{name}", value=str(length.get("value")))
    restriction.remove(length)


def _keep_only_messages(root: etree._Element) -> None:
    meant = {str(part.get("element")).rpartition(":")[2] for part in root.iter(f"{{{WSDL}}}part")}
    for schema in root.iter(f"{{{XS}}}schema"):
        for element in schema.findall(f"{{{XS}}}element"):
            if element.get("name") not in meant:
                schema.remove(element)


def _order(schema: etree._Element) -> None:
    """Put simple types first, then complex ones, each by name: spyne goes through sets, by addresses in memory."""
    kinds = ("simpleType", "complexType", "element")
    schema[:] = sorted(schema, key=lambda each: (kinds.index(etree.QName(each).localname), each.get("name") or ""))


def _document(root: etree._Element) -> None:
    _put_first(root, _OF_THE_WHOLE)
    for binding in root.iter(f"{{{WSDL}}}binding"):
        _put_first(binding, _OF_THE_BINDING)
    for operation in root.iterfind(f"{{{WSDL}}}portType/{{{WSDL}}}operation"):
        row = OPERATIONS[str(operation.get("name"))]
        for written in operation.findall(_DOCUMENTATION):
            operation.remove(written)
        _put_first(operation, row.summary + (_SIGNED if row.is_signed else ""))


def _put_first(element: etree._Element, text: str) -> None:
    documentation = etree.Element(_DOCUMENTATION)
    documentation.text = text
    element.insert(0, documentation)


def _leave_parameters_whole(root: etree._Element) -> None:
    """Tell JAX-WS to give a method the message as one parameter (JSR 224, 8.7.1).

    In its wrapper style the children of request and response become parameters of one method, where two of them,
    `Device` and `Device`, have one name and different types.
    """
    bindings = etree.Element(f"{{{JAXWS}}}bindings")
    etree.SubElement(bindings, f"{{{JAXWS}}}enableWrapperStyle").text = "false"
    root.insert(1, bindings)
