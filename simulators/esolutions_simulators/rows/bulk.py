"""Answer a GETBULK as RFC 3416, section 4.2.3, has it, for any agent that answers GETNEXT.

What a response may hold is bounded here, for every engine alike; nothing here
knows a socket or a PDU.
"""

from collections.abc import Sequence
from typing import Protocol

from esolutions_simulators.mib.row import Value

__all__ = ["MOST_VARIABLES", "get_bulk"]

# A response that would be larger is cut off, as the RFC allows: snmpd sends about as many.
MOST_VARIABLES = 64


class _Agent(Protocol):
    """What GETBULK is made of."""

    def get_next(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[tuple[str, Value]] | None: ...

    def fit(self, variables: int, at_epoch: float) -> None: ...


def get_bulk(
    agent: _Agent,
    oids: Sequence[str],
    at_epoch: float,
    *,
    non_repeaters: int = 0,
    max_repetitions: int,
    community: str | None = None,
) -> list[tuple[str, Value]] | None:
    """Return what follows each of ``oids``: once for the first ``non_repeaters``, repeatedly for the others.

    Numbers below 0 are 0. Repetitions end where every column has ended, which is told by a name and None.

    Raises:
        TooBig: the agent cannot answer as many at once.
    """
    singles = min(max(non_repeaters, 0), len(oids))
    repetitions = max(max_repetitions, 0)
    found = agent.get_next(oids[:singles], at_epoch, community=community)
    if found is None:
        return None
    agent.fit(singles + repetitions * (len(oids) - singles), at_epoch)
    names = oids[singles:]
    while names and repetitions and len(found) < MOST_VARIABLES:
        following = agent.get_next(names, at_epoch, community=community)
        if following is None:
            return None
        found += following
        if all(value is None for _, value in following):
            break
        names = [name for name, _ in following]
        repetitions -= 1
    return found[:MOST_VARIABLES]
