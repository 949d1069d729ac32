"""Lay a document out in lines for reading: a line an element; what is no XML as it came, broken at its tags."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lxml import etree

from esolutions_server.service.errors import RefusalError
from esolutions_server.soap.envelope import parse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

__all__ = ["Line", "around", "laid_out", "root_of", "shortened"]

# Lines that are shown of a long document, besides those around what is marked.
MOST_LINES = 400
_CONTEXT = 3
_PLACE = re.compile(r"line (\d{1,9}), column (\d{1,9})")
_BETWEEN_TAGS = re.compile(r"(?<=>)(?=<)|\n")
_XML = "http://www.w3.org/XML/1998/namespace"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a document: its number as laid out, from 1, how deep it is, its text, and whether it offends.

    The number 0 stands in for lines that are left out.
    """

    number: int
    depth: int
    text: str
    is_marked: bool = False


def root_of(text: str) -> etree._Element | None:
    """Return the root element of a text; None where it is no XML that a message can be."""
    try:
        return parse(text.encode("utf-8", "replace"), "utf-8")
    except RefusalError:
        return None


def laid_out(text: str, marked: Collection[etree._Element] = (), root: etree._Element | None = None) -> list[Line]:
    """Return a document in lines.

    Args:
        text: the document.
        marked: elements of `root` that offend; without a root, the place where the text stops being XML does.
        root: of the text, None where it is no XML.
    """
    found = _broken(text) if root is None else _of_element(root, 0, marked)
    return [Line(number, line.depth, line.text, line.is_marked) for number, line in enumerate(found, 1)]


def shortened(lines: list[Line]) -> list[Line]:
    """Return the beginning of a long document, and what is around its marked lines."""
    if len(lines) <= MOST_LINES:
        return lines
    wanted = set(range(MOST_LINES)) | _near(lines)
    return _with_gaps(lines, sorted(wanted))


def around(lines: list[Line]) -> list[Line]:
    """Return what is around the marked lines of a document."""
    return _with_gaps(lines, sorted(_near(lines)))


def _near(lines: list[Line]) -> set[int]:
    marked = [at for at, line in enumerate(lines) if line.is_marked][:_CONTEXT]
    return {near for at in marked for near in range(max(0, at - _CONTEXT), min(len(lines), at + _CONTEXT + 1))}


def _with_gaps(lines: list[Line], wanted: Iterable[int]) -> list[Line]:
    shown: list[Line] = []
    last = -1
    for at in wanted:
        if at != last + 1:
            shown.append(Line(0, lines[at].depth, f"… {at - last - 1:,} lines"))
        shown.append(lines[at])
        last = at
    if shown and last != len(lines) - 1:
        shown.append(Line(0, 0, f"… {len(lines) - 1 - last:,} lines"))
    return shown


def _of_element(element: etree._Element, depth: int, marked: Collection[etree._Element]) -> Iterator[Line]:
    tag: Any = element.tag  # whose stub does not say that comments have a function there
    if not isinstance(tag, str):
        yield Line(0, depth, etree.tostring(element, encoding="unicode", with_tail=False))
        return
    is_marked = any(element is each for each in marked)
    start, end = _start_tag(element), f"</{_name(element)}>"
    if not len(element):
        whole = f"<{start}>{element.text}{end}" if element.text else f"<{start}/>"
        yield Line(0, depth, whole, is_marked)
        return
    yield Line(0, depth, f"<{start}>", is_marked)
    if (element.text or "").strip():
        yield Line(0, depth + 1, (element.text or "").strip())
    for child in element:
        yield from _of_element(child, depth + 1, marked)
        if (child.tail or "").strip():
            yield Line(0, depth + 1, (child.tail or "").strip())
    yield Line(0, depth, end)


def _name(element: etree._Element) -> str:
    local = etree.QName(element).localname
    return f"{element.prefix}:{local}" if element.prefix else local


def _start_tag(element: etree._Element) -> str:
    parent = element.getparent()
    known = {} if parent is None else parent.nsmap
    parts = [_name(element)]
    parts += [
        f'xmlns:{prefix}="{uri}"' if prefix else f'xmlns="{uri}"'
        for prefix, uri in element.nsmap.items()
        if known.get(prefix) != uri
    ]
    prefixes = {uri: prefix for prefix, uri in element.nsmap.items() if prefix} | {_XML: "xml"}
    attributes: Any = element.attrib.items()  # whose stub says that they could be bytes
    for name, value in attributes:
        qualified = etree.QName(name)
        prefix = prefixes.get(qualified.namespace or "")
        parts.append(f'{prefix}:{qualified.localname}="{value}"' if prefix else f'{qualified.localname}="{value}"')
    return " ".join(parts)


def _broken(text: str) -> Iterator[Line]:
    offset = _offset_of_error(text)
    at = 0
    for piece in [*_BETWEEN_TAGS.finditer(text), None]:
        end = len(text) if piece is None else piece.start()
        if text[at:end].strip():
            yield Line(0, 0, text[at:end].strip(), offset is not None and at <= offset < max(end, at + 1))
        at = end if piece is None else piece.end()
        if offset is not None and piece is not None and offset < at and offset >= end:
            offset = at  # the line end itself: what comes next is meant


def _offset_of_error(text: str) -> int | None:
    try:
        parse(text.encode("utf-8", "replace"), "utf-8")
    except RefusalError as refusal:
        place = _PLACE.search(refusal.reason)
        if place is None:
            return None
        starts = [0, *(found.end() for found in re.finditer("\n", text))]
        line = min(int(place[1]), len(starts)) - 1
        # Where the parser stopped is after what it did not like.
        return max(0, min(starts[line] + int(place[2]) - 2, len(text) - 1))
    return None
