"""Account for every byte of a message.

`account` reads one HTTP body and computes, from the specification alone, how
large it must be: the formula for its number of devices, plus what each field
and row differs from the nominal one. A message that holds anything the
specification does not know is reported, whatever its size.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_scenarios.referee.specification import attribute_cost, element_cost, emptiness_gain, load_specification

if TYPE_CHECKING:
    from collections.abc import Iterable

    from esolutions_scenarios.referee.specification import Message, Row, Specification

__all__ = ["Account", "UnknownContentError", "account"]

_SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


class UnknownContentError(ValueError):
    """A message holds something that the specification does not know."""


@dataclass(frozen=True, slots=True)
class Account:
    """One message: its formula's size, the size its own fields call for, and the size it has, in bytes."""

    message: str
    devices: int
    published: int
    expected: int
    measured: int

    @property
    def is_exact(self) -> bool:
        """Whether every byte is accounted for."""
        return self.expected == self.measured


def account(body: bytes, specification: Specification | None = None) -> Account | None:
    """Account for an HTTP body; None for a SOAP fault, whose size is not published.

    Raises:
        UnknownContentError: it holds an element, attribute, comment or text that the specification does not know.
    """
    spec = specification or load_specification()
    try:
        envelope = etree.fromstring(body)
    except etree.XMLSyntaxError as error:
        raise UnknownContentError(f"it is not XML: {error}") from error
    parts = [_local(part) for part in envelope]
    content = envelope.find(f"{{{_SOAP}}}Body")
    if parts not in (["Header", "Body"], ["Body"]) or content is None or len(content) != 1:
        raise UnknownContentError("not an envelope with one element in its body")
    root = content[0]
    name = _local(root)
    if name == "Fault":
        return None
    _refuse_filler(envelope)
    if name not in spec.messages:
        raise UnknownContentError(f"no message is called {name}")
    message = spec.messages[name]
    devices = [child for child in root if _local(child) == message.device_element]
    formula = spec.formula_of(name)
    expected = formula.size(len(devices))
    expected += _header_difference(envelope, spec)
    expected += _fields_difference(root, message)
    if message.device_row is not None and message.device_element is not None:
        nominal = spec.nominal_row_size(message.device_element, message.device_row)
        expected += sum(_row_size(device, spec.rows[message.device_row], spec) - nominal for device in devices)
    return Account(name, len(devices), formula.size(len(devices)), expected, len(body))


def _header_difference(envelope: etree._Element, spec: Specification) -> int:
    header = envelope.find(f"{{{_SOAP}}}Header")
    if header is None:
        raise UnknownContentError("there is no header")
    difference = 0
    for element in header.iterdescendants():
        name = _local(element)
        if name not in spec.header and name not in spec.header_form:
            raise UnknownContentError(f"the header holds {name}")
        _refuse_attributes(element, spec.header_form.get(name, ()))
        if name in spec.header:
            difference += _written(element.text or "") - spec.header[name]
        elif element.text:
            raise UnknownContentError(f"{name} in the header holds text")
    return difference


def _fields_difference(parent: etree._Element, message: Message) -> int:
    """Return what the fields of a message differ from the nominal ones, absent ones included."""
    difference = -sum(element_cost(name) + length for name, length in message.fields.items())
    _refuse_attributes(parent)
    seen: set[str] = set()
    for child in parent:
        name = _local(child)
        if name == message.device_element:
            continue
        if not (name in message.fields or name in message.optional_fields) or name in seen:
            raise UnknownContentError(f"{_local(parent)} holds {name}, or holds it twice")
        seen = seen | {name}
        difference += _leaf_size(child)
    return difference


def _row_size(element: etree._Element, row: Row, spec: Specification) -> int:
    inner = {stated["element"]: stated["row"] for stated in row.rows}
    size = element_cost(_local(element))
    _refuse_attributes(element, (*row.attributes, *row.optional_attributes))
    for key, value in element.attrib.items():
        size += attribute_cost(str(key)) + _written(str(value), quoted=True)
    if row.text and len(element) == 0:
        return size + _written(element.text or "")
    if len(element) == 0:
        # As spyne writes a row of fields that has none, such as an order of a meter without a last value.
        return size - emptiness_gain(_local(element))
    seen: set[str] = set()
    for child in element:
        name = _local(child)
        if name in inner:
            size += _row_size(child, spec.rows[inner[name]], spec)
        elif (name in row.fields or name in row.optional_fields) and name not in seen:
            seen.add(name)
            size += _leaf_size(child)
        else:
            raise UnknownContentError(f"{row.name} holds {name}, or holds it twice")
    _refuse_contradictions(element, row)
    return size


def _refuse_contradictions(element: etree._Element, row: Row) -> None:
    """Raise for a field that says nothing beside what else is there, and for a reason that is missing."""
    held = {_local(child): child.text for child in element}
    for name, others in row.instead_of.items():
        beside = held.keys() & set(others)
        if name in held and beside:
            raise UnknownContentError(f"{row.name} holds {name} beside {min(beside)}")
    for name, value in row.reason_unless.items():
        if ("Reason" in held) == (held.get(name) == value):
            raise UnknownContentError(
                f"{row.name} whose {name} is {held.get(name)} has {'a' if 'Reason' in held else 'no'} reason"
            )


def _leaf_size(element: etree._Element) -> int:
    if len(element) or element.attrib:
        raise UnknownContentError(f"{_local(element)} holds more than text")
    return element_cost(_local(element)) + _written(element.text or "")


def _written(text: str, *, quoted: bool = False) -> int:
    """Return how many bytes a text has when it is written as XML in UTF-8."""
    written = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\r", "&#13;")
    if quoted:
        written = written.replace('"', "&quot;").replace("\t", "&#9;").replace("\n", "&#10;")
    return len(written.encode())


def _refuse_filler(envelope: etree._Element) -> None:
    """Raise for what no receiver reads: comments, instructions, text between elements, foreign names in the body."""
    if envelope.getprevious() is not None or envelope.getnext() is not None:
        raise UnknownContentError("there is something beside the envelope")
    for element in envelope.iter():
        name = _local(element)
        if element.tail or (element.text and len(element)):
            raise UnknownContentError(f"there is text between elements at {name}")
    _refuse_attributes(envelope)
    content = envelope.find(f"{{{_SOAP}}}Body")
    if content is not None:
        _refuse_attributes(content, ("Id",))
        namespaces = {etree.QName(element).namespace for element in content.iterdescendants()}
        if len(namespaces) != 1:
            raise UnknownContentError(f"the body holds elements of several namespaces: {sorted(map(str, namespaces))}")


def _refuse_attributes(element: etree._Element, allowed: Iterable[str] = ()) -> None:
    unknown = {etree.QName(str(key)).localname for key in element.attrib} - set(allowed)
    if unknown:
        raise UnknownContentError(f"{_local(element)} has the attribute {min(unknown)!r}")


def _local(element: etree._Element) -> str:
    if not isinstance(element.tag, str):
        raise UnknownContentError("there is a comment or processing instruction")
    return etree.QName(element).localname
