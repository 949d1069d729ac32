"""Every meter: one that went backwards was not billed without a person, nor kept without a flag."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["METERS_NEVER_FALL_SILENTLY"]


def _meters_do_not_fall_silently(site: Site) -> Iterator[str]:
    last: dict[tuple[str, str], int] = {}
    for bill in site.record.all_bills():
        key = (bill.serial, bill.meter)
        fell = bill.value < last.get(key, 0) and bill.rollover_at is None
        if fell and bill.serial not in site.accepted:
            yield f"{key[0]} {key[1]} was billed {bill.value} after {last[key]}"
        last[key] = bill.value
    store = site.machine.store
    for device in store.devices.all():
        if device.serial_number in site.fallen and not any(
            kind == "held" for _, kind, _, _ in store.events(-1, device.serial_number)
        ):
            yield from _unflagged(site, device.serial_number, device.device_id)


def _unflagged(site: Site, serial: str, device_id: int) -> Iterator[str]:
    """A printer whose counters fell, and which no person was told of, must not have a reading below an earlier one."""
    highest: dict[tuple[int, int], int] = {}
    for row in reversed(site.machine.store.readings.newest(device_id, -1)):
        for position, value in enumerate(json.loads(row.body)[0]):
            key = (row.layout_id, position)
            if value is not None and row.flag is None and value < highest.get(key, 0):
                yield f"{serial} fell from {highest[key]} to {value} unnoticed"
                return
            if value is not None:
                highest[key] = max(value, highest.get(key, 0))


METERS_NEVER_FALL_SILENTLY = Invariant(
    "meters_never_fall_silently",
    "no counter went backwards without a flag, a held device and a person",
    at_end=_meters_do_not_fall_silently,
)
