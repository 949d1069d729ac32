"""Reduce a WSDL 1.1 document to its facts, so that two hands' work can be compared.

A fact is a line such as `Device/SerialNumber: string 1..32, once`. Prefixes, the
order of definitions, type names and where a simple type is defined are not
facts: two documents that mean the same wire have the same facts.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Facts", "read_facts"]

_WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
_SOAP = "{http://schemas.xmlsoap.org/wsdl/soap/}"
_JAXWS = "{http://java.sun.com/xml/ns/jaxws}"
_XS = "{http://www.w3.org/2001/XMLSchema}"


@dataclass(frozen=True, slots=True)
class Facts:
    """What a WSDL says of operations and of the elements of their messages."""

    namespace: str
    operations: dict[str, str]
    elements: dict[str, str] = field(default_factory=dict)

    def differences(self, other: Facts) -> list[str]:
        """Return each fact that the two do not share, in words."""
        found = [] if self.namespace == other.namespace else [f"namespace: {self.namespace} / {other.namespace}"]
        for mine, theirs in ((self.operations, other.operations), (self.elements, other.elements)):
            found += [
                f"{name}: {mine.get(name)} / {theirs.get(name)}"
                for name in sorted(mine.keys() | theirs.keys())
                if mine.get(name) != theirs.get(name)
            ]
        return found


def read_facts(wsdl: bytes) -> Facts:
    """Return the facts of a WSDL.

    Raises:
        ValueError: it is not document/literal SOAP over HTTP, or refers to something it does not define.
    """
    reader = _Reader(etree.fromstring(wsdl))
    return Facts(reader.namespace, dict(reader.operations()), dict(reader.elements()))


class _Reader:
    def __init__(self, root: etree._Element) -> None:
        self._root = root
        self.namespace = root.get("targetNamespace") or ""
        self._types: dict[str, etree._Element] = {}
        self._elements: dict[str, etree._Element] = {}
        for schema in root.iter(f"{_XS}schema"):
            target = schema.get("targetNamespace")
            for item in schema:
                if item.tag in {f"{_XS}complexType", f"{_XS}simpleType"}:
                    self._types[f"{{{target}}}{item.get('name')}"] = item
                elif item.tag == f"{_XS}element":
                    self._elements[f"{{{target}}}{item.get('name')}"] = item

    def operations(self) -> Iterator[tuple[str, str]]:
        """Yield each operation with its action, its style and the elements that go in and out."""
        binding = self._only(f"{_WSDL}binding")
        soap = binding.find(f"{_SOAP}binding")
        if soap is None or soap.get("transport") != "http://schemas.xmlsoap.org/soap/http":
            raise ValueError("the binding is not SOAP 1.1 over HTTP")
        actions = {}
        for operation in binding.iter(f"{_WSDL}operation"):
            bound = operation.find(f"{_SOAP}operation")
            uses = {body.get("use") for body in operation.iter(f"{_SOAP}body")}
            if bound is None or uses != {"literal"}:
                raise ValueError(f"{operation.get('name')} is not literal")
            style = bound.get("style") or soap.get("style")
            actions[operation.get("name")] = f"action {bound.get('soapAction')!r}, {style}"
        for operation in self._only(f"{_WSDL}portType").iter(f"{_WSDL}operation"):
            name = operation.get("name") or ""
            ends = [self._message(operation.find(f"{_WSDL}{end}")) for end in ("input", "output")]
            yield name, f"{actions[name]}, {self._parameters()}: {ends[0]} -> {ends[1]}"

    def _parameters(self) -> str:
        """Say what a method takes (JSR 224, 8.7.1): by default the children of its message, each alone."""
        style = self._root.findtext(f"{_JAXWS}bindings/{_JAXWS}enableWrapperStyle", "true")
        return "one parameter" if style.strip() == "false" else "a parameter for each child"

    def elements(self) -> Iterator[tuple[str, str]]:
        """Yield every element below the messages by its path, with its type and how often it occurs."""
        for message in self._root.iter(f"{_WSDL}message"):
            for part in message.iter(f"{_WSDL}part"):
                name = self._resolve(part, part.get("element"))
                element = self._elements[name]
                yield from self._content(etree.QName(name).localname, self._resolve(element, element.get("type")))

    def _content(self, path: str, type_name: str) -> Iterator[tuple[str, str]]:
        kind = self._types[type_name]
        extension = kind.find(f"{_XS}simpleContent/{_XS}extension")
        if extension is not None:
            yield f"{path}/text()", self._simple(self._resolve(extension, extension.get("base")))
        for attribute in kind.iter(f"{_XS}attribute"):
            described = self._simple(self._resolve(attribute, attribute.get("type")))
            yield f"{path}/@{attribute.get('name')}", f"{described}, {attribute.get('use') or 'optional'}"
        for position, child in enumerate(kind.iter(f"{_XS}element")):
            below = f"{path}/{child.get('name')}"
            occurs = f"{child.get('minOccurs') or '1'}..{child.get('maxOccurs') or '1'}"
            inner = self._resolve(child, child.get("type"))
            nillable = "nillable" if child.get("nillable") == "true" else "not nillable"
            place = f"{occurs}, place {position} of {_group(child)}, {nillable}, {_form(child)}"
            if inner in self._types and self._types[inner].tag == f"{_XS}complexType":
                yield below, place
                yield from self._content(below, inner)
            else:
                yield below, f"{self._simple(inner)}, {place}"

    def _simple(self, name: str) -> str:
        if name.startswith(_XS):
            return name.removeprefix(_XS)
        restriction = self._types[name].find(f"{_XS}restriction")
        if restriction is None:
            raise ValueError(f"{name} is not a restriction")
        base = self._simple(self._resolve(restriction, restriction.get("base")))
        facets = sorted(f"{etree.QName(facet).localname}={facet.get('value')}" for facet in restriction)
        return f"{base}({', '.join(facets)})"

    def _message(self, end: etree._Element | None) -> str:
        if end is None:
            raise ValueError("an operation lacks an end")
        name = etree.QName(self._resolve(end, end.get("message"))).localname
        for message in self._root.iter(f"{_WSDL}message"):
            if message.get("name") == name:
                parts = [self._resolve(part, part.get("element")) for part in message.iter(f"{_WSDL}part")]
                return "+".join(parts)
        raise ValueError(f"no message is called {name}")

    def _resolve(self, element: etree._Element, name: str | None) -> str:
        if name is None:
            raise ValueError(f"{element.get('name')} names no type")
        prefix, _, local = name.rpartition(":")
        return f"{{{element.nsmap.get(prefix or None)}}}{local}"

    def _only(self, tag: str) -> etree._Element:
        found = self._root.findall(tag)
        if len(found) != 1:
            raise ValueError(f"expected one {etree.QName(tag).localname}, found {len(found)}")
        return found[0]


def _group(child: etree._Element) -> str:
    """Return what the element is a part of: a sequence, where the order counts, an all or a choice."""
    parent = child.getparent()
    return "nothing" if parent is None else etree.QName(parent).localname


def _form(child: etree._Element) -> str:
    """Say whether the element's name is in the namespace of its schema (XML Schema part 1, section 3.3.2)."""
    schema = next(child.iterancestors(f"{_XS}schema"))
    form = child.get("form") or schema.get("elementFormDefault") or "unqualified"
    return form if form == "unqualified" else f"in {schema.get('targetNamespace')}"
