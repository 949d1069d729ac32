"""Ask the server, once a day, whether anything is due, and do it.

What the server commands is committed together with the receipt of the sync,
before any of it is acted on. A command that is repeated is not done twice.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from esolutions_client.fleet.device import become
from esolutions_client.fleet.digest import fleet_digest
from esolutions_client.readings.text import clean_text
from esolutions_client.service.exchanges.billing.submission import dated_ahead
from esolutions_client.service.exchanges.delivery.effects import Effects
from esolutions_client.service.identity import new_guid
from esolutions_client.service.policy_in_force import keep_poll_interval, schedule_in_force, with_terms
from esolutions_client.states.command_state import CommandState
from esolutions_client.wire.messages import DeviceStatus, Outcome, ProxyStatus, SyncRequest, SyncResponse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from esolutions_client.fleet.device import Device
    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.exchanges.delivery.delivery import Delivery
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import Command, Receipt, Request, Response, ServiceState, SyncReason

__all__ = ["Syncing"]

_LOG = logging.getLogger(__name__)


class Syncing:
    """Makes syncs and turns the service of devices on."""

    def __init__(
        self, store: Store, delivery: Delivery, schedule: Schedule, *, now: Callable[[], datetime], rng: Random
    ) -> None:
        self._store = store
        self._delivery = delivery
        self._schedule = schedule
        self._now = now
        self._rng = rng

    def sync(self, reason: SyncReason) -> SyncResponse:
        """Ask what is due and commit it.

        Raises:
            DeliveryError: there was no usable answer.
            TurnedOffError: communication is turned off, or was meanwhile.
            StoreError: the attempt or its answer could not be kept.
        """
        request = SyncRequest(
            reason=reason,
            last_poll_at=self._store.settings.last_poll_at,
            queue=self._store.outbox.waiting(),
            fleet_digest=fleet_digest(self._store.devices.polled_serials()),
        )
        return cast("SyncResponse", self._delivery.ask(new_guid(self._rng), request, self._take))

    def effects(self) -> dict[str, Effects]:
        """Return what follows from what becomes of the statuses."""
        return {"SyncProxyStatus": Effects(self._status_taken)}

    def _status_taken(self, _request: Request, received: Response) -> None:
        for outcome in cast("Receipt", received).devices:
            if outcome.outcome is not Outcome.ACCEPTED:
                reason = clean_text(outcome.reason or "", 200) or "it gave no reason"
                text = f"the server answered '{outcome.outcome}' to the status: {reason}"
                self._store.note(self._now(), outcome.outcome.lower(), text, outcome.serial_number)

    def _take(self, _request: Request, received: Response) -> None:
        """Commit what the server commands, and the status messages that follow from it."""
        now = self._now()
        response = cast("SyncResponse", received)
        settings = self._store.settings
        settings.last_sync_at = now
        # Of a sync the answer is never an old one: it was signed just now, by the server's clock.
        settings.clock_ahead_seconds = int((now - response.issued_at).total_seconds())
        commands = [self._named(command) for command in response.commands]
        changed = keep_poll_interval(self._schedule, settings, commands)
        if changed is not None:
            self._store.note(now, "schedule", changed)
            _LOG.info("%s", changed)
        statuses = [status for command in commands if (status := self._take_command(command, now)) is not None]
        if statuses:
            self._delivery.queue(new_guid(self._rng), ProxyStatus(tuple(statuses)))

    def _named(self, command: Command) -> Command:
        """Return a command with the serial number as it is spelled here."""
        device = self._store.devices.get(command.serial_number)
        return command if device is None else replace(command, serial_number=device.serial_number)

    def _take_command(self, command: Command, now: datetime) -> DeviceStatus | None:
        """Keep a command; return the status to send if it turns a device on."""
        state = self._store.commands.state(command.command_id)
        if state is None:
            self._report_future_dates(command, now)
        device = self._store.devices.get(command.serial_number)
        if device is not None and device.is_polled and device != (told := with_terms(device, command)):
            self._store.devices.save(told)
        if command.action == "Report":
            # An answer on its way is not made twice; one that was acknowledged and is asked for again was not enough.
            if state in {CommandState.OPEN, CommandState.ANSWERING}:
                self._store.commands.renew(command)
            else:
                self._store.commands.put(command, now, CommandState.OPEN)
            return None
        if state is CommandState.ANSWERING and self._store.outbox.waiting():
            return None
        self._store.commands.put(command, now, CommandState.ANSWERING)
        return self._turn_on(command, now)

    def _report_future_dates(self, command: Command, now: datetime) -> None:
        """Tell people once that the server says it has read a meter in the future: nothing follows from it."""
        dates = {meter.name: meter.last_read_date for meter in command.meters if meter.last_read_date is not None}
        for name, date in dated_ahead(dates, now).items():
            text = f"the server says that it has read {name} at {date:%Y-%m-%d %H:%M} UTC, in the future: not obeyed"
            self._store.note(now, "future date", text, command.serial_number)
            _LOG.warning("%s: %s", command.serial_number, text)

    def _turn_on(self, command: Command, now: datetime) -> DeviceStatus:
        device = self._store.devices.get(command.serial_number)
        accepted = device is not None and device.is_polled
        if device is not None and accepted:
            active_since = device.active_since or now
            self._store.devices.save(replace(become(device, "active"), active_since=active_since))
            if device.state != "active":
                self._store.note(now, "active", "the server turned the service on", device.serial_number)
        return DeviceStatus(
            serial_number=command.serial_number,
            command_id=command.command_id,
            state="Active" if accepted else _refused_as(device),
            turned_on=(device.active_since or now) if device is not None else now,
            poll_interval=schedule_in_force(self._schedule, self._store.settings).poll_interval,
        )


def _refused_as(device: Device | None) -> ServiceState:
    """Say why the service of a printer is not turned on: it has gone, or its serial number is unknown here."""
    states: dict[str, ServiceState] = {"replaced": "Replaced", "retired": "Retired"}
    return "Refused" if device is None else states.get(device.state, "Refused")
