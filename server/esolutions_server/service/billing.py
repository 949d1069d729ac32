"""Turn a reading into bills, or hold it for a person.

A reading is billed whole or held whole. Nothing here asks whose reading it is
or whether it was asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.judgement import LastReading, Verdict, ceiling, judge
from esolutions_server.store import commands, devices

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime

    from esolutions_server.domain.judgement import MeterValue
    from esolutions_server.service.context import Work
    from esolutions_server.service.messages import DeviceReading, Outcome
    from esolutions_server.store.records import CommandRecord, MeterRecord

__all__ = ["bill", "is_older_than_billed", "note_last_values"]


def bill(work: Work, command: CommandRecord, reading: DeviceReading) -> Outcome:
    """Keep the values of a reading, accepted or held; refuse one older than the last that was accepted."""
    known = {meter.name: meter for meter in devices.meters_of(work.connection, reading.serial)}
    if _is_older(reading, known):
        return "Refused"
    # The bound the proxy was told, or a later one: what it saw as credible is credible here.
    until = max(command.answer_by, reading.read_at)
    verdicts = [_verdict(work, meter, known.get(meter.name), until) for meter in reading.meters]
    outcome: Outcome = "Held" if any(verdict.is_held for verdict in verdicts) else "Accepted"
    rows = [
        {
            "command_id": command.id,
            "serial": reading.serial,
            "meter": meter.name,
            "value": meter.value,
            "previous_value": known[meter.name].last_value if meter.name in known else None,
            "rollover_at": meter.rollover_at,
            "impressions": verdict.impressions,
            "read_at": reading.read_at,
            "received_at": work.now,
            "outcome": outcome,
            "reason": verdict.reason,
        }
        for meter, verdict in zip(reading.meters, verdicts, strict=True)
    ]
    commands.add_bills(work.connection, rows)
    _keep_supplies(work, reading)
    if outcome == "Accepted":
        _note_last_values(work, reading.serial, known, rows)
    return outcome


def is_older_than_billed(work: Work, reading: DeviceReading) -> bool:
    """Whether a reading is older than the last of its device that was accepted."""
    return _is_older(reading, {meter.name: meter for meter in devices.meters_of(work.connection, reading.serial)})


def _is_older(reading: DeviceReading, known: dict[str, MeterRecord]) -> bool:
    return any(known[m.name].last_read_at > reading.read_at for m in reading.meters if m.name in known)


def _verdict(work: Work, meter: MeterValue, known: MeterRecord | None, until: datetime) -> Verdict:
    if known is None:
        return judge(meter, None, 0)
    last = LastReading(known.last_value, known.last_read_at)
    highest = ceiling(last, until, work.policy.credible_increase_per_minute)
    return judge(meter, last, highest - last.value)


def note_last_values(work: Work, serial: str, bills: Iterable[Any]) -> None:
    """Make the values of accepted bills, as mappings, those that the next reading is compared with."""
    known = [meter.name for meter in devices.meters_of(work.connection, serial)]
    _note_last_values(work, serial, known, bills)


def _note_last_values(work: Work, serial: str, known: Collection[str], bills: Iterable[Any]) -> None:
    values = {row["meter"]: row for row in bills}
    changed = [
        {"_serial": serial, "_name": name, "last_value": row["value"], "last_read_at": row["read_at"]}
        for name, row in values.items()
        if name in known
    ]
    devices.set_last_value(work.connection, changed)
    added = [
        {
            "serial": serial,
            "name": name,
            "position": len(known) + offset,
            "opening_value": row["value"],
            "opening_read_at": row["read_at"],
            "last_value": row["value"],
            "last_read_at": row["read_at"],
        }
        for offset, (name, row) in enumerate((n, r) for n, r in values.items() if n not in known)
    ]
    devices.keep_meters(work.connection, serial, added, replace=False)


def _keep_supplies(work: Work, reading: DeviceReading) -> None:
    rows = [
        {
            "serial": reading.serial,
            "position": position,
            "name": supply.name,
            "state": supply.state,
            "unit": supply.unit,
            "capacity": supply.capacity,
            "level": supply.level,
            "read_at": reading.read_at,
        }
        for position, supply in enumerate(reading.supplies)
    ]
    devices.keep_supplies(work.connection, reading.serial, rows)
