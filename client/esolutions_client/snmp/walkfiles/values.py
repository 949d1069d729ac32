"""Read the value that snmpwalk prints behind `OID =`, with its type or without.

It raises nothing: a value that is none, or that was cut off, is `Unreadable` with the reason, and no guess is made at
what it was. Number-like texts of a column that holds texts stay texts.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING

from esolutions_client.snmp.pdus import Unreadable, Value
from esolutions_client.snmp.rows import mib
from esolutions_client.snmp.walkfiles.messages import TOOL_MESSAGE
from esolutions_client.snmp.walkfiles.names import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

__all__ = ["closing_quote", "walk_value"]

_IF_PHYS_ADDRESS = "1.3.6.1.2.1.2.2.1.6."
_TEXT_COLUMNS = tuple(
    f"{column}."
    for column in (
        mib.SYS_DESCR.removesuffix(".0"),
        mib.HR_DEVICE_DESCR,
        mib.PRT_SERIAL_NUMBER,
        mib.PRT_SUPPLIES_DESCRIPTION,
        mib.PRT_COLORANT_VALUE,
        mib.XEROX_SERIAL_NUMBER,
        mib.XCMI_NAME,
        *(oid.rpartition(".")[0] for oid in mib.IEEE_1284_IDS),
    )
)
_OID_COLUMNS = (mib.SYS_OBJECT_ID, f"{mib.HR_DEVICE_TYPE}.")
_NOTHING = ("No Such Object", "No Such Instance", "No more variables")
_WRONG_TYPE = re.compile(r"(?:Wrong Type \(should be [^)]*\):[ \t]*)*")
_TYPED = re.compile(r"(?P<type>[A-Za-z][A-Za-z0-9-]*(?: Address)?):[ \t]?(?P<value>.*)", re.DOTALL)
_NUMBER = re.compile(
    r"(?:(?P<plain>[+-]?[0-9]{1,20})|[A-Za-z][\w-]*\((?P<named>-?[0-9]{1,20})\))(?:[ \t]+[A-Za-z%(/][^:\"=]*)?"
)
_TICKS = re.compile(r"\((?P<ticks>[0-9]{1,20})\)(?:[ \t].*)?")
_DURATION = re.compile(
    r"(?:(?P<days>[0-9]+)(?: days?, |:))?(?P<hours>[0-9]+):(?P<minutes>[0-9]+):(?P<seconds>[0-9]+)\.(?P<parts>[0-9]{2})"
)
_OID = re.compile(r"ccitt\.0|\.[0-9]+(?:\.[0-9]+)+|iso(?:\.[0-9]+)+|[A-Za-z][\w-]*::\S+|[0-9]+(?:\.[0-9]+){4,}")
_ADDRESS = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){3}")
_HEX_LINE = re.compile(r"(?P<hex>(?:[0-9A-Fa-f]{2}(?:[ \t:-]+|$))*)(?:\[.*)?")
# -Oq and -OQ print octets in quotes: "00 C0 FF 43 CE 45 ".
_QUOTED_HEX = re.compile(r'"(?P<hex>(?:[0-9A-F]{2} ?\s)+)"\s*')
_OCTET = re.compile(r"[0-9A-Fa-f]{2}")
_NAME_OF_BIT = re.compile(r"[^()]*\(([0-9]+)\)")
_MOST_BITS = 48
_PHYSICAL = re.compile(r"[0-9A-Fa-f]{1,2}(?::[0-9A-Fa-f]{1,2})+")
_CLOSING = re.compile(r'(?<!\\)(?:\\\\)*(?P<quote>")[ \t\r\n]*(?=$|' + TOOL_MESSAGE + ")")


def walk_value(oid: str, text: str) -> Value:
    """Return the value of a row, None where the agent had no such object."""
    if text.startswith(_NOTHING):
        return None
    text = _WRONG_TYPE.sub("", text, count=1) if text.startswith("Wrong Type") else text
    typed = _TYPED.fullmatch(text)
    read = _TYPES.get(typed["type"].upper()) if typed else None
    if typed is None or read is None:
        return _untyped(oid, text)
    if read is _text and oid.startswith(_IF_PHYS_ADDRESS) and _PHYSICAL.fullmatch(typed["value"].strip()):
        return _physical(typed["value"].strip())
    return read(typed["value"])


def closing_quote(text: str, begin: int = 1) -> int | None:
    """Return where the closing quote of a text is, None where it has none: at its end, or before a tool's message."""
    match = _CLOSING.search(text, begin)
    return match.start("quote") if match else None


def _untyped(oid: str, text: str) -> Value:
    """Return a value that -OQ, -Oq or -Ot printed without its type, by what it looks like."""
    plain = text.strip()
    if re.match(TOOL_MESSAGE, plain):
        return Unreadable("cut off by a message of the tool")
    if _QUOTED_HEX.fullmatch(plain):
        return bytes.fromhex(plain.strip('"'))
    if plain == "NULL":
        return Unreadable("NULL")
    if len(plain) > 1 and any(f"{name}:".startswith(plain.upper()) for name in _TYPES):
        return Unreadable("cut off in the middle of its type")
    if plain.startswith('"') or oid.startswith(_TEXT_COLUMNS):
        return _text(text)
    if oid.startswith(_IF_PHYS_ADDRESS) and _PHYSICAL.fullmatch(plain):
        return _physical(plain)
    if oid.startswith(_OID_COLUMNS):
        return _oid(plain)
    for pattern, read in _LOOKS:
        if pattern.fullmatch(plain):
            return read(plain)
    return _text(text)


def _physical(text: str) -> bytes:
    return bytes(int(octet, 16) for octet in text.split(":"))


def _number(text: str) -> Value:
    """Return the number in `3`, `idle(3)`, `1200 impressions`, `(4280423) 11:53:24.23` or `0:11:53:24.23`."""
    plain = text.strip()
    match = _NUMBER.fullmatch(plain)
    if match is not None:
        return int(match["plain"] or match["named"])
    ticks = _TICKS.fullmatch(plain)
    if ticks is not None:
        return int(ticks["ticks"])
    duration = _DURATION.fullmatch(plain)
    if duration is None:
        # Never the digits before a message: the rest of the number may stand behind it.
        return Unreadable("a number that is none")
    days, hours, minutes, seconds, parts = (int(part or 0) for part in duration.groups())
    return (((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 100 + parts


def _text(text: str) -> Value:
    if text.lstrip().startswith('"'):
        text = text.lstrip()
        end = closing_quote(text)
        if end is None:
            return Unreadable("a text without its closing quote")
        text = re.sub(r'\\(["\\])', r"\1", text[1:end])
    elif re.search(TOOL_MESSAGE, text):
        return Unreadable("cut off by a message of the tool")
    else:
        text = text.rstrip("\r\n")
    return text.encode("utf-8", errors="surrogateescape")


def _hex(text: str) -> Value:
    """Return the octets of `00 C0 FF`, over several lines, each with its text in brackets where -OT was given."""
    lines = [_HEX_LINE.fullmatch(line.strip()) for line in text.split("\n") if line.strip()]
    octets = bytearray()
    for line in lines:
        if line is None:
            return Unreadable("hexadecimal octets that are none")
        octets += bytes.fromhex(re.sub(r"[:-]", " ", line["hex"]))
    return bytes(octets)


def _bits(text: str) -> Value:
    """Return the octets of `80 20 lowPaper(0) 10`: the names or numbers of the bits that are set follow them."""
    words = text.split()
    octets = list(takewhile(_OCTET.fullmatch, words[:_MOST_BITS]))
    told = [name[1] if (name := _NAME_OF_BIT.fullmatch(word)) else word for word in words[:_MOST_BITS]]
    for count in range(1, len(octets) + 1):
        value = bytes.fromhex("".join(octets[:count]))
        if told[count:] == [str(bit) for bit in range(8 * count) if value[bit // 8] & 0x80 >> bit % 8]:
            return value
    return bytes.fromhex("".join(octets)) if octets else Unreadable("bits that are none")


def _oid(text: str) -> Value:
    oid = resolve(text)
    return Unreadable("the name of an OID: run snmpwalk with -On") if oid is None else oid


def _address(text: str) -> Value:
    try:
        return IPv4Address(text.strip()).packed
    except AddressValueError:
        return _hex(text.removeprefix("0x"))


def _opaque(text: str) -> Value:
    """Return what net-snmp wraps in an Opaque: `Opaque: Counter64: 5`, `Opaque: Float: 1.5`, or octets."""
    typed = _TYPED.fullmatch(text)
    read = _TYPES.get(typed["type"].upper()) if typed else None
    return read(typed["value"]) if typed and read and read is not _opaque else _hex(text)


def _useless(kind: str) -> Callable[[str], Value]:
    return lambda _: Unreadable(kind)


_LOOKS: tuple[tuple[re.Pattern[str], Callable[[str], Value]], ...] = (
    (_NUMBER, _number),
    (_TICKS, _number),
    (_DURATION, _number),
    (_ADDRESS, _address),
    (_OID, _oid),
)
_TYPES: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "STRING": _text,
        "HEX-STRING": _hex,
        "BITS": _bits,
        "OID": _oid,
        "OPAQUE": _opaque,
        "NULL": _useless("NULL"),
        **dict.fromkeys(("FLOAT", "DOUBLE"), _useless("a floating-point number")),
        **dict.fromkeys(("IPADDRESS", "NETWORK ADDRESS"), _address),
        **dict.fromkeys(
            (
                *("INTEGER", "INTEGER32", "UNSIGNED32", "UINTEGER32", "COUNTER", "COUNTER32", "COUNTER64"),
                *("GAUGE", "GAUGE32", "TIMETICKS", "INT64", "UINT64"),
            ),
            _number,
        ),
    }
)
