"""Answer a GETBULK as RFC 3416, section 4.2.3, has it, for any agent that answers GETNEXT.

What a response may hold is bounded here, for every engine alike; nothing here
knows a socket or a PDU.
"""

from collections.abc import Sequence
from typing import Protocol

from esolutions_simulators.mib.row import Value

__all__ = ["MOST_VARIABLES", "BulkRequests"]

# However many are asked for, repetitions end there, as the RFC allows, and as snmpd has it (maxGetbulkResponses).
MOST_VARIABLES = 100


class _Agent(Protocol):
    """What GETBULK is made of."""

    def get_next(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[tuple[str, Value]] | None: ...

    def fit(self, variables: int, at_epoch: float) -> None: ...


class BulkRequests:
    """An agent's side of GETBULK, made of its GETNEXT."""

    __slots__ = ()

    def get_bulk(
        self: _Agent,
        oids: Sequence[str],
        at_epoch: float,
        *,
        non_repeaters: int = 0,
        max_repetitions: int,
        community: str | None = None,
    ) -> list[tuple[str, Value]] | None:
        """Return what follows each of ``oids``: once for the first ``non_repeaters``, repeatedly for the others.

        Numbers below 0 are 0. Repetitions are whole, as many as keep within ``MOST_VARIABLES`` for all columns
        together; none follows once every column has ended, which is told by a name and None.

        Raises:
            TooBig: the agent cannot answer as many at once; RFC 3416 would have it send fewer.
        """
        singles = min(max(non_repeaters, 0), len(oids))
        names = oids[singles:]
        repetitions = min(max(max_repetitions, 0), MOST_VARIABLES // max(len(names), 1))
        found = self.get_next(oids[:singles], at_epoch, community=community)
        if found is None:
            return None
        self.fit(singles + repetitions * len(names), at_epoch)
        while names and repetitions:
            following = self.get_next(names, at_epoch, community=community)
            if following is None:
                return None
            found += following
            if all(value is None for _, value in following):
                break
            names = [name for name, _ in following]
            repetitions -= 1
        return found
