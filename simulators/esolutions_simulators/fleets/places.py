"""Find out which printers stand at an address, without asking all of them.

An incident that moves a printer is taken note of, whenever it is added.
"""

from collections.abc import Sequence

from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = ["Places"]


class Places:
    """Who stands at which address at some time.

    Args:
        printers: where a printer is moved later on, this is noticed.
    """

    def __init__(self, printers: Sequence[SimulatedPrinter]) -> None:
        # The one that is there first; and where there are others, too, all of them.
        self._first: dict[str, SimulatedPrinter] = {}
        self._all: dict[str, list[SimulatedPrinter]] = {}
        self._moved: list[SimulatedPrinter] = []
        for printer in printers:
            printer.tell_of_moves(self._moved)
            self._add(printer)

    def only_one(self, address: str) -> SimulatedPrinter | None:
        """Return the one printer that ever stands at an address; None where there is none, or are several."""
        if self._moved:
            self._add_moved()
        return None if address in self._all else self._first.get(address)

    def candidates(self, address: str) -> Sequence[SimulatedPrinter]:
        """Return the printers that stand at an address at some time."""
        if self._moved:
            self._add_moved()
        first = self._first.get(address)
        return self._all.get(address, () if first is None else (first,))

    def _add_moved(self) -> None:
        while self._moved:
            self._add(self._moved.pop(0))

    def _add(self, printer: SimulatedPrinter) -> None:
        for address in printer.addresses:
            first = self._first.setdefault(address, printer)
            if first is not printer:
                known = self._all.setdefault(address, [first])
                if printer not in known:
                    known.append(printer)
