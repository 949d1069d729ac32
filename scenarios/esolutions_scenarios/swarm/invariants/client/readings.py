"""Every reading that was committed stays, and stays as it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["NO_READING_IS_LOST"]


def _none_is_gone(site: Site) -> Iterator[str]:
    lost = site.record.readings.lost(site.machine.store) if site.machine.is_on else ""
    if lost:
        yield lost


def _none_has_changed(site: Site) -> Iterator[str]:
    return site.record.readings.changed(site.machine.store)


NO_READING_IS_LOST = Invariant(
    "no_reading_is_lost",
    "no reading that was committed disappears or changes",
    on_step=_none_is_gone,
    at_end=_none_has_changed,
)
