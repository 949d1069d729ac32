"""Every billing period ends where a calendar of the swarm's own says, and none is left out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.billing.billing_calendar import period_ends
from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.plan import START

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["EVERY_PERIOD_ENDS_RIGHT"]

# A period that ended just before its printer was taken out of service may have gone unasked for.
_A_DAY = timedelta(days=1)


def _periods_are_right(site: Site) -> Iterator[str]:
    administration = site.testbed.administration
    equipment = {item.serial: item for item in administration.every.equipment()}
    gone = {d.serial for d in administration.every.devices() if str(d.state) in {"replaced", "retired"}}
    for serial, item in equipment.items():
        # A reading that a person rejected is asked for once more.
        asked = [r for r in administration.every.requests() if r.serial == serial and r.state != "rejected"]
        ends = sorted(r.period_end for r in asked)
        activated = [d.activated_at for d in administration.every.devices() if d.serial == serial and d.activated_at]
        if not activated:
            continue
        left = [r.answered_at for r in asked if r.answered_at and r.state == "declined" and serial in gone]
        left.append(site.retired.get(serial, site.testbed.now))
        until = min(_last_sync(site), min(left) - _A_DAY)
        for end in period_ends(asdict(item), activated[0], until):
            if end not in ends:
                yield f"{serial}: no request for the period that ended at {end}"
        # One that came back was active before, too.
        ended = period_ends(asdict(item), START, site.testbed.now)
        if serial not in site.asked_by_hand and len(ends) > len(ended):
            yield f"{serial}: {len(ends)} requests, {len(ended)} periods"


def _last_sync(site: Site) -> datetime:
    return site.machine.store.settings.last_sync_at or datetime.min.replace(tzinfo=UTC)


EVERY_PERIOD_ENDS_RIGHT = Invariant(
    "every_period_ends_right",
    "every billing period ends where a calendar of our own says, and none is missing",
    at_end=_periods_are_right,
)
