"""How docs/wire.md spells a message: which prefixes it has, and where they are declared.

What a message of another spelling would weigh in this one is what the published sizes can be compared with.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.soap.wsse_versions import DEFAULT_VERSION, SECURITY_NAMESPACES, SOAP, UTILITY_NAMESPACES

if TYPE_CHECKING:
    from esolutions_server.soap.envelope import Envelope

__all__ = ["documented_size"]

_MESSAGE = "urn:smart-esolutions:communication-server:proxy"
_SIGNATURE = "http://www.w3.org/2000/09/xmldsig#"
_REQUEST = {"soap-env": SOAP, "wsse": DEFAULT_VERSION.wsse, "wsu": DEFAULT_VERSION.wsu}
_ANSWER = {"soap11env": SOAP, "tns": _MESSAGE, "wsse": DEFAULT_VERSION.wsse, "wsu": DEFAULT_VERSION.wsu}
# Declared where the first element of its namespace stands.
_LOCAL = {_MESSAGE: "ns0", _SIGNATURE: "ds"}
_DOCUMENTED = {
    **dict.fromkeys(SECURITY_NAMESPACES, DEFAULT_VERSION.wsse),
    **dict.fromkeys(UTILITY_NAMESPACES, DEFAULT_VERSION.wsu),
}


def documented_size(envelope: Envelope) -> int:
    """Return how many bytes a message would have, spelled as it is documented, with the same names and texts."""
    is_request = not etree.QName(envelope.payload).localname.endswith(("Receipt", "Response"))
    root = etree.Element(envelope.root.tag, nsmap=_REQUEST if is_request else _ANSWER)
    for child in envelope.root.iterchildren("*"):
        _copy(child, root)
    return len(etree.tostring(root, encoding="utf-8", xml_declaration=True))


def _copy(element: etree._Element, parent: etree._Element) -> None:
    name = etree.QName(_documented_name(str(element.tag)))
    declared = parent.nsmap.values()
    local = {prefix: each for each, prefix in _LOCAL.items() if each == name.namespace and each not in declared}
    copied = etree.SubElement(parent, name.text, nsmap=local)
    for attribute, value in element.attrib.items():
        copied.set(_documented_name(str(attribute)), value)
    children = list(element.iterchildren("*"))
    if not children:
        is_of_a_request = copied.prefix == _LOCAL[_MESSAGE]
        # A meter without a value has two tags in a request, and one in a response.
        copied.text = element.text or ("" if is_of_a_request else None)
    for child in children:
        _copy(child, copied)


def _documented_name(tag: str) -> str:
    if not tag.startswith("{"):
        return tag
    name = etree.QName(tag)
    return f"{{{_DOCUMENTED.get(name.namespace or '', name.namespace)}}}{name.localname}"
