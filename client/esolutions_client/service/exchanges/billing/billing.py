"""From billing request to billing transaction: each request is answered with a reading taken after it was made.

A request is answered by the first reading that is young enough, of the right
printer, and credible. One transaction answers all that can be answered now;
the others stay open and are answered when their printer is back. A request about
a printer that is replaced or retired, or an unknown serial number, is answered by saying so.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from esolutions_client.fleet.guard import outside_bounds
from esolutions_client.readings.serials import canonical_serial
from esolutions_client.readings.text import clean_text
from esolutions_client.service.exchanges.billing.submission import (
    absent,
    absent_state,
    in_transactions,
    oldest_useful,
    ordered_meters,
    patience_ends,
    supplies_of,
    unread,
    waits_for,
)
from esolutions_client.service.exchanges.delivery.effects import Effects
from esolutions_client.service.exchanges.outcomes import outcomes_of
from esolutions_client.service.exchanges.reasons import accept_it
from esolutions_client.service.exchanges.registration.registration import DEVICES_PER_MESSAGE
from esolutions_client.service.identity import new_guid
from esolutions_client.states.command_state import CommandState
from esolutions_client.wire.messages import BillingTransaction, DeviceOutcome, DeviceReading, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.service.exchanges.delivery.delivery import Delivery
    from esolutions_client.service.printers.polling import Polling
    from esolutions_client.service.printers.printer_state import Tracked
    from esolutions_client.store.commands import OpenCommand
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Meter, Receipt, Request, Response

__all__ = ["Billing"]

# Longer than a round of polls takes, shorter than a clock error that the server would not notice.
_JUST_NOW = timedelta(minutes=5)
# As long as the contract lets a reason be.
LONGEST_REASON = 200
_CLOSED_AS = {
    Outcome.ACCEPTED: CommandState.ANSWERED,
    Outcome.HELD: CommandState.HELD,
    Outcome.REFUSED: CommandState.REFUSED,
}
_LOG = logging.getLogger(__name__)


class Billing:
    """Composes billing transactions and takes their receipts."""

    def __init__(self, store: Store, polling: Polling, delivery: Delivery, *, clock: ClockTrust, rng: Random) -> None:
        self._store = store
        self._polling = polling
        self._delivery = delivery
        self._clock = clock
        self._now = clock.now
        self._rng = rng

    def serials_wanting_a_reading(self) -> list[str]:
        """Return the printers whose newest reading is too old for a request that is open."""
        wanting = []
        for command in self._store.commands.open_reports():
            tracked = self._polling.by_serial(command.serial_number)
            if tracked is not None and not _is_young_enough(tracked, command, self._clock):
                wanting.append(command.serial_number)
        return wanting

    def submit(self) -> int:
        """Queue billing transactions for every open billing request that can be answered now; return how many requests.

        None can while the server refuses the clock: readings would bear a wrong date.
        """
        requests = self._store.commands.open_reports()
        if not requests or self._clock.is_refused:
            return 0
        ready: list[DeviceReading] = []
        with self._store.transaction():
            for command in requests:
                reading = self._answer_to(command)
                if reading is not None:
                    ready.append(reading)
            for part in in_transactions(ready, DEVICES_PER_MESSAGE):
                self._delivery.queue(new_guid(self._rng), BillingTransaction(new_guid(self._rng), part))
            self._store.commands.set_state([reading.command_id for reading in ready], CommandState.ANSWERING)
        return len(ready)

    def effects(self) -> dict[str, Effects]:
        """Return what follows from what becomes of these messages."""
        return {"SubmitBillingTransaction": Effects(self._billed, self._open_again, self._open_again)}

    def _answer_to(self, command: OpenCommand) -> DeviceReading | None:
        device = self._store.devices.get(command.serial_number)
        state = absent_state(device)
        if state is not None:
            return None if self._is_awaiting_registration(command.serial_number, device) else absent(command, state)
        tracked = self._polling.by_serial(command.serial_number)
        if tracked is None or not _is_young_enough(tracked, command, self._clock):
            return None
        reading = tracked.reading()
        if reading is None:
            return None
        meters = ordered_meters(command, reading)
        why = self._why_to_wait(command, tracked, meters)
        if why is not None:
            self._wait(command, why)
            return None
        return DeviceReading(command.serial_number, command.command_id, reading.read_at, meters, supplies_of(reading))

    def _is_awaiting_registration(self, serial_number: str, device: Device | None) -> bool:
        """Whether a printer that is not read is about to be: its registration is on its way, or has to be made anew."""
        if device is not None and device.reregister_since is not None:
            return True
        return any(
            serial_number in waiting.body
            for waiting in self._store.outbox.all_waiting()
            if waiting.operation == "RegisterProxyDevices"
        )

    def _why_to_wait(self, command: OpenCommand, tracked: Tracked, meters: Sequence[Meter]) -> str | None:
        """Say why a reading does not answer a request, or not yet; None where it does."""
        if tracked.device.held_since is not None:
            return f"held: {tracked.device.held_reason}"
        for meter in meters:
            last, ceiling = command.bounds.get(meter.name, (None, None))
            if meter.value is None:
                continue
            doubt = outside_bounds(meter.value, last=last, ceiling=ceiling, rollover_at=meter.rollover_at)
            if doubt is not None and not self._is_accepted(tracked):
                return f"{meter.name} is {doubt}"
        if not meters:
            return "no meter was asked for, and none can be read"
        # One that the server has never had a value of is not waited for: its row may be broken for good.
        names = [name for name in unread(meters) if command.bounds.get(name, (None, None))[0] is not None]
        if names and self._now() < patience_ends(command):
            return waits_for(names, patience_ends(command))
        return None

    def _is_accepted(self, tracked: Tracked) -> bool:
        """Whether a person has accepted a reading of this printer after the last one that was billed.

        What was billed since then has new bounds, and they count again.
        """
        accepted_at = self._store.readings.accepted_at(tracked.device.device_id)
        if accepted_at is None:
            return False
        billed = self._store.readings.transmitted(tracked.device.serial_number).values()
        return all(accepted_at > sent.read_date for sent in billed)

    def _wait(self, command: OpenCommand, why: str) -> None:
        """Leave a request open and say why, once."""
        if command.note != why:
            self._store.commands.set_note(command.command_id, why)
            self._store.note(self._now(), "unanswered", why, command.serial_number)
            serial = command.serial_number
            _LOG.warning("the billing request for %s waits: %s; %s", serial, why, accept_it(serial))

    def _billed(self, request: Request, response: Response) -> None:
        outcomes = outcomes_of(cast("Receipt", response))
        for device in cast("BillingTransaction", request).devices:
            outcome = outcomes.get(canonical_serial(device.serial_number))
            if outcome is None:
                outcome = DeviceOutcome(device.serial_number, Outcome.REFUSED, "the receipt does not name it")
            if outcome.outcome is Outcome.ACCEPTED:
                self._accepted(device)
            else:
                self._not_accepted(device, outcome)

    def _accepted(self, device: DeviceReading) -> None:
        self._store.commands.set_state([device.command_id], CommandState.ANSWERED)
        if device.read_date is None:
            text = f"the server knows that it is {device.state}; it is not asked for its meters any more"
            self._store.note(self._now(), "declined", text, device.serial_number)
            return
        values = [(meter.name, meter.value) for meter in device.meters if meter.value is not None]
        self._store.readings.mark_transmitted(device.serial_number, device.read_date, values)

    def _not_accepted(self, device: DeviceReading, outcome: DeviceOutcome) -> None:
        """Close the request for now and keep the reason for people; the server asks again if that was not enough."""
        self._store.commands.set_state([device.command_id], _CLOSED_AS[outcome.outcome])
        what = "the answer" if device.read_date is None else f"the reading of {device.read_date:%Y-%m-%d %H:%M}"
        reason = clean_text(outcome.reason or "", LONGEST_REASON) or "it gave no reason"
        note = f"the server answered '{outcome.outcome}' to {what}: {reason}"
        self._store.commands.set_note(device.command_id, note)
        self._store.note(self._now(), outcome.outcome.lower(), note, device.serial_number)
        _LOG.warning("%s: %s", device.serial_number, note)

    def _open_again(self, request: Request) -> None:
        """Open the requests again: the next reading answers them."""
        commands = [device.command_id for device in cast("BillingTransaction", request).devices]
        self._store.commands.set_state(commands, CommandState.OPEN)


def _is_young_enough(tracked: Tracked, command: OpenCommand, clock: ClockTrust) -> bool:
    """Whether the newest reading was taken after the request was made and received, just now, and by this clock.

    Nor is it older than what the server has read already.

    Not in the future, and not before the clock was set: its date would be a wrong one.
    """
    read_at, now = tracked.read_at, clock.now()
    return (
        read_at is not None
        and tracked.device.silent_since is None
        and max(oldest_useful(command, now), now - _JUST_NOW) <= read_at <= now
        and tracked.clock_origin is not None
        and clock.is_set_as(tracked.clock_origin)
    )
