"""Read every printer that is due, keep every reading, and notice what changed.

A poll is one round of short conversations with all printers at once; those
that contradict their layout are identified again in a second round. A printer
that is silent costs the others nothing. State changes are told once, when they
happen, and undone by themselves when the printer is back.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from esolutions_client.fleet.sameness import is_still_there
from esolutions_client.service.printers.addresses.relocation import Relocation
from esolutions_client.service.printers.addresses.sightings import Sighting, known_of
from esolutions_client.service.printers.addresses.strangers import Strangers
from esolutions_client.service.printers.continuity import can_follow
from esolutions_client.service.printers.printer_state import SnmpTimeouts, Tracked, carry, track
from esolutions_client.service.printers.reading_recorder import ReadingRecorder, Row, When
from esolutions_client.snmp.errors import LayoutChangedError, SnmpError
from esolutions_client.snmp.rows.identify import identify_and_poll
from esolutions_client.snmp.rows.known_rows import keep_known_rows
from esolutions_client.snmp.rows.layout import SteadyPoll, steady

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.identity import Identity
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.store.store import Store

__all__ = ["PollReport", "Polling"]

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class PollReport:
    """How a round of polls went, in serial numbers."""

    answered: tuple[str, ...]
    silent: tuple[str, ...]


class Polling:
    """Polls the registered printers of one store."""

    def __init__(
        self, store: Store, snmp: SnmpPort, identity: Identity, *, clock: ClockTrust, timeouts: SnmpTimeouts
    ) -> None:
        self._store = store
        self._snmp = snmp
        self._identity = identity
        self._clock = clock
        self._now = clock.now
        self._timeouts = timeouts
        self._recorder = ReadingRecorder(store)
        self._relocation = Relocation(store, snmp, now=clock.now, timeouts=timeouts)
        self._strangers = Strangers(
            store, self._relocation, self._recorder, now=clock.now, timeouts=timeouts, by_serial=self.by_serial
        )
        self._tracked: dict[int, Tracked] | None = None
        self._by_serial: dict[str, Tracked] = {}
        self._dated: dict[int, tuple[datetime | None, int | None]] = {}

    def tracked(self) -> dict[int, Tracked]:
        """Return what is known of each polled printer, by device id."""
        if self._tracked is None:
            self._tracked = {d.device_id: track(self._store, d, self._timeouts) for d in self._store.devices.polled()}
            for device_id, item in self._tracked.items():
                read_at, clock_origin = self._dated.get(device_id, (None, None))
                if item.read_at == read_at:  # it is the reading that this process took
                    item.clock_origin = clock_origin
            self._by_serial = {item.device.serial_number: item for item in self._tracked.values()}
        return self._tracked

    def by_serial(self, serial_number: str) -> Tracked | None:
        """Return what is known of one polled printer."""
        self.tracked()
        return self._by_serial.get(serial_number)

    def forget(self) -> None:
        """Rebuild from the store at the next poll: another part changed it."""
        if self._tracked is not None:
            self._dated = {device_id: (item.read_at, item.clock_origin) for device_id, item in self._tracked.items()}
        self._tracked = None

    def poll(self, serial_numbers: Iterable[str] | None = None) -> PollReport:
        """Read the polled printers, or some of them, and commit what they showed.

        Raises:
            TurnedOffError: communication is turned off, or was meanwhile; what was read before is kept.
            StoreFullError: there is no room for what would be read, so that no printer was asked.
            StoreError: a reading could not be kept; it was not used either.
        """
        self._identity.require_enabled()
        self._store.require_room()
        if self._store.was_changed_elsewhere():
            # A person may have retired or accepted a printer from another program.
            self.forget()
        wanted = None if serial_numbers is None else set(serial_numbers)
        due = [t for t in self.tracked().values() if wanted is None or t.device.serial_number in wanted]
        started = self._now()
        try:
            self._read(due, started if wanted is None else None)
        except BaseException:
            # What the cache says may be ahead of what was committed.
            self.forget()
            raise
        return PollReport(
            tuple(t.device.serial_number for t in due if t.device.silent_since is None),
            tuple(t.device.serial_number for t in due if t.device.silent_since is not None),
        )

    def accept(self, serial_number: str) -> Device:
        """Trust the newest reading of a held printer, or the machine that was doubted: a person has looked at it."""
        device = self._store.devices.get(serial_number)
        assert device is not None  # noqa: S101 - the caller looked it up
        with self._store.transaction():
            if device.doubt is None:
                self._store.readings.accept(device.device_id)
                device = self._store.devices.save(replace(device, held_since=None, held_reason=None))
                text = "its newest reading was accepted by a person"
            else:
                device = self._relocation.accept(device)
                text = f"a person says that it is the machine at {device.host}"
            self._store.note(self._now(), "accepted", text, serial_number)
        self.forget()
        return device

    def _read(self, due: Sequence[Tracked], began: datetime | None) -> None:
        """Read printers by their layouts, and identify those that have none or contradict it.

        `began` is when a round of all printers began, None for one of some: it is kept with the last of the readings.
        """
        # Where there is doubt, a machine has to show more than its serial number.
        known = [t for t in due if t.layout is not None and t.device.doubt is None]
        others = [t for t in due if t.layout is None or t.device.doubt is not None]
        unmet = [*self._steady_round(known, None if others else began), *others]
        if unmet:
            self._identify_round(self._identify_round(unmet))
            if began is not None:
                with self._store.transaction():
                    self._store.settings.last_poll_at = began

    def _steady_round(self, items: Sequence[Tracked], began: datetime | None = None) -> list[Tracked]:
        """Poll printers by their layouts; return those that must be identified again.

        All that was heard is committed at once, when the round is over or broken off: every commit waits for the disk.
        """
        tasks = [(t.target, steady(t.layout, t.poll)) for t in items if t.layout is not None]
        heard: list[tuple[When, list[tuple[int, SteadyPoll | SnmpError]]]] = []
        is_whole = False
        try:
            for batch in self._snmp.converse(tasks):
                heard.append((self._when(), batch))  # noqa: PERF401 - what came before an error is kept
            is_whole = True
        finally:
            with self._store.transaction():
                again = self._keep(items, heard)
                if is_whole and not again and began is not None:
                    self._store.settings.last_poll_at = began
        return again

    def _keep(
        self, items: Sequence[Tracked], heard: Iterable[tuple[When, list[tuple[int, SteadyPoll | SnmpError]]]]
    ) -> list[Tracked]:
        """Keep what was heard in a round; return the printers that must be identified again."""
        again: list[Tracked] = []
        rows: list[Row] = []
        for when, batch in heard:
            for index, result in batch:
                item = items[index]
                if type(result) is SteadyPoll and not can_follow(item, result, when.read_at):
                    again.append(item)
                elif type(result) is SteadyPoll:
                    rows.append(self._recorder.keep(item, result, when))
                elif isinstance(result, LayoutChangedError):
                    again.append(item)
                elif isinstance(result, SnmpError):
                    self._recorder.silent(item, str(result), when.read_at)
        if rows:
            self._store.readings.add(self._store.readings.begin_round(), rows)
        return again

    def _identify_round(self, items: Sequence[Tracked]) -> list[Tracked]:
        """Meet printers anew; return those of ours that turned up at the address of another one."""
        if not items:
            return []
        tasks = [(t.target, identify_and_poll(t.target, t.device.serial_number, self._now)) for t in items]
        strangers: list[tuple[Tracked, Sighting]] = []
        round_id = self._store.readings.begin_round()
        for batch in self._snmp.converse(tasks):
            when = self._when()
            with self._store.transaction():
                for index, result in batch:
                    item = items[index]
                    if isinstance(result, SnmpError):
                        self._recorder.silent(item, str(result), when.read_at)
                        continue
                    sighting = Sighting(item.target, *result, when.read_at)
                    if sighting.layout.serial_number != item.device.serial_number:
                        strangers.append((item, sighting))
                    else:
                        self._identified(item, sighting, when, round_id)
        return self._strangers.sort_out(strangers) if strangers else []

    def _identified(self, item: Tracked, sighting: Sighting, when: When, round_id: int) -> None:
        """Keep the reading of a printer that was identified, unless another machine may show its serial number."""
        device = self._recorder.fresh(item)
        verdict = is_still_there(known_of(self._store, item), sighting.evidence)
        if not verdict.is_same:
            item.device = self._relocation.doubt(device, sighting, verdict.reason)
            self._recorder.silent(item, "what answers at its address may be another machine", when.read_at)
            return
        device = self._relocation.believe(device, sighting)
        layout, poll = sighting.layout, sighting.poll
        if item.layout is not None:
            layout, poll = keep_known_rows(item.layout, item.poll, layout, poll)
            item.guarded = carry(item.layout, item.guarded, layout)
        item.layout = layout
        if layout.device_index not in (None, device.device_index):
            device = self._store.devices.save(replace(device, device_index=layout.device_index))
            item.target = self._timeouts.target(device)
        item.device = self._store.devices.save_layout(device, layout.to_json())
        self._store.readings.add(round_id, [self._recorder.keep(item, poll, when)])

    def _when(self) -> When:
        read_at = self._now()
        return When(read_at, int(read_at.timestamp()), self._clock.origin())
