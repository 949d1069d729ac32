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

__all__ = ["Envelope", "canonical", "check_understood", "envelope_of", "open_envelope", "parse"]

XML_NAMESPACE_ATTRIBUTES = ("1", "true")
NEXT_ACTOR = "http://schemas.xmlsoap.org/soap/actor/next"
_SHOWN = 40
_LONGEST_SHOWN = 100


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
    envelope = envelope_of(parse(document, charset))
    check_understood(envelope)
    return envelope


def envelope_of(root: etree._Element) -> Envelope:
    """Find the parts of an envelope.

    Raises:
        RefusalError: it is none of SOAP 1.1 with one element in its body.
    """
    if root.tag != f"{{{SOAP}}}Envelope":
        if etree.QName(root).localname == "Envelope":
            text = f"the envelope is not one of SOAP 1.1, whose namespace is {SOAP}"
            raise RefusalError(FaultCode.VERSION_MISMATCH, text)
        raise _malformed(f"the document is not a SOAP envelope but a {etree.QName(root).localname[:_SHOWN]}")
    headers = root.findall(f"{{{SOAP}}}Header")
    bodies = root.findall(f"{{{SOAP}}}Body")
    if len(bodies) != 1 or len(headers) > 1:
        found = f"{len(bodies)} Bodies and {len(headers)} Headers"
        raise _malformed(f"an envelope has one Body and at most one Header, and this one has {found}")
    if len(bodies[0]) != 1:
        raise _malformed(f"the Body holds one element, and this one holds {len(bodies[0])}")
    blocks = tuple(headers[0]) if headers else ()
    return Envelope(root, blocks, bodies[0], bodies[0][0])


_SECURITY_TAGS = frozenset(f"{{{namespace}}}Security" for namespace in SECURITY_NAMESPACES)
_UNDERSTOOD = _SECURITY_TAGS | {f"{{{namespace}}}Timestamp" for namespace in UTILITY_NAMESPACES}


def _malformed(reason: str) -> RefusalError:
    return RefusalError(FaultCode.CLIENT, reason)


def parse(document: bytes, charset: str | None) -> etree._Element:
    """Parse a document; comments and processing instructions are left out.

    Raises:
        RefusalError: it is no well-formed XML, or has a document type.
    """
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
        raise _malformed(f"the character set {(charset or '')[:_SHOWN]!r} is not known, expected utf-8") from None
    except etree.XMLSyntaxError as error:
        raise _malformed(f"the document is not well-formed XML: {_complaint(error)}") from None
    except ValueError:
        raise _malformed("the document is not well-formed XML: it cannot be read in its character set") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise _malformed("a SOAP message has no document type")
    return root


def _complaint(error: etree.XMLSyntaxError) -> str:
    """Return what the parser says with the place in the document, and not the name of a file there never was."""
    line, column = error.position
    said = (error.msg or "it cannot be read").partition(f", line {line}, column")[0]
    return f"line {line}, column {column}: {said}"


def _codec_name(charset: str) -> str:
    if normalize_encoding(charset).lower() not in _CHARSETS:
        raise LookupError(charset)
    return codecs.lookup(charset).name


def check_understood(envelope: Envelope) -> None:
    """Make sure that every header block is known that has to be.

    Raises:
        RefusalError: one is not.
    """
    for block in envelope.headers:
        is_for_us = block.get(f"{{{SOAP}}}actor", NEXT_ACTOR) in {NEXT_ACTOR, ""}
        is_mandatory = block.get(f"{{{SOAP}}}mustUnderstand") in XML_NAMESPACE_ATTRIBUTES
        if is_for_us and is_mandatory and block.tag not in _UNDERSTOOD:
            name = etree.QName(block)
            namespace = (name.namespace or "")[:_LONGEST_SHOWN]
            text = f"the header block {name.localname[:_SHOWN]} of {namespace!r} is not known"
            raise RefusalError(FaultCode.MUST_UNDERSTAND, text)
