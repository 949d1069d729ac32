"""Sort out printers that answer at the address of another one: one of ours that has moved, or a stranger.

`relocation` says whether a printer has moved. No printer is asked for its meters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.service.exchanges.reasons import register_it
from esolutions_client.service.printers.addresses.sightings import discovered

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from esolutions_client.service.printers.addresses.relocation import AtHome, Relocation
    from esolutions_client.service.printers.addresses.sightings import Sighting
    from esolutions_client.service.printers.printer_state import SnmpTimeouts, Tracked
    from esolutions_client.service.printers.reading_recorder import ReadingRecorder
    from esolutions_client.store.store import Store

__all__ = ["Strangers"]

# As after a reset of its memory: it may be the printer itself, and nothing says so.
_NUMBERLESS = "a printer without a serial number"


class Strangers:
    """Judges what answered where one of the polled printers was."""

    def __init__(
        self,
        store: Store,
        relocation: Relocation,
        recorder: ReadingRecorder,
        *,
        now: Callable[[], datetime],
        timeouts: SnmpTimeouts,
        by_serial: Callable[[str], Tracked | None],
    ) -> None:
        """Put it together; `by_serial` returns what is known of one polled printer."""
        self._store = store
        self._relocation = relocation
        self._recorder = recorder
        self._now = now
        self._timeouts = timeouts
        self._by_serial = by_serial

    def sort_out(self, strangers: Sequence[tuple[Tracked, Sighting]]) -> list[Tracked]:
        """Tell printers that changed places, which are returned, from those that another one stands in for.

        A stranger comes with the place where it answered: by now its target may be another.
        """
        at = self._now()
        homes = self._homes(strangers)
        with self._store.transaction():
            found = [self._found_other(sighting, homes, at) for _, sighting in strangers]
            moved = [item for item in found if item is not None]
            for item, sighting in strangers:
                if not any(item is other for other in moved):
                    serial = sighting.layout.serial_number
                    other = f"another printer, {serial}," if serial else _NUMBERLESS
                    known = self._store.devices.get(serial) if serial else None
                    is_polled = known is not None and known.is_polled
                    what_to_do = f": {register_it(serial)}" if serial and not is_polled else ""
                    reason = f"{other} answers at its address{what_to_do}"
                    self._recorder.silent(item, reason, at)
        return moved

    def _homes(self, strangers: Sequence[tuple[Tracked, Sighting]]) -> dict[str, AtHome]:
        """Return what answers at the addresses of the known printers among strangers.

        One at whose own address another was just found is not there.
        """
        shown = [self._store.devices.get(sighting.layout.serial_number or "") for _, sighting in strangers]
        known = {device.serial_number: device for device in shown if device is not None}
        homes: dict[str, AtHome] = {item.device.serial_number: None for item, _ in strangers}
        return homes | self._relocation.ask_at_home([d for serial, d in known.items() if serial not in homes])

    def _found_other(self, sighting: Sighting, homes: dict[str, AtHome], at: datetime) -> Tracked | None:
        """Remember a printer that turned up at another's address; return it if it is one that is polled and moved."""
        serial = sighting.layout.serial_number
        if not serial:
            return None
        known = self._store.devices.get(serial)
        if known is None:
            self._store.devices.save(discovered(serial, sighting, at))
            text = f"it answers at {sighting.target.host}, where another printer was"
            self._store.note(at, "discovered", text, serial)
            return None
        if (known.host, known.port) == sighting.place:
            return None
        kind, settled = self._relocation.settle(known, [sighting], homes.get(known.serial_number))
        tracked = self._by_serial(known.serial_number)
        if tracked is None:
            return None
        tracked.device = settled
        tracked.target = self._timeouts.target(settled)
        return tracked if kind == "moved" else None
