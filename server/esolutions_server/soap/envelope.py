"""Take a SOAP 1.1 envelope apart, trusting nothing in it.

No document type, no entities, no network, a bounded size; what is wrong is a
RefusalError, never another exception. Who sent it and what it says is not looked
at here.
"""

from __future__ import annotations

import codecs
from dataclasses import dataclass
from encodings import normalize_encoding
from encodings.aliases import aliases

from lxml import etree

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.soap.wsse_versions import SECURITY_NAMESPACES, SOAP, UTILITY_NAMESPACES

__all__ = ["Envelope", "canonical", "open_envelope"]

XML_NAMESPACE_ATTRIBUTES = ("1", "true")
NEXT_ACTOR = "http://schemas.xmlsoap.org/soap/actor/next"


# Python remembers each name that it was asked for and did not know, for ever: it is asked for those it knows only.
_CHARSETS = frozenset(aliases) | frozenset(aliases.values())


@dataclass(frozen=True, slots=True)
class Envelope:
    """The parts of an envelope; `payload` is the one element in the body."""

    root: etree._Element
    headers: tuple[etree._Element, ...]
    body: etree._Element
    payload: etree._Element

    def canonical_body(self) -> bytes:
        """Return the exclusive canonical form of the Body."""
        return canonical(self.body)

    @property
    def operation(self) -> str:
        """The local name of the payload."""
        return etree.QName(self.payload).localname


def canonical(element: etree._Element) -> bytes:
    """Return the exclusive canonical form of an element."""
    return etree.tostring(element, method="c14n", exclusive=True, with_comments=False)


def open_envelope(document: bytes, charset: str | None) -> Envelope:
    """Parse a document and find the parts of the envelope.

    Args:
        document: the HTTP body.
        charset: the one the HTTP header names, which then has the last word.

    Raises:
        RefusalError: this is no SOAP 1.1 envelope with one element in its body.
    """
    root = _parse(document, charset)
    if root.tag != f"{{{SOAP}}}Envelope":
        if etree.QName(root).localname == "Envelope":
            raise RefusalError(FaultCode.VERSION_MISMATCH, "the envelope is not one of SOAP 1.1")
        raise _malformed("the document is not a SOAP envelope")
    headers = root.findall(f"{{{SOAP}}}Header")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(headers) > 1:
        raise _malformed("an envelope has one Body and at most one Header")
    if len(bodies[0]) != 1:
        raise _malformed("the Body holds one element")
    blocks = tuple(headers[0]) if headers else ()
    _check_understood(blocks)
    return Envelope(root, blocks, bodies[0], bodies[0][0])


_SECURITY_TAGS = frozenset(f"{{{namespace}}}Security" for namespace in SECURITY_NAMESPACES)
_UNDERSTOOD = _SECURITY_TAGS | {f"{{{namespace}}}Timestamp" for namespace in UTILITY_NAMESPACES}


def _malformed(reason: str) -> RefusalError:
    return RefusalError(FaultCode.CLIENT, reason)


def _parse(document: bytes, charset: str | None) -> etree._Element:
    if not document:
        raise _malformed("the request has no content")
    try:
        parser = etree.XMLParser(
            encoding=_codec_name(charset) if charset else None,
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            remove_comments=True,
            remove_pis=True,
        )
        root = etree.fromstring(document, parser)
    except LookupError:
        raise _malformed("the character set is not known") from None
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _malformed(f"the document is not well-formed: {error}") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _malformed("a SOAP message has no document type")
    return root


def _codec_name(charset: str) -> str:
    if normalize_encoding(charset).lower() not in _CHARSETS:
        raise LookupError(charset)
    return codecs.lookup(charset).name


def _check_understood(blocks: tuple[etree._Element, ...]) -> None:
    for block in blocks:
        is_for_us = block.get(f"{{{SOAP}}}actor", NEXT_ACTOR) in {NEXT_ACTOR, ""}
        is_mandatory = block.get(f"{{{SOAP}}}mustUnderstand") in XML_NAMESPACE_ATTRIBUTES
        if is_for_us and is_mandatory and block.tag not in _UNDERSTOOD:
            raise RefusalError(
                FaultCode.MUST_UNDERSTAND, f"the header block {etree.QName(block).localname} is not known"
            )
