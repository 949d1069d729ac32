"""Every wish has its outcome: a person who asked by a command is told what came of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.swarm.site import Site

__all__ = ["EVERY_WISH_IS_ANSWERED"]


def _wishes_are_answered(site: Site) -> Iterator[str]:
    wishes = site.machine.store.wishes
    for wish_id, kind in site.wishes.items():
        wish = wishes.get(wish_id)
        if wish is None or wish.outcome is None:
            yield f"{kind}, asked for by a command, has no outcome"


EVERY_WISH_IS_ANSWERED = Invariant(
    "every_wish_is_answered",
    "whatever a person asked of the client by a command has its outcome",
    at_end=_wishes_are_answered,
)
