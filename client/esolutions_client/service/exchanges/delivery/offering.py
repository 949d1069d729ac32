"""Offer a server that was restored what it acknowledged and has forgotten since.

Its signed answer names the last receipt that it knows this client to hold. What
was acknowledged after that waits again in its old place, under its old message
id, before all that was composed later. It does not register this proxy anew:
that would send the secret, and is for a person to say.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, cast

from esolutions_client.errors import ProtocolError
from esolutions_client.fleet.device import become
from esolutions_client.readings.serials import canonical_serial
from esolutions_client.readings.text import clean_text
from esolutions_client.service.exchanges.delivery.effects import Effects
from esolutions_client.service.exchanges.outcomes import outcomes_of
from esolutions_client.wire.codec import decode
from esolutions_client.wire.json_codec import dump, load
from esolutions_client.wire.messages import BillingTransaction, Outcome, Receipt, Registration

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from esolutions_client.service.identity import Identity
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import DeviceOutcome, Request, Response

__all__ = ["Offers"]

_LOG = logging.getLogger(__name__)
_NEVER_OFFERED = "RegisterProxy"
_BILLING = "SubmitBillingTransaction"


class Offers:
    """Puts what a server has forgotten back into the outbox."""

    def __init__(self, store: Store, identity: Identity, now: Callable[[], datetime]) -> None:
        self._store = store
        self._identity = identity
        self._now = now

    def with_effects(self, effects: Mapping[str, Effects]) -> dict[str, Effects]:
        """Return the effects of messages, with what follows where one is taken again."""
        billing = effects.get(_BILLING, Effects())._replace(taken_again=self._billed_again)
        return {**effects, _BILLING: billing}

    def take_up(self, receipt_id: str) -> None:
        """Let everything wait again that was acknowledged after a receipt, in the caller's transaction."""
        message_ids = self._store.outbox.acknowledged_after(receipt_id)
        if message_ids is None:
            # Not the server has an older state, but this client: a copy of it, or a backup, has gone on.
            self._tell("copied", "the server knows receipts of this client that are not in its store, a copy it seems")
            return
        offered = [request for each in message_ids if (request := self._offer(each)) is not None]
        if self._store.outbox.is_of_registration(receipt_id):
            self._forget_lost(offered)
            known = "the server knows this client by its registration alone, and has lost the rest"
        else:
            self._remember_lost()
            known = "the server was restored from a backup"
        again = f"{len(offered)} messages are offered to it again" if offered else "there is nothing to offer it again"
        self._tell("restored", f"{known}: {again}")

    def _offer(self, message_id: str) -> Request | None:
        operation, body, response = self._store.outbox.acknowledged(message_id)
        if operation == _NEVER_OFFERED:
            return None
        with self._store.outbox.decoding:
            request: Request | None = load(operation, body)
        if isinstance(request, BillingTransaction):
            request = self._as_it_was_billed(request, self._refused(message_id, response))
        if request is not None:
            self._store.outbox.offer(message_id, dump(request))
        return request

    def _refused(self, message_id: str, response: bytes) -> set[str]:
        """Return the printers whose readings an archived receipt refuses."""
        try:
            receipt = decode(_BILLING, message_id, response, self._identity.credentials())
        except ProtocolError as error:
            # A damaged archive keeps nothing from being offered; the server judges it once more.
            _LOG.error("the receipt of %s cannot be read any more: %s", message_id, error)
            return set()
        outcomes = outcomes_of(cast("Receipt", receipt))
        return {serial for serial, device in outcomes.items() if device.outcome is Outcome.REFUSED}

    def _as_it_was_billed(self, transaction: BillingTransaction, refused: set[str]) -> BillingTransaction | None:
        """Return what was not refused, each reading with the period it was for: the request may be forgotten, too."""
        devices = tuple(
            replace(device, period_end=self._store.commands.period_end(device.command_id))
            for device in transaction.devices
            # That a printer is gone is said again when its meters are asked for again.
            if canonical_serial(device.serial_number) not in refused and device.state is None
        )
        return replace(transaction, devices=devices) if devices else None

    def _billed_again(self, request: Request, response: Response) -> None:
        """The period is billed as it was: whatever asks for it anew is answered."""
        outcomes = outcomes_of(cast("Receipt", response))
        for device in cast("BillingTransaction", request).devices:
            outcome = outcomes.get(canonical_serial(device.serial_number))
            if outcome is None or outcome.outcome is Outcome.REFUSED:
                note = f"the restored server refuses a reading that it had taken: {_reason(outcome)}"
                self._store.note(self._now(), "refused", note, device.serial_number)
            elif device.period_end is not None:
                self._store.commands.close_period(device.serial_number, device.period_end)

    def _forget_lost(self, offered: list[Request]) -> None:
        """The server knows this proxy and nothing else: printers are registered only as far as they are offered."""
        known = {device.serial_number for each in offered if isinstance(each, Registration) for device in each.devices}
        for device in self._store.devices.polled():
            if device.serial_number not in known:
                self._store.devices.save(replace(become(device, "discovered"), registered_at=None))
                self._store.note(self._now(), "lost", "the server has lost this printer", device.serial_number)
        self._store.commands.close_all("the server has lost its requests")

    def _remember_lost(self) -> None:
        """The server knows printers: one that was active once is so again there, or will be turned on again."""
        for device in self._store.devices.polled():
            if device.state == "registered" and device.active_since is not None:
                self._store.devices.save(become(device, "active"))

    def _tell(self, kind: str, text: str) -> None:
        self._store.note(self._now(), kind, text)
        _LOG.warning("%s", text)


def _reason(outcome: DeviceOutcome | None) -> str:
    return clean_text(outcome.reason or "" if outcome else "") or "it gives no reason"
