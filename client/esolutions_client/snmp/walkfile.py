"""Read a recorded walk: a `.snmprec` file, or the text that `snmpwalk -On` prints.

A user can attach such a file as evidence. Only plain records are read: variation modules of a `.snmprec` are skipped.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address
from types import MappingProxyType
from typing import TYPE_CHECKING

from esolutions_client.errors import UsageError
from esolutions_client.snmp.asking import oid_key
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.requests import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from esolutions_client.snmp.requests import Value

__all__ = ["WalkFileError", "parse_walk", "read_walk_file"]

_LARGEST_BYTES = 64 * 1024 * 1024
_TEXT_LINE = re.compile(r"(?P<oid>\.?(?:iso|[0-9]+)(?:\.[0-9]+)*) = ?(?P<rest>.*)", re.DOTALL)
_TYPED = re.compile(
    r"(?:Wrong Type \(should be [^)]*\): )?(?P<type>[A-Za-z][A-Za-z0-9-]*(?: Address)?): ?(?P<value>.*)", re.DOTALL
)
_NUMBER = re.compile(r"-?[0-9]{1,20}")
_NOTHING = ("No Such ", "No more variables")


class WalkFileError(UsageError):
    """A file is no recorded walk; the message names file, line and what was expected."""


def read_walk_file(path: Path) -> dict[str, Value]:
    """Return the rows of a walk file, sorted as an agent sorts them.

    Raises:
        WalkFileError: it cannot be read, or a line is not understood.
    """
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise WalkFileError(f"{path}: larger than {_LARGEST_BYTES} bytes, expected one printer's walk")
        # Octets that are no UTF-8 come back out unchanged in `_octets`.
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError as error:
        raise WalkFileError(f"{path}: {error.strerror or error}") from error
    return parse_walk(text, str(path))


def parse_walk(text: str, name: str = "walk") -> dict[str, Value]:
    """Return the rows of a walk, sorted as an agent sorts them; `name` is for error messages.

    Raises:
        WalkFileError: a line is not understood.
    """
    rows: dict[str, Value] = {}
    for number, line in _records(text):
        try:
            row = _text_row(line) if _TEXT_LINE.match(line) else _snmprec_row(line)
            if row is not None:
                oid_key(row[0])
                rows[row[0]] = row[1]
        except (ValueError, SnmpError) as error:
            raise WalkFileError(f"{name}, line {number}: {error}") from None
    return dict(sorted(rows.items(), key=lambda row: oid_key(row[0])))


def _records(text: str) -> Iterator[tuple[int, str]]:
    """Return (line number, record): one line, or for `snmpwalk` strings all the lines of the value."""
    begin, record = 0, ""
    for number, line in enumerate(text.replace("\r\n", "\n").split("\n"), start=1):
        if _continues(record, line):
            record += "\n" + line
            continue
        if record:
            yield begin, record
        begin, record = number, "" if line.startswith("#") else line.rstrip("\r")
    if record:
        yield begin, record


def _continues(record: str, line: str) -> bool:
    start = _TEXT_LINE.match(record)
    return start is not None and "STRING: " in start["rest"][:60] and _TEXT_LINE.match(line) is None


def _snmprec_row(line: str) -> tuple[str, Value] | None:
    """Return OID and value of `OID|TAG|VALUE`, None where there is none: the line of a module, a blank one."""
    if not line.strip():
        return None
    parts = line.split("|", 2)
    if len(parts) != 3:
        raise ValueError(f"expected OID|TAG|VALUE or OID = TYPE: VALUE, found {line[:60]!r}")
    oid, tag, value = parts
    if ":" in tag:
        return None
    plain, is_hex = tag.removesuffix("x"), tag.endswith("x")
    read = _SNMPREC_TAGS.get(plain)
    if read is None:
        raise ValueError(f"expected a tag out of {', '.join(_SNMPREC_TAGS)}, found {tag[:20]!r}")
    return oid.strip().lstrip("."), _hex_octets(value) if is_hex else read(value)


def _text_row(record: str) -> tuple[str, Value] | None:
    """Return OID and value of `.OID = TYPE: VALUE`, None where the agent had no such object."""
    match = _TEXT_LINE.fullmatch(record)
    if match is None:
        raise ValueError(f"expected OID = TYPE: VALUE, found {record[:60]!r}")
    oid, rest = match["oid"].lstrip(".").replace("iso", "1", 1), match["rest"]
    if rest.startswith(_NOTHING):
        return None
    if rest.strip() in ('""', ""):
        return oid, b""
    typed = _TYPED.fullmatch(rest)
    read = _TEXT_TYPES.get(typed["type"].upper()) if typed else None
    if typed is None or read is None:
        raise ValueError(f"expected a type out of {', '.join(_TEXT_TYPES)}, found {rest[:40]!r}")
    return oid, read(typed["value"])


def _number(text: str) -> int:
    """Return the number in `3`, `idle(3)`, `(4280423) 11:53:24.23` or `3 sheets`."""
    bracket = re.search(r"\((-?[0-9]{1,20})\)", text)
    plain = _NUMBER.match(text.strip())
    if plain is not None:
        return int(plain[0])
    if bracket is None:
        raise ValueError(f"expected a number, found {text[:40]!r}")
    return int(bracket[1])


def _octets(text: str) -> bytes:
    return text.encode("utf-8", errors="surrogateescape")


def _quoted(text: str) -> bytes:
    text = text.rstrip("\n")
    if text.startswith('"'):
        text = re.sub(r'\\(["\\])', r"\1", text[1:].removesuffix('"'))
    return _octets(text)


def _hex_octets(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        raise ValueError(f"expected hexadecimal octets, found {text[:40]!r}") from None


def _dotted(text: str) -> str:
    oid = text.strip().lstrip(".").replace("iso", "1", 1)
    try:
        oid_key(oid)
    except SnmpError:
        raise ValueError(f"expected a dotted object identifier (snmpwalk -On), found {text[:40]!r}") from None
    return oid


def _address(text: str) -> bytes:
    try:
        return IPv4Address(text.strip()).packed
    except AddressValueError:
        return _hex_octets(text.replace(":", " "))


def _null(_: str) -> Unreadable:
    return Unreadable("NULL")


_SNMPREC_TAGS: Mapping[str, Callable[[str], Value]] = MappingProxyType(
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
_TEXT_TYPES: Mapping[str, Callable[[str], Value]] = MappingProxyType(
    {
        "STRING": _quoted,
        "HEX-STRING": _hex_octets,
        "BITS": lambda text: _hex_octets(" ".join(re.findall(r"\b[0-9A-Fa-f]{2}\b", text))),
        "INTEGER": _number,
        "OID": _dotted,
        "COUNTER32": _number,
        "COUNTER64": _number,
        "GAUGE32": _number,
        "UNSIGNED32": _number,
        "TIMETICKS": _number,
        "IPADDRESS": _address,
        "NETWORK ADDRESS": _address,
        "OPAQUE": _octets,
        "NULL": _null,
    }
)
