"""Read all printers in one round, and those that have moved at their new addresses.

`polling` reads and records; when a round is due is not decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.service.printers.addresses.relocation_search import RelocationSearch
from esolutions_client.service.printers.polling import PollReport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from esolutions_client.service.printers.polling import Polling
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.search.discovery import Prober
    from esolutions_client.store.store import Store

__all__ = ["Rounds"]


class Rounds:
    """Makes rounds of polls."""

    def __init__(
        self,
        store: Store,
        snmp: SnmpPort,
        polling: Polling,
        *,
        now: Callable[[], datetime],
        timeouts: SnmpTimeouts,
        prober: Prober | None,
    ) -> None:
        self._polling = polling
        self._search = RelocationSearch(store, snmp, now=now, timeouts=timeouts, prober=prober)

    def poll(self) -> PollReport:
        """Read every printer where it was, and those that have moved where they are now.

        Raises:
            TurnedOffError: communication is turned off, or was meanwhile; what was read before is kept.
            StoreFullError: there is no room for what would be read, so that no printer was asked.
        """
        report = self._polling.poll()
        followed = self._search.follow(report.silent)
        if not followed:
            return report
        self._polling.forget()
        moved = self._polling.poll(followed)
        silent = tuple(serial for serial in report.silent if serial not in moved.answered)
        return PollReport((*report.answered, *moved.answered), silent)

    def poll_answering(self, serial_numbers: Iterable[str]) -> None:
        """Read those of these printers that answered last and are not held; see `poll`."""
        devices = [item.device for item in map(self._polling.by_serial, serial_numbers) if item is not None]
        answering = [d.serial_number for d in devices if d.silent_since is None and d.held_since is None]
        if answering:
            self._polling.poll(answering)
