"""The published sizes, and what a message is made of, as `specification.toml` states them.

Sizes are in bytes. The cost of an element is computed from its name alone:
`<p:Name>` and `</p:Name>` with a prefix of three letters are 2 * len(Name) + 13.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from functools import cache, cached_property
from importlib.resources import files
from typing import Any

__all__ = ["Formula", "Message", "Row", "Specification", "element_cost", "emptiness_gain", "load_specification"]

# Every prefix of ours has three letters: ns0 in requests, tns in answers.
_PREFIX = "xxx:"


@dataclass(frozen=True, slots=True)
class Formula:
    """A size that is linear in the number of devices: `constant + per_device * x` bytes."""

    name: str
    message: str
    constant: int
    per_device: int
    citation: str | None = None

    def size(self, devices: int) -> int:
        """Return the size with this many devices."""
        return self.constant + self.per_device * devices


@dataclass(frozen=True, slots=True)
class Row:
    """One kind of row: its own text and attributes, its child elements, the rows within it.

    A length is a number, or the word `name` where the nominal rows have names of their own. `optional_fields` are in no
    nominal row; `instead_of` says what must not stand beside such a field, `reason_unless` for which value of which
    field there is no reason to give.
    """

    name: str
    fields: dict[str, int | str]
    attributes: dict[str, int | str]
    optional_attributes: tuple[str, ...]
    text: int
    rows: tuple[dict[str, str], ...]
    optional_fields: tuple[str, ...] = ()
    instead_of: dict[str, list[str]] = field(default_factory=dict)
    reason_unless: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: the fields of its root element, those that are there in unusual cases, and the row of one device."""

    name: str
    fields: dict[str, int]
    optional_fields: tuple[str, ...]
    device_element: str | None
    device_row: str | None


@dataclass(frozen=True)
class Specification:
    """The whole document."""

    document: dict[str, Any]

    @cached_property
    def formulas(self) -> tuple[Formula, ...]:
        """The published formulas, in the order of the FAQ."""
        return tuple(Formula(**published) for published in self.document["published"])

    @cached_property
    def messages(self) -> dict[str, Message]:
        """Every message by the name of its root element."""
        found = {}
        for name, stated in self.document["message"].items():
            device = stated.get("device", {})
            optional = tuple(stated.get("optional_fields", ()))
            found[name] = Message(name, stated["fields"], optional, device.get("element"), device.get("row"))
        return found

    @cached_property
    def rows(self) -> dict[str, Row]:
        """Every kind of row by its name."""
        return {
            name: Row(
                name,
                stated.get("fields", {}),
                stated.get("attributes", {}),
                tuple(stated.get("optional_attributes", ())),
                stated.get("text", 0),
                tuple(stated.get("rows", ())),
                tuple(stated.get("optional_fields", ())),
                stated.get("instead_of", {}),
                stated.get("reason_unless", {}),
            )
            for name, stated in self.document["row"].items()
        }

    @cached_property
    def header(self) -> dict[str, int]:
        """Nominal lengths of what stands in the header of any message."""
        return {**self.document["request_header"], **self.document["signature"]}

    @property
    def header_form(self) -> dict[str, list[str]]:
        """Elements of the header that hold others or have attributes, with the names of their attributes."""
        form: dict[str, list[str]] = self.document["header_form"]
        return form

    def formula_of(self, message: str) -> Formula:
        """Return the formula a message is held to: the published one, or ours where none was published."""
        for formula in self.formulas:
            if formula.message == message:
                return formula
        ours = self.document["message"][message]["ours"]
        return Formula(message, message, ours["constant"], ours["per_device"])

    def nominal_row_size(self, element: str, row: str, name: str = "") -> int:
        """Return the size of a nominal row, its name given where its fields say `name`."""
        kind = self.rows[row]
        size = element_cost(element) + kind.text
        size += sum(attribute_cost(key) + _length(value, name) for key, value in kind.attributes.items())
        size += sum(element_cost(key) + _length(value, name) for key, value in kind.fields.items())
        for inner in kind.rows:
            names = self.document["nominal"][inner["nominal"]]
            size += sum(self.nominal_row_size(inner["element"], inner["row"], one) for one in names)
        return size


@cache
def load_specification() -> Specification:
    """Read the specification that this package ships."""
    text = (files("esolutions_scenarios.referee") / "specification.toml").read_text(encoding="utf-8")
    return Specification(tomllib.loads(text))


def element_cost(name: str) -> int:
    """Return the bytes of an element's two tags."""
    return 2 * len(_PREFIX + name) + len("<></>")


def emptiness_gain(name: str) -> int:
    """Return the bytes that an element saves whose two tags are one, as it holds nothing."""
    return len(_PREFIX + name) + len("<></>") - len("</>")


def attribute_cost(name: str) -> int:
    """Return the bytes of an attribute without its value."""
    return len(f' {name}=""')


def _length(stated: int | str, name: str) -> int:
    return len(name) if isinstance(stated, str) else stated
