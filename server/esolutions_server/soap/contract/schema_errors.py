"""Say what a schema does not like about a message: which element, what it is, what was expected.

The text of a secret is never quoted. What is no matter of the schema is not looked at.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.domain.concealment import conceal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["schema_complaints"]

_LONGEST_VALUE = 40
_SECRETS = frozenset({"Secret"})
_EXPECTED_NAMES = re.compile(r"Expected is (?:one of )?\( (.*) \)\.")
_NAMESPACE = re.compile(r"\{[^}]*\}")
_STEP = re.compile(r"(?:(?P<prefix>[^:\[\]]+):)?(?P<name>[^:\[\]]+)(?:\[(?P<place>\d+)\])?")
_QUOTED = re.compile(r"'([^']*)'")
# What a value of the built-in types looks like.
_BUILT_IN = {
    "xs:unsignedInt": "a whole number from 0 to 4294967295",
    "xs:dateTime": "a moment such as 2026-04-01T02:17:08Z",
    "xs:time": "a time of day such as 02:00:00Z",
}


def schema_complaints(errors: Iterable[etree._LogEntry], payload: etree._Element) -> Iterator[str]:
    """Yield a sentence for each error of a validation of `payload`: its path, what it is, what was expected."""
    for error in errors:
        element = _found(payload, error.path or "")
        yield f"{_path(element, payload)}: {_sentence(error, element)}"


def _sentence(error: etree._LogEntry, element: etree._Element) -> str:
    kind, said = error.type_name, error.message
    if kind == "SCHEMAV_ELEMENT_CONTENT":
        expected = _expected_names(said)
        if "Missing child" in said:
            return f"an element is missing at its end, expected {expected}"
        return f"this element is not expected here, expected {expected}"
    if kind == "SCHEMAV_CVC_ELT_1":
        return f"there is no message of this name in the namespace {etree.QName(element).namespace or 'of nothing'!r}"
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    quoted = _QUOTED.findall(said)
    if kind in _LENGTHS:
        return f"it has {quoted[-2]} characters, expected {_LENGTHS[kind]}{quoted[-1]}"
    if kind == "SCHEMAV_CVC_ENUMERATION_VALID":
        return f"it is {_value(element)}, expected one of {', '.join(_QUOTED.findall(said.rpartition('{')[2]))}"
    if kind == "SCHEMAV_CVC_PATTERN_VALID":
        return f"it is {_value(element)}, expected what matches {quoted[-1]}"
    if kind == "SCHEMAV_CVC_DATATYPE_VALID_1_2_1":
        return f"it is {_value(element)}, expected {_BUILT_IN.get(quoted[-1], quoted[-1])}"
    return _about_an_attribute(said) or "its content is not what the WSDL says"


# Of a facet: what stands before the number in the sentence.
_LENGTHS = {
    "SCHEMAV_CVC_LENGTH_VALID": "",
    "SCHEMAV_CVC_MINLENGTH_VALID": "at least ",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "at most ",
}
_BY_KIND = {
    "SCHEMAV_CVC_COMPLEX_TYPE_2_3": "text stands between its elements, expected elements only",
    "SCHEMAV_CVC_TYPE_3_1_2": "it holds elements, expected text only",
}


def _about_an_attribute(said: str) -> str | None:
    found = re.search(r"[Tt]he attribute '([^']*)' is (required but missing|not allowed)", said)
    if found is None:
        return None
    name = _NAMESPACE.sub("", found[1])
    if found[2] == "not allowed":
        return f"it has an attribute {name}, expected none of this name"
    return f"the attribute {name} is missing"


def _expected_names(said: str) -> str:
    found = _EXPECTED_NAMES.search(said)
    if found is None:
        return "nothing more"
    *others, last = [_NAMESPACE.sub("", name.strip()) for name in found[1].split(",")]
    return f"{', '.join(others)} or {last}" if others else last


def _value(element: etree._Element) -> str:
    if etree.QName(element).localname in _SECRETS:
        return "not shown"
    text = conceal(element.text or "")
    return repr(text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]}...")


def _found(payload: etree._Element, path: str) -> etree._Element:
    """Return the element of libxml2's path, whose first step is the payload; as deep as it can be followed."""
    element = payload
    for step in path.strip("/").split("/")[1:]:
        match = _STEP.fullmatch(step)
        if match is None:
            return element
        children = [child for child in element.iterchildren("*") if match["name"] == "*" or _is_named(child, match)]
        place = int(match["place"] or 1)
        if len(children) < place:
            return element
        element = children[place - 1]
    return element


def _is_named(child: etree._Element, step: re.Match[str]) -> bool:
    return etree.QName(child).localname == step["name"] and (child.prefix or None) == step["prefix"]


def _path(element: etree._Element, payload: etree._Element) -> str:
    steps = [_step(element)]
    while element is not payload:
        parent = element.getparent()
        if parent is None:
            break
        element = parent
        steps.append(_step(element))
    return "/".join(reversed(steps))


def _step(element: etree._Element) -> str:
    """Return the name of an element, with its place where there are several of that name."""
    name = etree.QName(element).localname
    before = sum(1 for _ in element.itersiblings(element.tag, preceding=True))
    has_more = next(element.itersiblings(element.tag), None) is not None
    return f"{name}[{before + 1}]" if before or has_more else name
