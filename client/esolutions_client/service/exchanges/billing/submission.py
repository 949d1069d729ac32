"""Say what answers a billing request: exactly the meters it ordered, or why there is no reading.

A meter that was ordered and cannot be read is its name without a value; it is never just left out. A printer may
show nothing for an hour and be right again, so for a while the request waits instead: until a day before the answer
is due, and for six hours at the least after the request came. A meter that the server never had a value of is not
waited for.

It judges no value, and neither sends nor stores any.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_client.wire.messages import DeviceReading, Meter, Supply, number_that_fits

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.readings import MeterReading, PrinterReading
    from esolutions_client.store.commands import OpenCommand
    from esolutions_client.wire.messages import AbsentState

__all__ = [
    "absent",
    "absent_state",
    "dated_ahead",
    "in_transactions",
    "oldest_useful",
    "ordered_meters",
    "patience_ends",
    "supplies_of",
    "unread",
    "waits_for",
]

_BEFORE_DUE = timedelta(days=1)
_AT_LEAST = timedelta(hours=6)
# By as much as the server lets a clock differ from its own.
_CLOCKS_DIFFER_BY = timedelta(minutes=5)
_ABSENT: dict[str, AbsentState] = {"replaced": "Replaced", "retired": "Retired"}


def in_transactions(readings: Sequence[DeviceReading], most: int) -> list[tuple[DeviceReading, ...]]:
    """Return readings in as few transactions as hold at most so many, and each printer once.

    A receipt names printers: of two answers of one printer in one message it would not say which was refused.
    """
    parts: list[dict[str, DeviceReading]] = []
    for reading in readings:
        for part in parts:
            if len(part) < most and reading.serial_number not in part:
                part[reading.serial_number] = reading
                break
        else:
            parts.append({reading.serial_number: reading})
    return [tuple(part.values()) for part in parts]


def patience_ends(command: OpenCommand) -> datetime:
    """Return from when on a meter that cannot be read is sent without a value."""
    return max(command.answer_by - _BEFORE_DUE, command.received_at + _AT_LEAST)


def oldest_useful(command: OpenCommand, now: datetime) -> datetime:
    """Return the time before which no reading answers a request.

    It was asked for then, and received; and what the server has read later already it takes no more. A date that lies
    in the future is no such bound: no reading could ever answer.
    """
    read = [date for date in command.read_dates.values() if not _is_ahead(date, now)]
    return max(command.received_at, command.read_not_before, *read)


def dated_ahead(read_dates: dict[str, datetime], now: datetime) -> dict[str, datetime]:
    """Return the meters that the server says it has read in the future, with that date."""
    return {name: date for name, date in read_dates.items() if _is_ahead(date, now)}


def _is_ahead(date: datetime, now: datetime) -> bool:
    return date > now + _CLOCKS_DIFFER_BY


def ordered_meters(command: OpenCommand, reading: PrinterReading) -> tuple[Meter, ...]:
    """Return what the printer shows of each meter that was ordered, in the order of the order.

    A server that names no meter gets all there are.
    """
    shown = {meter.name: meter for meter in reversed(reading.meters)}
    return tuple(_meter(name, shown, command) for name in command.bounds or dict.fromkeys(shown))


def _meter(name: str, shown: dict[str, MeterReading], command: OpenCommand) -> Meter:
    meter = shown.get(name)
    if meter is None or number_that_fits(meter.value) is None or meter.value is None:
        return Meter(name, None)
    last, _ = command.bounds.get(name, (None, None))
    return Meter(name, meter.value, meter.rollover_at if last is not None and meter.value < last else None)


def unread(meters: Sequence[Meter]) -> list[str]:
    """Return the names of the meters that have no value."""
    return [meter.name for meter in meters if meter.value is None]


def waits_for(names: Sequence[str], until: datetime) -> str:
    """Say which meters a request waits for, and until when."""
    listed = ", ".join(names)
    return f"{listed} cannot be read; if that stays so, it is sent without a value from {until:%Y-%m-%d %H:%M} UTC on"


def absent_state(device: Device | None) -> AbsentState | None:
    """Say as what a printer is not read by this client, Unknown for an unknown serial number; None where it is read."""
    if device is not None and device.is_polled:
        return None
    return "Unknown" if device is None else _ABSENT.get(device.state, "Unknown")


def absent(command: OpenCommand, state: AbsentState) -> DeviceReading:
    """Return the answer to a request about a printer that this client does not read."""
    return DeviceReading(command.serial_number, command.command_id, None, state=state)


def supplies_of(reading: PrinterReading) -> tuple[Supply, ...]:
    """Return the supplies of a reading as the wire carries them."""
    return tuple(
        Supply(
            supply.name,
            supply.state,
            supply.unit,
            number_that_fits(supply.capacity),
            number_that_fits(supply.level),
        )
        for supply in reading.supplies
    )
