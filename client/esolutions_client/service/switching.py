"""Put the switch of communication between the services and whatever opens sockets.

The ports ask the switch before each datagram; what stands here holds its lock
while they work, so that `disable` knows when nothing is under way any more, and
ends a conversation that will not end by itself.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, TypeVar

from esolutions_client.snmp.errors import SilentError
from esolutions_client.store.switch import Switch, switch_path

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esolutions_client.snmp.errors import SnmpError
    from esolutions_client.snmp.pdus import Conversation
    from esolutions_client.snmp.ports import SnmpPort, Target
    from esolutions_client.snmp.search.discovery import Prober
    from esolutions_client.store.store import Store

__all__ = ["LONGEST_CONVERSATION_SECONDS", "SwitchedProber", "SwitchedSnmp", "open_switch", "wait_until_quiet"]

T = TypeVar("T")
_LOG = logging.getLogger(__name__)
# Walking everything that is read of the slowest printer takes a minute or two.
LONGEST_CONVERSATION_SECONDS = 300.0
# A program with open sockets looks at the switch five times a second, but for the system's resolver of names, which
# nothing can stop: it gives up after half a minute.
_LOOK_SECONDS, _LOOKS, _LOOKS_OF_A_MOMENT = 0.05, 800, 10


def open_switch(store: Store) -> Switch:
    """Return the switch beside a store; where there is none, make it as the store says.

    An older version kept it in the store. One that was there and is lost is made anew as turned off: it is not known
    what a person said last.

    Raises:
        StoreError: it cannot be made.
    """
    switch = Switch(switch_path(store.path))
    if not switch.is_there:
        was_lost = store.settings.has_switch
        if was_lost:
            _LOG.error(
                "the switch of communication %s is missing: communication is off until it is enabled", switch.path
            )
        switch.make(on=not was_lost and store.settings.enabled)
    if not store.settings.has_switch:
        store.settings.has_switch = True
    return switch


def wait_until_quiet(switch: Switch, wait: Callable[[float], None], on_wait: Callable[[], None]) -> bool:
    """Wait until nothing is under way any more, and say whether that is so.

    Args:
        switch: the switch, turned off before.
        wait: lets so many seconds pass.
        on_wait: called once, where it takes longer than a moment.

    Raises:
        StoreError: it cannot be told, as this file system has no locks.
    """
    for look in range(_LOOKS):
        if switch.is_quiet():
            return True
        if look == _LOOKS_OF_A_MOMENT:
            on_wait()
        wait(_LOOK_SECONDS)
    return switch.is_quiet()


class SwitchedSnmp:
    """A port to printers whose work the switch's lock covers, and whose conversations end.

    Args:
        inner: the port.
        switch: the switch.
        monotonic: the clock that limits conversations; None where they cost no time.
    """

    def __init__(self, inner: SnmpPort, switch: Switch, monotonic: Callable[[], float] | None = None) -> None:
        self._inner = inner
        self._switch = switch
        self._monotonic = monotonic

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations; see `SnmpPort.converse`.

        Raises:
            TurnedOffError: communication is turned off, or was meanwhile; what was yielded before is good.
        """
        if not tasks:
            return
        if self._monotonic is not None:
            tasks = [(target, _ending(target, talk, self._monotonic)) for target, talk in tasks]
        with self._switch.traffic():
            yield from self._inner.converse(tasks)


class SwitchedProber:
    """A prober whose work the switch's lock covers."""

    def __init__(self, inner: Prober, switch: Switch) -> None:
        self._inner = inner
        self._switch = switch

    def answering(self, targets: Sequence[Target]) -> Iterator[int]:
        """Return the indexes of the targets that answer; see `Prober.answering`.

        Raises:
            TurnedOffError: communication is turned off, or was meanwhile.
        """
        with self._switch.traffic():
            yield from self._inner.answering(targets)


def _ending(target: Target, conversation: Conversation[T], monotonic: Callable[[], float]) -> Conversation[T]:
    """Run a conversation that ends even with an agent that answers each question late and never comes to the point."""
    try:
        request = next(conversation)
        until = monotonic() + LONGEST_CONVERSATION_SECONDS
        while True:
            try:
                reply = yield request
            except Exception as error:  # noqa: BLE001 - whatever the port throws is the conversation's to judge
                request = conversation.throw(error)
            else:
                request = conversation.send(reply)
            if monotonic() > until:
                raise SilentError(f"{target.host}: it was still answering after {LONGEST_CONVERSATION_SECONDS:g} s")
    except StopIteration as finished:
        result: T = finished.value
        return result
    finally:
        conversation.close()
