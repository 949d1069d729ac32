"""Read a line of a `.snmprec` file, the recording format of snmpsim: `OID|TAG|VALUE`.

The tag is the number of the ASN.1 type, with `x` for hexadecimal octets and `e` for escaped ones. Lines that a
variation module of snmpsim would answer are not read.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from types import MappingProxyType
from typing import TYPE_CHECKING

from esolutions_client.snmp.pdus import Unreadable, Value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["SNMPREC_LINE", "snmprec_value"]

SNMPREC_LINE = re.compile(
    r"[ \t]*\.?(?P<oid>[0-9]{1,10}(?:\.[0-9]{1,10})*)[ \t]*\|"
    r"(?P<tag>[0-9]{0,3})(?P<form>[xe]?)(?P<module>:[^|]*)?\|(?P<value>.*)",
    re.DOTALL,
)
_NUMBER = re.compile(r"[+-]?[0-9]{1,20}")
_HEX_DIGITS = re.compile(r"(?:0[xX])?([0-9A-Fa-f]{1,16})")
_HEX = re.compile(r"(?:0[xX])?((?:[0-9A-Fa-f]{2}[ \t:]*)*)")
# noSuchObject, noSuchInstance, endOfMibView
_NOTHING = frozenset({"128", "129", "130"})
_ESCAPE = re.compile(rb"\\(?:x([0-9A-Fa-f]{2})|(.?))", re.DOTALL)
_ESCAPED = {b"a": b"\a", b"b": b"\b", b"f": b"\f", b"n": b"\n", b"r": b"\r", b"t": b"\t", b"v": b"\v", b"": b"\\"}


def snmprec_value(tag: str, form: str, value: str) -> Value:
    """Return the value of a line, None where it says that there is no such object."""
    if tag in _NOTHING:
        return None
    read = _TAGS.get(tag)
    if read is None:
        return Unreadable(f"the tag {tag + form!r}")
    if not form:
        return read(value)
    if tag in _OCTETS:
        return _hex_octets(value) if form == "x" else _unescaped(value)
    return _hex_number(value) if form == "x" and tag in _NUMBERS else read(value)


def _octets(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")


def _unescaped(text: str) -> bytes:
    r"""Return the octets that snmpsim wrote as the inside of a Python literal: `\x80\n\\`."""

    def octet(match: re.Match[bytes]) -> bytes:
        return bytes.fromhex(match[1].decode()) if match[1] else _ESCAPED.get(match[2], match[2])

    return _ESCAPE.sub(octet, _octets(text))


def _hex_octets(text: str) -> Value:
    match = _HEX.fullmatch(text.strip())
    return bytes.fromhex(match[1].replace(":", " ")) if match else Unreadable("hexadecimal octets that are none")


def _hex_number(text: str) -> Value:
    digits = _HEX_DIGITS.fullmatch(text.strip())
    return int(digits[1], 16) if digits else Unreadable("a hexadecimal number that is none")


def _number(text: str) -> Value:
    number = text.strip()
    return int(number) if _NUMBER.fullmatch(number) else Unreadable("a number that is none")


def _dotted(text: str) -> Value:
    oid = text.strip().removeprefix(".")
    return oid if re.fullmatch(r"[0-9]{1,10}(?:\.[0-9]{1,10}){0,127}", oid) else Unreadable("an OID that is none")


def _address(text: str) -> Value:
    """Return an IpAddress: dotted, as the four octets themselves, or hexadecimal."""
    try:
        return IPv4Address(text.strip()).packed
    except AddressValueError:
        octets = _octets(text)
        return octets if len(octets) == 4 else _hex_octets(text)


def _null(_: str) -> Value:
    return Unreadable("NULL")


# RFC 2578's types by the number of their tag, as snmpsim numbers them.
_TAGS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "2": _number,
        "4": _octets,
        "5": _null,
        "6": _dotted,
        "64": _address,
        "65": _number,
        "66": _number,
        "67": _number,
        "68": _octets,
        "70": _number,
    }
)
_NUMBERS = frozenset({"2", "65", "66", "67", "70"})
_OCTETS = frozenset({"4", "64", "68"})
