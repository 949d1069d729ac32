"""Every acknowledgement is kept: whatever the server said it has accepted, it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.checks.rules import opening_values, unbilled
from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_scenarios.swarm.site import Site

__all__ = ["EVERY_PERIOD_IS_BILLED_AS_ACKNOWLEDGED", "WHAT_IS_ACKNOWLEDGED_IS_THERE"]


def _promises_are_kept(site: Site) -> Iterator[str]:
    """What was accepted just now is billed.

    A server that has forgotten a request makes it anew, and holds under the new one what answers the old one.
    """
    record = site.record
    bills = site.record.all_bills() if record.has_forgotten else []
    held = {(bill.serial, bill.meter, bill.value) for bill in bills}
    for serial, command_id, values in record.promised:
        for meter, value in values:
            billed = record.bills.get((command_id, meter))
            if (billed is None or billed.value != value) and (serial, meter, value) not in held:
                yield f"{serial} {meter} = {value} is acknowledged, but not at the server"
    record.promised.clear()


def _acknowledged_is_billed(site: Site) -> Iterator[str]:
    """No reading that the client holds as acknowledged is missing at the server."""
    for device, sent in unbilled(site.testbed, site.machine):
        # A server that was lost is told of the printers that are in service.
        if device.is_polled or not site.record.has_lost:
            yield f"{device.serial_number} {sent.meter} = {sent.value} is acknowledged, but not at the server"
    for serial, meter, value in sorted(opening_values(site.testbed)):
        last = site.record.opened_with.get(serial, {}).get(meter, value)
        if last != value:
            yield f"{serial} {meter} was opened anew with {value}, {last} was acknowledged last"


def _periods_are_billed_as_acknowledged(site: Site) -> Iterator[str]:
    """Each period is billed once, with what was acknowledged for it first, whatever the server forgot meanwhile."""
    administration = site.testbed.administration
    ends = {request.id: request.period_end for request in administration.every.requests()}
    billed: dict[tuple[str, datetime, str], list[int]] = {}
    for bill in administration.every.bills():
        billed.setdefault((bill.serial, ends[bill.command_id], bill.meter), []).append(bill.value)
    for key, value in site.record.acknowledged.items():
        if billed.get(key, []) != [value]:
            serial, end, meter = key
            yield f"{serial} {meter} of {end:%Y-%m-%d %H:%M} was acknowledged with {value}, not {billed.get(key)}"


WHAT_IS_ACKNOWLEDGED_IS_THERE = Invariant(
    "what_is_acknowledged_is_there",
    "whatever the server acknowledged it holds, from that moment on",
    on_exchange=_promises_are_kept,
    at_end=_acknowledged_is_billed,
)
EVERY_PERIOD_IS_BILLED_AS_ACKNOWLEDGED = Invariant(
    "every_period_is_billed_as_acknowledged",
    "what was acknowledged for a period is what it is billed with in the end, though the server was restored meanwhile",
    at_end=_periods_are_billed_as_acknowledged,
)
