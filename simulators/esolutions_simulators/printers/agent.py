"""Answer SNMP requests for one printer, without sockets and without waiting.

The same object stands behind snmpsim on real UDP and behind a world in
memory. Requests are compiled once: a poll that asks for the same variables
again only works out the numbers that move.
"""

from collections.abc import Sequence

from esolutions_simulators.mib.row import NULL, Syntax, Value
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.rows.bulk import BulkRequests
from esolutions_simulators.rows.filled import FilledGet
from esolutions_simulators.rows.table import Table, table_of
from esolutions_simulators.rows.value import value_of

__all__ = ["AgentError", "NoSuchName", "SimulatedAgent", "TooBig"]


class AgentError(Exception):
    """The agent answers with an SNMP error status.

    * AgentError
        * TooBig        ask for less at once
        * NoSuchName    SNMPv1: one of the variables is not there
    """


class TooBig(AgentError):  # noqa: N818 -- SNMP's own word
    """The reply does not fit into what the agent can send."""


class NoSuchName(AgentError):  # noqa: N818 -- SNMP's own word
    """SNMPv1 has no word for a variable that is missing but to refuse the whole request."""

    def __init__(self, index: int) -> None:
        super().__init__(f"variable {index} is not there")
        self.index = index


class SimulatedAgent(BulkRequests):
    """The SNMP agent inside one printer, wherever the printer stands."""

    __slots__ = ("_answers", "_filled", "_revision", "_segment", "_since", "_table", "_until", "printer")

    def __init__(self, printer: SimulatedPrinter) -> None:
        self.printer = printer
        self._revision = -1
        self._filled: FilledGet | None = None

    def _enter(self, at_epoch: float) -> None:
        """Turn to the segment of the printer's life that holds ``at_epoch``."""
        self._segment = segment = self.printer.segment_at(at_epoch)
        self._revision = self.printer.revision
        self._since, self._until = segment.since, segment.until
        self._answers = segment.is_answering
        self._table = table_of(segment.machine.model)
        self._filled = None

    def stands_at(self, address: str, at_epoch: float) -> bool:
        """Tell whether the printer is at ``address`` at that time, answering or not."""
        if self._revision != self.printer.revision or not self._since <= at_epoch < self._until:
            self._enter(at_epoch)
        return self._segment.address == address

    def _hears(self, at_epoch: float, community: str | None, version: str) -> bool:
        """Tell whether there is any reply at all."""
        if self._revision != self.printer.revision or not self._since <= at_epoch < self._until:
            self._enter(at_epoch)
        if not self._answers or (community is not None and community != self._segment.community):
            return False
        return self._table.version is None or self._table.version == version

    def get(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[Value] | None:
        """Return the value of each of ``oids``, None for one that is not there; None alone for no reply.

        Args:
            oids: dotted, without a leading dot.
            at_epoch: the time, in seconds since 1970 UTC.
            community: what the request is signed with; None skips the check.
            version: ``1`` or ``2c``.

        Raises:
            TooBig: the printer cannot answer as many at once.
            NoSuchName: a variable is not there, in version 1.
        """
        values = self.get_there(oids, at_epoch, community=community, version=version)
        if version == "1" and values is not None and None in values:
            raise NoSuchName(values.index(None))
        return values

    def get_there(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[Value] | None:
        """Return what ``get`` does, in version 1 too with None for what is not there.

        Raises:
            TooBig: the printer cannot answer as many at once.
        """
        if not self._hears(at_epoch, community, version):
            return None
        table = self._table
        if len(oids) > table.max_varbinds:
            self._fit(len(oids))
        filled = self._filled
        # A reading repeated every two hours asks with the same tuple; a list may have others in it next time.
        if filled is None or oids is not filled.asked:
            asked = tuple(oids)
            self._filled = filled = FilledGet(asked, table.prepared(asked), self._segment)
        return filled.values_at(at_epoch)

    def table_at(self, at_epoch: float) -> Table:
        """Return the rows that the printer has at a time, with all others of its model."""
        if self._revision != self.printer.revision or not self._since <= at_epoch < self._until:
            self._enter(at_epoch)
        return self._table

    def get_next(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[tuple[str, Value]] | None:
        """Return for each of ``oids`` the name and value that follow it.

        At the end of the MIB that is the same name and None.

        Raises:
            TooBig: the printer cannot answer as many at once.
            NoSuchName: a variable has no successor, in version 1.
        """
        rows = self.get_next_there(oids, at_epoch, community=community, version=version)
        if version == "1" and rows is not None:
            for index, (_, value) in enumerate(rows):
                if value is None:
                    raise NoSuchName(index)
        return rows

    def get_next_there(
        self, oids: Sequence[str], at_epoch: float, *, community: str | None = None, version: str = "2c"
    ) -> list[tuple[str, Value]] | None:
        """Return what ``get_next`` does, in version 1 too with None where there is no successor.

        Raises:
            TooBig: the printer cannot answer as many at once.
        """
        if not self._hears(at_epoch, community, version):
            return None
        self._fit(len(oids))
        return [self._next(oid, at_epoch) for oid in oids]

    def _fit(self, variables: int) -> None:
        if variables > self._table.max_varbinds:
            raise TooBig(f"{variables} variables, of which {self._table.max_varbinds} fit")

    def fit(self, variables: int, at_epoch: float) -> None:
        """Refuse a request of more variables than the printer can answer.

        Raises:
            TooBig: the printer cannot answer as many at once.
        """
        self._hears(at_epoch, None, "2c")
        self._fit(variables)

    def _next(self, oid: str, at_epoch: float) -> tuple[str, Value]:
        table, address = self._table, self._segment.address
        for place in range(table.place_after(oid, address), len(table.rows)):
            value = value_of(table.rows[place], self._segment, at_epoch)
            if value is not None:
                return table.name_at(place, address), value
        return oid, None

    def syntax_of(self, oid: str, at_epoch: float) -> Syntax:
        """Return how the row called ``oid`` is typed on the wire.

        Raises:
            KeyError: there is no such row.
        """
        self._hears(at_epoch, None, "2c")
        row = self._table.row_of(oid)
        if row is None:
            raise KeyError(oid)
        return row.syntax

    def rows_at(self, at_epoch: float) -> list[tuple[str, Syntax, Value]]:
        """Return every row that is there at a time, sorted, whether or not the printer answers."""
        self._enter(at_epoch)
        found: list[tuple[str, Syntax, Value]] = []
        for place, row in enumerate(self._table.rows):
            value = value_of(row, self._segment, at_epoch)
            if value is not None:
                name = self._table.name_at(place, self._segment.address)
                found.append((name, Syntax.NULL if value is NULL else row.syntax, value))
        return found
