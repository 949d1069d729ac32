"""The WSDL as the server itself states it.

spyne writes it; what is tidied here changes its form, not its meaning: a
fixed length is a minimum and a maximum, and only messages are global elements.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree
from spyne.interface.wsdl import Wsdl11

if TYPE_CHECKING:
    from esolutions_server.soap.contract.application import Contract

__all__ = ["wsdl_document"]

XS = "http://www.w3.org/2001/XMLSchema"
WSDL = "http://schemas.xmlsoap.org/wsdl/"


def wsdl_document(contract: Contract, url: str) -> bytes:
    """Return the WSDL 1.1 of the server at `url`."""
    writer = Wsdl11(contract.interface)
    writer.build_interface_document(url)
    root = etree.fromstring(writer.get_interface_document(), etree.XMLParser(remove_blank_text=True))
    for length in root.findall(f".//{{{XS}}}length"):
        _split_length(length)
    _keep_only_messages(root)
    service = root.find(f"{{{WSDL}}}service")
    if service is not None:
        root.append(service)
    etree.cleanup_namespaces(root, keep_ns_prefixes=["tns", "xs"])
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
