"""Check what must have come right when the calm is over."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.registry import INVARIANTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["findings"]


def findings(site: Site) -> Iterator[tuple[str, str]]:
    """Yield what did not come right: the name of the invariant, and what is wrong."""
    for name, invariant in INVARIANTS.items():
        if invariant.at_end is not None:
            for text in invariant.at_end(site):
                yield name, text
