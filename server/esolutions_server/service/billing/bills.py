"""Turn a reading into bills, or hold it for a person.

A reading is billed whole or held whole. Whose reading it is
and whether it was asked for is decided before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import ValueOutcome
from esolutions_server.domain.billing.plausibility import LastReading, Plausibility, check_plausibility, max_plausible
from esolutions_server.service.errors import NotTakenError
from esolutions_server.service.reasons import shortened
from esolutions_server.store.repositories import commands, devices

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from esolutions_server.domain.billing.plausibility import MeterValue
    from esolutions_server.service.messages import DeviceReading
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, MeterRecord

__all__ = ["bill", "is_older_than_billed", "note_last_values"]


def bill(work: UnitOfWork, command: CommandRecord, reading: DeviceReading) -> str | None:
    """Keep the values of a dated reading; return why they are held, or None where they are accepted.

    Raises:
        NotTakenError: the reading is older than the last that was accepted.
    """
    known = {meter.name: meter for meter in devices.meters_of(work.connection, reading.serial)}
    read_at = reading.read_at or work.now
    newer = _billed_later(reading, known)
    if newer is not None:
        billed = f"{newer.name} is billed as of {newer.last_read_at:%Y-%m-%d %H:%M:%S}"
        raise NotTakenError(f"read at {read_at:%Y-%m-%d %H:%M:%S}, but {billed} UTC already")
    # The bound the proxy was told, or a later one: what it saw as credible is credible here.
    until = max(command.answer_by, read_at)
    verdicts = [_verdict(work, meter, known.get(meter.name), until) for meter in reading.meters]
    waived = _waived(work, reading)
    doubts = [
        verdict.reason
        for meter, verdict in zip(reading.meters, verdicts, strict=True)
        if verdict.reason is not None and meter.name not in waived
    ]
    held_with = shortened("; ".join(doubts)) if doubts else None
    rows = [
        {
            "command_id": command.id,
            "serial": reading.serial,
            "meter": meter.name,
            "value": meter.value,
            "previous_value": known[meter.name].last_value if meter.name in known else None,
            "rollover_at": meter.rollover_at,
            "impressions": verdict.impressions,
            "read_at": read_at,
            "received_at": work.now,
            "outcome": _value_outcome(meter, is_held=bool(doubts)).value,
            # A reading is held whole: a value that nothing is wrong with is held for what is wrong with the others.
            "reason": shortened(verdict.reason) if verdict.reason else held_with,
        }
        for meter, verdict in zip(reading.meters, verdicts, strict=True)
    ]
    commands.add_bills(work.connection, rows)
    _keep_supplies(work, reading)
    if not doubts:
        note_last_values(work, reading.serial, rows, known)
    return held_with


def _value_outcome(meter: MeterValue, *, is_held: bool) -> ValueOutcome:
    if is_held:
        return ValueOutcome.HELD
    return ValueOutcome.UNREAD if meter.value is None else ValueOutcome.ACCEPTED


def _waived(work: UnitOfWork, reading: DeviceReading) -> set[str]:
    """Return the meters that cannot be read, as a person knows: one accepted the last reading without them.

    A person who has looked at a row that is broken for good is not asked again in every cycle.
    """
    names = {meter.name for meter in reading.meters if meter.value is None}
    if not names:
        return names
    outcomes = commands.last_outcomes(work.connection, reading.serial)
    return {name for name in names if outcomes.get(name) == ValueOutcome.UNREAD}


def is_older_than_billed(work: UnitOfWork, reading: DeviceReading) -> bool:
    """Whether a reading is older than the last of its device that was accepted."""
    known = {meter.name: meter for meter in devices.meters_of(work.connection, reading.serial)}
    return _billed_later(reading, known) is not None


def _billed_later(reading: DeviceReading, known: dict[str, MeterRecord]) -> MeterRecord | None:
    """Return a meter of a reading that was billed as of a later time."""
    for name in (meter.name for meter in reading.meters if meter.name in known):
        last = known[name].last_read_at
        if last is not None and reading.read_at is not None and last > reading.read_at:
            return known[name]
    return None


def _verdict(work: UnitOfWork, meter: MeterValue, known: MeterRecord | None, until: datetime) -> Plausibility:
    if known is None or known.last_value is None or known.last_read_at is None:
        return check_plausibility(meter, None, 0)
    last = LastReading(known.last_value, known.last_read_at)
    highest = max_plausible(last, until, work.policy.credible_increase_per_minute)
    return check_plausibility(meter, last, highest - last.value)


def note_last_values(work: UnitOfWork, serial: str, bills: Iterable[Any], known: Mapping[str, MeterRecord]) -> None:
    """Make the values of accepted bills, as mappings, those that the next reading is compared with.

    `known` are the meters of the device, by name, as they are kept before.
    One that could not be read leaves its meter as it was; the first of a meter that was never read opens it.
    """
    values = {row["meter"]: row for row in bills if row["value"] is not None}
    changed = [{"_serial": serial, "_name": name, **_last(values[name])} for name in known if name in values]
    devices.set_last_value(work.connection, changed)
    for name, meter in known.items():
        if name in values and meter.opening_value is None:
            devices.set_opening_value(work.connection, serial, name, _opening(values[name]))
    added = [
        {"serial": serial, "name": name, "position": len(known) + offset, **_opening(row), **_last(row)}
        for offset, (name, row) in enumerate((n, r) for n, r in values.items() if n not in known)
    ]
    devices.keep_meters(work.connection, serial, added, replace=False)


def _last(row: Any) -> dict[str, Any]:
    return {"last_value": row["value"], "last_read_at": row["read_at"]}


def _opening(row: Any) -> dict[str, Any]:
    return {"opening_value": row["value"], "opening_read_at": row["read_at"]}


def _keep_supplies(work: UnitOfWork, reading: DeviceReading) -> None:
    rows = [
        {
            "serial": reading.serial,
            "position": position,
            "name": supply.name,
            "state": supply.state,
            "unit": supply.unit,
            "capacity": supply.capacity,
            "level": supply.level,
            "read_at": reading.read_at or work.now,
        }
        for position, supply in enumerate(reading.supplies)
    ]
    devices.keep_supplies(work.connection, reading.serial, rows)
