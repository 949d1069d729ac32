"""Answer SNMP requests for the printers that stand at one address, as a print server does.

The rows of each stand under a device index of its own; what an agent says
about itself is the first one's. A printer that is off has no rows here; where
all are off, nothing answers.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from esolutions_simulators.mib.row import Syntax, Value, oid_key
from esolutions_simulators.printers.agent import NoSuchName, SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.rows.bulk import BulkRequests

__all__ = ["PrintServerAgent"]

_T = TypeVar("_T")


class PrintServerAgent(BulkRequests):
    """The agents of several printers as one; it answers as a ``SimulatedAgent`` does."""

    def __init__(self, agents: Sequence[SimulatedAgent]) -> None:
        self._agents = tuple(agents)

    @property
    def printer(self) -> SimulatedPrinter:
        """The first of the printers."""
        return self._agents[0].printer

    def get(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[Value] | None:
        """Return the value of each of ``oids`` as the first printer has it that has one.

        Raises:
            TooBig: one of them cannot answer as many at once.
            NoSuchName: none has a variable, in version 1.
        """
        replies = self._each(lambda agent: agent.get_there(oids, at_epoch, community=community, version=version))
        if not replies:
            return None
        merged = [next((value for value in values if value is not None), None) for values in zip(*replies, strict=True)]
        if version == "1" and None in merged:
            raise NoSuchName(merged.index(None))
        return merged

    def get_next(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[tuple[str, Value]] | None:
        """Return the nearest successor of each of ``oids``.

        Raises:
            TooBig: one of them cannot answer as many at once.
            NoSuchName: a variable has no successor, in version 1.
        """
        replies = self._each(lambda agent: agent.get_next_there(oids, at_epoch, community=community, version=version))
        if not replies:
            return None
        merged = [
            min((row for row in rows if row[1] is not None), key=lambda row: oid_key(row[0]), default=(oid, None))
            for oid, rows in zip(oids, zip(*replies, strict=True), strict=True)
        ]
        if version == "1":
            for index, (_, value) in enumerate(merged):
                if value is None:
                    raise NoSuchName(index)
        return merged

    def fit(self, variables: int, at_epoch: float) -> None:
        """Refuse a request of more variables than one of the printers can answer.

        Raises:
            TooBig: it cannot answer as many at once.
        """
        for agent in self._agents:
            agent.fit(variables, at_epoch)

    def syntax_of(self, oid: str, at_epoch: float) -> Syntax:
        """Return how the row called ``oid`` is typed on the wire.

        Raises:
            KeyError: there is no such row.
        """
        for agent in self._agents[:-1]:
            try:
                return agent.syntax_of(oid, at_epoch)
            except KeyError:
                continue
        return self._agents[-1].syntax_of(oid, at_epoch)

    def _each(self, ask: Callable[[SimulatedAgent], _T | None]) -> list[_T]:
        """Return the replies of those that answer at all."""
        return [reply for agent in self._agents if (reply := ask(agent)) is not None]
