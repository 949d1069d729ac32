"""Fulfil what people ask for by a command: the same way whether the command is at work itself or asks who is.

A wish is taken in a commit of its own before anything is done for it, and its
outcome is committed afterwards. A program that dies in between leaves it taken:
the next one does it again, for a poll, a sync and a registration that are made
twice come to the same. One that dies of it twice is not given a third.
"""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import ClientError, DeliveryError, UsageError
from esolutions_client.service.exchanges.reasons import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.service.agent import MeterAgent
    from esolutions_client.store.devices import Devices
    from esolutions_client.store.store import Store
    from esolutions_client.store.wishes import Wish

__all__ = ["WishTaker", "outcome_of", "perform"]

_LOG = logging.getLogger(__name__)
# A person who asked longer ago has gone, and may have another mind.
_LASTS = timedelta(days=1)
_MOST_ATTEMPTS = 2


def perform(agent: MeterAgent, kind: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Do what is asked for and return what the command prints, as plain data.

    Raises:
        ClientError: it could not be done; UsageError where it was asked wrongly.
    """
    action = _ACTIONS.get(kind)
    if action is None:
        raise UsageError(f"the version of this client that is at work does not know {kind!r}: start it anew")
    return action(agent, arguments)


def outcome_of(action: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """Return what came of an action as plain data: its document, or the error that the command would have met."""
    try:
        return {"document": action()}
    except ClientError as error:
        return {"error": str(error), "is_usage": isinstance(error, UsageError)}


class WishTaker:
    """Takes the wishes of one store."""

    def __init__(self, store: Store, now: Callable[[], datetime]) -> None:
        self._store = store
        self._now = now

    def take(self, agent: MeterAgent) -> int:
        """Fulfil every wish that is open and return how many there were.

        Raises:
            StoreError: the outcome of one could not be kept; it is tried again.
        """
        fulfilled = 0
        for wish in self._store.wishes.open():
            if not self._store.wishes.take(wish.wish_id):
                continue  # it was withdrawn
            _LOG.info("%s was asked for", wish.kind)
            outcome = outcome_of(lambda wish=wish: self._fulfil(agent, wish))  # type: ignore[misc]
            with self._store.transaction():
                self._store.wishes.finish(wish.wish_id, outcome)
                self._store.note(self._now(), "asked", f"{wish.kind}: {outcome.get('error', 'done')}")
            fulfilled += 1
        return fulfilled

    def _fulfil(self, agent: MeterAgent, wish: Wish) -> dict[str, Any]:
        if wish.attempts >= _MOST_ATTEMPTS:
            raise ClientError(f"the client stopped in the middle of this {wish.attempts} times: it is not tried again")
        if wish.arguments is None:
            raise ClientError("what was asked for cannot be read from the store: ask again")
        if self._now() - wish.asked_at > _LASTS:
            raise ClientError(f"this was asked for at {wish.asked_at:%Y-%m-%d %H:%M}, too long ago: ask again")
        return perform(agent, wish.kind, wish.arguments)


def _poll(agent: MeterAgent, _arguments: dict[str, Any]) -> dict[str, Any]:
    report = agent.poll()
    return {"answered": list(report.answered), "silent": list(report.silent)}


def _sync(agent: MeterAgent, _arguments: dict[str, Any]) -> dict[str, Any]:
    response = agent.sync("Requested")
    commands = [{"action": c.action, "serial_number": c.serial_number} for c in response.commands]
    return {"receipt_id": response.receipt_id, "commands": commands}


def _register(agent: MeterAgent, arguments: dict[str, Any]) -> dict[str, Any]:
    devices = agent.store.devices
    again = bool(arguments.get("again"))
    wanted = [_named(devices, str(serial)) for serial in arguments.get("serials", ())]
    wanted = wanted or _every_one(agent, again=again)
    failure: str | None = None
    unreachable: dict[str, str] = {}
    try:
        unreachable = (agent.register_again if again else agent.register)(wanted).unreachable
    except DeliveryError as error:
        failure = str(error)
    waiting = agent.queued_for_registration()
    known = {device.serial_number for device in devices.polled()} - waiting
    others = [device for device in map(devices.get, wanted) if device and device.serial_number not in known | waiting]
    return {
        "registered": [serial for serial in wanted if serial in known],
        "unreachable": unreachable,
        "refused": {device.serial_number: device.refused_reason for device in others if device.refused_reason},
        "failure": failure,
        "wanted": wanted,
        "waiting": len(waiting),
    }


def _named(devices: Devices, serial: str) -> str:
    """Return a serial number as it is spelled here, or as it was typed where it is not known."""
    device = devices.get(serial)
    return serial if device is None else device.serial_number


def _every_one(agent: MeterAgent, *, again: bool) -> list[str]:
    """Return the printers that `register` means where none is named."""
    if again:
        return [device.serial_number for device in agent.store.devices.polled()]
    found = [device.serial_number for device in agent.store.devices.all() if device.state == "discovered"]
    if not found and agent.identity.unknown_since is not None:
        raise UsageError(f"no printer waits to be registered for the first time, but {UNKNOWN}")
    if not found:
        raise UsageError("no printer waits to be registered: run `esolutions-client discover TARGET` first")
    return found


_ACTIONS: dict[str, Callable[[MeterAgent, dict[str, Any]], dict[str, Any]]] = {
    "poll": _poll,
    "sync": _sync,
    "register": _register,
}
