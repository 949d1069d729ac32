"""Faults as plain values with a name, for JSON and the command line: `{"kind": "slow", "seconds": 5}`."""

from __future__ import annotations

import re
from dataclasses import MISSING, asdict, fields
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.ranges import RangeError, check_printable, check_range
from esolutions_server.service.errors import AdministrationError
from esolutions_server.testbed.faults import kinds

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esolutions_server.testbed.faults.kinds import Fault

__all__ = ["KINDS", "LONGEST_WAIT", "document_of", "fault_of"]

# By its name; those of docs/faults.md.
KINDS: Mapping[str, type[Fault]] = {
    "alter-answer": kinds.AlterResponse,
    "alter-request": kinds.AlterRequest,
    "cut-answer": kinds.CutResponse,
    "cut-request": kinds.CutRequest,
    "drip": kinds.Drip,
    "garbage": kinds.Garbage,
    "http-error": kinds.HttpError,
    "lose-reply": kinds.LoseReply,
    "refuse": kinds.Refuse,
    "repeat": kinds.Repeat,
    "slow": kinds.Slow,
    "soap-fault": kinds.SoapFault,
    "time-out": kinds.TimeOut,
}
_NAMES = {kind: name for name, kind in KINDS.items()}

# Seconds; no client waits longer than it would for a server that is gone.
LONGEST_WAIT = 3600
_MOST_COPIES = 100
_MOST_OCTETS = 16 * 1024 * 1024
_LONGEST_TEXT = 10_000
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9.]{0,63}")


def fault_of(kind: str, parameters: Mapping[str, Any]) -> Fault:
    """Return the fault of a name with its parameters.

    Raises:
        AdministrationError: there is none of that name, or these are not its parameters.
    """
    if kind not in KINDS:
        raise AdministrationError(f"a fault is one of {', '.join(KINDS)}, not {kind!r}")
    known = {field.name: field.default is MISSING for field in fields(KINDS[kind])}
    for name in parameters:
        if name not in known:
            raise AdministrationError(f"a fault {kind!r} has {_listed(known)}, and no `{name}`")
    for name, is_required in known.items():
        if is_required and name not in parameters:
            raise AdministrationError(f"a fault {kind!r} has {_listed(known)}: `{name}` is missing")
    try:
        for name, value in parameters.items():
            _CHECKS[name](name, value)
    except RangeError as error:
        raise AdministrationError(str(error)) from None
    return KINDS[kind](**parameters)


def document_of(fault: Fault) -> dict[str, Any]:
    """Return a fault as plain values."""
    return {"kind": _NAMES[type(fault)], **asdict(fault)}


def _listed(names: Mapping[str, bool]) -> str:
    return " and ".join(f"`{name}`" for name in names) or "no parameters"


def _check_text(name: str, text: str, shortest: int = 0) -> None:
    check_range(f"the length of {name}", len(text), shortest, _LONGEST_TEXT)
    if any(0xD800 <= ord(letter) <= 0xDFFF for letter in text):
        raise RangeError(f"{name} has half of a character (a surrogate) in it")


def _check_old(name: str, text: str) -> None:
    _check_text(name, text, 1)


def _check_code(name: str, text: str) -> None:
    if not _CODE.fullmatch(text):
        raise RangeError(f"{name} is a fault code without a prefix, such as Server: {text!r}")


def _check_reason(name: str, text: str) -> None:
    _check_text(name, text)
    check_printable(name, text)


_CHECKS: Mapping[str, Callable[[str, Any], None]] = {
    "again": lambda name, value: check_range(name, value, 1, _MOST_COPIES),
    "at": lambda name, value: check_range(name, value, 0, _MOST_OCTETS),
    "code": _check_code,
    "new": _check_text,
    "old": _check_old,
    "reason": _check_reason,
    "seconds": lambda name, value: check_range(name, value, 0, LONGEST_WAIT),
    "status": lambda name, value: check_range(name, value, 200, 599),
}
