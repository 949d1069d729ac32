"""Every bill: its value was shown by the printer, after it was asked for, and it stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.checks.rules import Shown, shown_by
from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_scenarios.swarm.site import Site

__all__ = ["EVERY_BILLED_VALUE_WAS_SHOWN", "NO_REQUEST_IS_ANSWERED_TWICE", "NO_STALE_READING_IS_BILLED"]


def _openings_and_bills_were_shown(site: Site) -> Iterator[str]:
    """Check each opening value and each bill once: the first bill counts from an opening."""
    for device in site.testbed.administration.every.devices():
        for meter in device.meters:
            if meter.opening_value is None or meter.opening_read_at is None:
                continue
            key = (device.serial, meter.name, meter.opening_value, meter.opening_read_at)
            if key not in site.record.openings:
                site.record.openings.add(key)
                yield from _unless_shown(site, *key, "opened")
    yield from _bills_were_shown(site)


def _bills_were_shown(site: Site) -> Iterator[str]:
    for bill in site.record.new_bills:
        yield from _unless_shown(site, bill.serial, bill.meter, bill.value, bill.read_at, "billed")


def _unless_shown(site: Site, serial: str, meter: str, value: int, read_at: datetime, what: str) -> Iterator[str]:
    shown = shown_by(site.testbed, serial, meter, read_at)
    if shown != Shown(serial, value):
        yield f"{serial} {meter} was {what} with {value} of {read_at}, {shown.serial} showed {shown.value}"


def _bills_are_young(site: Site) -> Iterator[str]:
    if not site.record.new_bills:
        return
    commands = {command.id: command for command in site.testbed.administration.every.commands()}
    for bill in site.record.new_bills:
        asked_at = commands[bill.command_id].read_not_before
        if bill.read_at < asked_at:
            yield f"{bill.serial} was read at {bill.read_at}, asked for at {asked_at}"


def _bills_stay(site: Site) -> Iterator[str]:
    for bill in site.record.changed_bills:
        yield f"{bill.serial} {bill.meter} was billed anew"


EVERY_BILLED_VALUE_WAS_SHOWN = Invariant(
    "every_billed_value_was_shown",
    "every billed value was really shown by that printer's counter at the stated moment,"
    " and so was every opening value",
    on_exchange=_openings_and_bills_were_shown,
    at_end=_bills_were_shown,
)
NO_STALE_READING_IS_BILLED = Invariant(
    "no_stale_reading_is_billed",
    "no bill rests on a reading from before it was asked for",
    on_exchange=_bills_are_young,
    at_end=_bills_are_young,
)
NO_REQUEST_IS_ANSWERED_TWICE = Invariant(
    "no_request_is_answered_twice", "a bill never changes", on_exchange=_bills_stay, at_end=_bills_stay
)
