"""Collect what happened, for verification: exchanges of the journal, and the commands that their responses brought."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from typing import TYPE_CHECKING

from esolutions_server.domain.billing.commands import Action
from esolutions_server.domain.verification import Event

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from esolutions_server.service.people.presentation.views import CommandView, DeviceView, ExchangeView

__all__ = ["events_of"]

# By which message a command is answered.
_ANSWERS = {Action.TURN_ON: "SyncProxyStatus", Action.REPORT: "SubmitBillingTransaction"}
_Key = tuple[str, str, "datetime"]


def events_of(
    exchanges: Iterable[ExchangeView], commands: Iterable[CommandView], devices: Iterable[DeviceView]
) -> list[Event]:
    """Return the messages and commands as events. Bounded by those that are given.

    A message is about the devices that registered, or whose command was answered, at its time; a command was sent
    with the first answer after it was made that brought any.
    """
    proxy_of = {}
    serials: dict[_Key, set[str]] = defaultdict(set)
    for device in devices:
        proxy_of[device.serial] = device.proxy_id
        serials[device.proxy_id, "RegisterProxyDevices", device.registered_at].add(device.serial)
    commanded = list(commands)
    for command in commanded:
        if command.answered_at is not None and command.serial in proxy_of:
            serials[proxy_of[command.serial], _ANSWERS[command.action], command.answered_at].add(command.serial)
    events: list[Event] = []
    submissions: dict[str, list[tuple[datetime, int]]] = defaultdict(list)
    for exchange in exchanges:
        proxy, name = exchange.proxy_id, exchange.operation or "?"
        about = serials.get((proxy, name, exchange.moment), ()) if proxy else ()
        events.append(Event(name, exchange.moment, proxy, frozenset(about), exchange.outcome, exchange.number))
        if proxy and name == "SyncProxy" and exchange.devices_out:
            submissions[proxy].append((exchange.moment, exchange.number))
    for command in commanded:
        sent = _sent(command, submissions[proxy_of.get(command.serial, "")], proxy_of)
        events += [] if sent is None else [sent]
    return events


def _sent(command: CommandView, submissions: list[tuple[datetime, int]], proxy_of: dict[str, str]) -> Event | None:
    at = bisect_left(submissions, (command.issued_at, 0))
    if not command.sent or at == len(submissions):
        return None
    sent_at, number = submissions[at]
    about = frozenset({command.serial})
    return Event(command.action.value, sent_at, proxy_of.get(command.serial), about, "sent", number)
