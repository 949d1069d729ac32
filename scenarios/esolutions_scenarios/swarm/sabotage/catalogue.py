"""All sabotages by name, and the block that one of them lasts.

A mechanism that can be switched off unnoticed protects nothing, and an invariant
that no sabotage breaks may be one that cannot fail: each is what some sabotage
is noticed by.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from esolutions_scenarios.swarm.sabotage import billing, client, losses, messages, printers, readings, server
from esolutions_scenarios.swarm.sabotage.mechanism import Sabotage, SabotageError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SABOTAGES", "SabotageError", "sabotage"]

SABOTAGES: dict[str, Sabotage] = {
    **readings.SABOTAGES,
    **client.SABOTAGES,
    **messages.SABOTAGES,
    **billing.SABOTAGES,
    **server.SABOTAGES,
    **losses.SABOTAGES,
    **printers.SABOTAGES,
}


@contextmanager
def sabotage(name: str) -> Iterator[None]:
    """Switch one mechanism off until the block ends.

    Raises:
        SabotageError: there is none of that name; the text lists those that are.
    """
    if name not in SABOTAGES:
        raise SabotageError(f"there is no sabotage {name!r}; there are: {', '.join(sorted(SABOTAGES))}")
    with ExitStack() as stack:
        for place in SABOTAGES[name].places:
            stack.enter_context(patch.object(place.target, place.attribute, place.replacement))
        yield
