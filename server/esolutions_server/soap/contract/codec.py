"""Read and write the complex types of the wire by codecs, made once of what spyne knows about each.

spyne asks a type anew, for each element, how each of its members is spelled:
half the work of a small message. A codec does the same, and a test holds it to
spyne's own reading and writing. What is read was validated by the schema.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from lxml import etree
from spyne.model.complex import XmlAttribute, XmlData

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.soap.contract.types.simple import Model, Unsigned

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["TypeCodec", "codec_of"]

_LONGEST_NUMBER = int(Unsigned.Attributes.max_str_len)


@dataclass(frozen=True, slots=True)
class _Member:
    """A member that is an element: its name, how often it occurs, and what is in it."""

    name: str
    tag: str
    is_many: bool
    is_needed: bool
    read: Callable[[etree._Element], Any]
    write: Callable[[etree._Element, str, Any], None]


@dataclass(frozen=True, slots=True)
class TypeCodec:
    """How a complex type is spelled."""

    nothing: Mapping[str, None]
    members: tuple[_Member, ...]
    by_tag: Mapping[str, _Member]
    attributes: Mapping[str, Callable[[str], Any]]
    text: str | None

    def read(self, element: etree._Element) -> Any:
        """Return what a valid element says, with an attribute for each member: None for one that is not there."""
        values: dict[str, Any] = dict(self.nothing)
        for name, value in element.attrib.items():
            if name in self.attributes:
                values[str(name)] = self.attributes[str(name)](str(value))
        if self.text is not None:
            values[self.text] = element.text
        for child in element:
            member = self.by_tag.get(child.tag)
            if member is None:
                continue
            value = member.read(child)
            if not member.is_many:
                values[member.name] = value
            elif values[member.name] is None:
                values[member.name] = [value]
            else:
                values[member.name].append(value)
        return SimpleNamespace(**values)

    def write(self, parent: etree._Element, tag: str, wire: Any) -> None:
        """Add an element that says what an instance of the type holds."""
        element = etree.SubElement(parent, tag)
        for name in self.attributes:
            value = getattr(wire, name)
            if value is not None:
                element.set(name, str(value))
        for member in self.members:
            value = getattr(wire, member.name)
            if member.is_many:
                for each in value or ():
                    member.write(element, member.tag, each)
            elif value is not None:
                member.write(element, member.tag, value)
            elif member.is_needed:
                raise ValueError(f"{member.name} is missing")


def codec_of(kind: Any) -> TypeCodec:
    """Return the codec of a type of the wire.

    Its `read` raises RefusalError where a number has more digits than any number needs.
    """
    info = dict(kind.get_flat_type_info(kind))
    attributes = {name: _reader(member.type) for name, member in info.items() if issubclass(member, XmlAttribute)}
    texts = [name for name, member in info.items() if issubclass(member, XmlData)]
    elements = {name: member for name, member in info.items() if name not in attributes and name not in texts}
    members = tuple(_member(kind.get_namespace(), name, member) for name, member in elements.items())
    return TypeCodec(dict.fromkeys(info), members, {m.tag: m for m in members}, attributes, next(iter(texts), None))


def _member(namespace: str, name: str, kind: Any) -> _Member:
    is_many, is_needed = kind.Attributes.max_occurs > 1, kind.Attributes.min_occurs > 0
    tag = f"{{{namespace}}}{name}"
    if issubclass(kind, Model):
        codec = codec_of(kind)
        return _Member(name, tag, is_many, is_needed, codec.read, codec.write)
    read = _reader(kind)
    return _Member(name, tag, is_many, is_needed, lambda element: read(element.text or ""), _write_simple)


def _reader(kind: Any) -> Callable[[str], Any]:
    return _number if issubclass(kind, Unsigned) else str


def _number(text: str) -> int:
    # The schema lets a number begin with any number of zeros.
    if len(text) > _LONGEST_NUMBER:
        raise RefusalError(FaultCode.CLIENT, f"a number is longer than {_LONGEST_NUMBER} characters")
    return int(text)


def _write_simple(parent: etree._Element, tag: str, value: Any) -> None:
    etree.SubElement(parent, tag).text = str(value)
