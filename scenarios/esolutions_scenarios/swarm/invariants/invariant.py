"""What an invariant is: a name, a sentence, and its checks by the occasion on which each is made.

A check trusts neither the client nor the server. It looks at a site and yields what is wrong, in words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = ["Check", "Invariant"]

Check = Callable[["Site"], Iterator[str]]


@dataclass(frozen=True, slots=True)
class Invariant:
    """One promise.

    `on_message` looks at an operation and the body that leaves the machine for it, `on_response` at a row of the
    archive that has got its response, `on_step` at the site after each step, `on_exchange` after a step in which
    something was exchanged, `on_claim` after a stranger has claimed what is not his, and `at_end` after the calm.
    """

    name: str
    sentence: str
    on_message: Callable[[Site, str, bytes], Iterator[str]] | None = None
    on_response: Callable[[Site, SentRow], Iterator[str]] | None = None
    on_step: Check | None = None
    on_exchange: Check | None = None
    on_claim: Check | None = None
    at_end: Check | None = None
