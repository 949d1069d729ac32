"""Answer billing requests with readings taken after they were asked for.

A request is answered by the first reading that is young enough, of the right
printer, and credible. One transaction answers all that can be answered now;
the others stay open and are answered when their printer is back.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from esolutions_client.fleet.guard import outside_bounds
from esolutions_client.service.delivery import Effects
from esolutions_client.service.identity import new_guid
from esolutions_client.service.registration import DEVICES_PER_MESSAGE
from esolutions_client.wire.messages import BillingTransaction, DeviceReading, Meter, Receipt, Supply

if TYPE_CHECKING:
    from random import Random

    from esolutions_client.readings import PrinterReading
    from esolutions_client.service.clock import Clock
    from esolutions_client.service.delivery import Delivery
    from esolutions_client.service.polling import Polling
    from esolutions_client.service.tracking import Tracked
    from esolutions_client.store.commands import OpenCommand
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Answer, Request

__all__ = ["Billing"]

# Longer than a round of polls takes, shorter than a clock error that the server would not notice.
_JUST_NOW = timedelta(minutes=5)
_LOG = logging.getLogger(__name__)


class Billing:
    """Composes billing transactions and takes their receipts."""

    def __init__(self, store: Store, polling: Polling, delivery: Delivery, *, clock: Clock, rng: Random) -> None:
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

    def answer(self) -> int:
        """Queue transactions for every open request that can be answered now; return how many requests.

        None can while the server refuses the clock: readings would bear a wrong date.
        """
        requests = self._store.commands.open_reports()
        if not requests or self._clock.is_refused:
            return 0
        ready: list[tuple[str, DeviceReading]] = []
        with self._store.transaction():
            for command in requests:
                reading = self._answer_to(command)
                if reading is not None:
                    ready.append((command.command_id, reading))
            for start in range(0, len(ready), DEVICES_PER_MESSAGE):
                part = ready[start : start + DEVICES_PER_MESSAGE]
                transaction = BillingTransaction(new_guid(self._rng), tuple(reading for _, reading in part))
                self._delivery.queue(new_guid(self._rng), transaction)
            self._store.commands.set_state([command_id for command_id, _ in ready], "answering")
        return len(ready)

    def effects(self) -> dict[str, Effects]:
        """Return what follows from what becomes of these messages."""
        return {"SubmitBillingTransaction": Effects(self._billed, self._open_again, self._open_again)}

    def _answer_to(self, command: OpenCommand) -> DeviceReading | None:
        tracked = self._polling.by_serial(command.serial_number)
        if tracked is None or not _is_young_enough(tracked, command, self._clock):
            return None
        reading = tracked.reading()
        if reading is None:
            return None
        if tracked.device.held_since is not None:
            self._wait(command, f"held: {tracked.device.held_reason}")
            return None
        wanted = command.bounds
        meters = []
        for meter in reading.meters:
            if meter.value is None or (wanted and meter.name not in wanted):
                continue
            last, ceiling = wanted.get(meter.name, (None, None))
            rollover = meter.rollover_at if last is not None and meter.value < last else None
            doubt = outside_bounds(meter.value, last=last, ceiling=ceiling, rollover_at=rollover)
            if doubt is not None and not self._is_accepted(tracked):
                self._wait(command, f"{meter.name} is {doubt}")
                return None
            meters.append(Meter(meter.name, meter.value, rollover))
        if not meters:
            self._wait(command, "none of the meters that were asked for can be read")
            return None
        return DeviceReading(
            command.serial_number, command.command_id, reading.read_at, tuple(meters), _supplies(reading)
        )

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
            _LOG.warning("the billing request for %s waits: %s", command.serial_number, why)

    def _billed(self, request: Request, answer: Answer) -> None:
        outcomes = {outcome.serial_number: outcome.outcome for outcome in cast("Receipt", answer).devices}
        for device in cast("BillingTransaction", request).devices:
            outcome = outcomes.get(device.serial_number, "Refused")
            self._store.commands.set_state([device.command_id], "answered")
            if outcome == "Accepted":
                values = [(meter.name, meter.value) for meter in device.meters]
                self._store.readings.mark_transmitted(device.serial_number, device.read_date, values)
            else:
                note = f"the server answered {outcome!r} to the reading of {device.read_date:%Y-%m-%d %H:%M}"
                self._store.note(self._now(), outcome.lower(), note, device.serial_number)

    def _open_again(self, request: Request) -> None:
        """Open the requests again: the next reading answers them."""
        commands = [device.command_id for device in cast("BillingTransaction", request).devices]
        self._store.commands.set_state(commands, "open")


def _is_young_enough(tracked: Tracked, command: OpenCommand, clock: Clock) -> bool:
    """Whether the newest reading was taken after the request was made and received, just now, and by this clock.

    Not in the future, and not before the clock was set: its date would be a wrong one.
    """
    read_at, now = tracked.read_at, clock.now()
    return (
        read_at is not None
        and tracked.device.silent_since is None
        and max(command.received_at, command.read_not_before, now - _JUST_NOW) <= read_at <= now
        and tracked.clock_origin is not None
        and clock.is_set_as(tracked.clock_origin)
    )


def _supplies(reading: PrinterReading) -> tuple[Supply, ...]:
    return tuple(
        Supply(supply.name, supply.state, supply.unit, supply.capacity, supply.level) for supply in reading.supplies
    )
