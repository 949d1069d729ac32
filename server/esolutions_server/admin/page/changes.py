"""What the forms of the page change: each takes its fields from the form in hand."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from flask import request

from esolutions_server.admin.guard import namespace
from esolutions_server.admin.page.presets import PRESETS
from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.domain.occasions import Occasions
from esolutions_server.domain.testbed_time import ClockError, parse_span
from esolutions_server.service.errors import AdministrationError
from esolutions_server.soap.contract.operations import OPERATIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esolutions_server.testbed.namespace import Namespace

__all__ = ["CHANGES"]

_MOST_DIGITS = 6


def clock() -> None:
    """Freeze, advance, set or speed up the clock, or let it go."""
    at, action, value = namespace(), _field("do"), _field("value")
    ways: Mapping[str, Callable[[], None]] = {
        "freeze": lambda: at.run(0),
        "real": at.let_go,
        "advance": lambda: at.advance(parse_span(value)),
        "set": lambda: _set(at, value),
        "speed": lambda: at.run(_number(value)),
    }
    if action not in ways:
        raise AdministrationError(f"a clock is to {', '.join(ways)}")
    ways[action]()


def device_state() -> None:
    """Take a device to a state by the steps of its life."""
    serial, typed = _field("serial"), _field("state")
    try:
        state = DeviceState(typed)
    except ValueError:
        raise AdministrationError(f"a device is {', '.join(DeviceState)}, not {typed!r}") from None
    namespace().server.administration.take_to(serial, state)


def lay_fault() -> None:
    """Lay a fault for the next so many messages."""
    kind, operation, times = _field("kind"), _field("operation"), _field("times")
    if kind not in PRESETS:
        raise AdministrationError(f"a fault of the page is one of {', '.join(PRESETS)}")
    if operation and operation not in OPERATIONS:
        raise AdministrationError(f"an operation is one of {', '.join(OPERATIONS)}")
    if not (times.isascii() and times.isdigit() and 1 <= len(times) <= _MOST_DIGITS and int(times)):
        raise AdministrationError(f"a fault meets 1 to {10**_MOST_DIGITS - 1:,} messages: {times}")
    occasions = Occasions(operations=(operation,) if operation else (), times=int(times))
    namespace().interference.faults.lay(PRESETS[kind].fault, occasions)


def lift_faults() -> None:
    """Lift one fault, or all of them."""
    number = _field("number")
    laid = namespace().interference.faults
    if number:
        laid.lift(int(number) if number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS else 0)
    else:
        laid.clear()


def _set(at: Namespace, typed: str) -> None:
    try:
        moment = datetime.fromisoformat(typed.strip())
    except ValueError:
        raise ClockError(f"a moment is spelled 2026-01-31T09:00:00Z: {typed}") from None
    # A field of a form for dates has no time zone: the page shows UTC.
    at.move_to(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _number(typed: str) -> float:
    try:
        return float(typed)
    except ValueError:
        raise ClockError(f"a speed is a number, such as 3600: {typed}") from None


def _field(name: str) -> str:
    return request.form.get(name, "")


CHANGES: Mapping[str, Callable[[], None]] = {
    "/clock": clock,
    "/devices/state": device_state,
    "/faults/lay": lay_fault,
    "/faults/lift": lift_faults,
}
