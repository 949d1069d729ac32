"""Carry conversations over UDP, SNMP versions 1 and 2c: the engine that is used unless another one is chosen.

One thread, one socket per address family, a bounded number of conversations under way, each with one question in
flight. A reply counts if it comes from the address that was asked and bears the id of an open question, which is drawn
at random; all others are dropped. Version 3 is not spoken here: such a target is refused before a packet is sent.
"""

from __future__ import annotations

import heapq
import time
from random import SystemRandom
from typing import TYPE_CHECKING, Any, TypeVar

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.codec.messages import open_response
from esolutions_client.snmp.engines.native.channel import Channel
from esolutions_client.snmp.engines.native.exchange import Exchange
from esolutions_client.snmp.engines.native.names import Names
from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableReplyError
from esolutions_client.snmp.ports import always, refuse_version

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

    from esolutions_client.snmp.codec.messages import Response
    from esolutions_client.snmp.engines.native.channel import DatagramChannel
    from esolutions_client.snmp.pdus import Conversation
    from esolutions_client.snmp.ports import Target

__all__ = ["NativePort"]

T = TypeVar("T")
# How long the switch is not asked at most, and how long a name is not looked after.
_LONGEST_WAIT, _NAMES_WAIT = 0.2, 0.02


class NativePort:
    """A port for SNMP 1 and 2c.

    Args:
        rng: where request ids come from; the system's randomness unless given.
        most_at_once: how many conversations are under way at a time.
        monotonic: the clock for time limits.
        may_send: whether communication is on; asked before each datagram, and five times a second while waiting.
        open_channel: makes what the datagrams of a call go through.
    """

    def __init__(
        self,
        *,
        rng: Random | None = None,
        most_at_once: int = 128,
        monotonic: Callable[[], float] = time.monotonic,
        may_send: Callable[[], bool] = always,
        open_channel: Callable[[], DatagramChannel] = Channel,
    ) -> None:
        self._rng = rng or SystemRandom()
        self._most_at_once = most_at_once
        self._monotonic = monotonic
        self._may_send = may_send
        self._open_channel = open_channel

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations concurrently; yield (index of the task, result or error) as they finish.

        Raises:
            TurnedOffError: communication was turned off; all sockets are closed, all conversations ended.
        """
        exchanges = [Exchange(index, *task) for index, task in enumerate(tasks)]
        channel = self._open_channel()
        call = _Call(exchanges, channel, self._rng, self._most_at_once, self._monotonic, self._may_send)
        try:
            yield from call.run()
        finally:
            call.close()


class _Call:
    """The conversations of one call, their sockets and their time limits."""

    def __init__(
        self,
        exchanges: list[Exchange[Any]],
        channel: DatagramChannel,
        rng: Random,
        most_at_once: int,
        monotonic: Callable[[], float],
        may_send: Callable[[], bool],
    ) -> None:
        self._exchanges = exchanges
        self._rng, self._most_at_once, self._monotonic, self._may_send = rng, most_at_once, monotonic, may_send
        self._waiting = iter(exchanges)
        self._names = Names()
        self._channel = channel
        self._nameless: list[Exchange[Any]] = []
        self._open: dict[tuple[tuple[str, int], int], Exchange[Any]] = {}
        self._limits: list[tuple[float, int, Exchange[Any]]] = []
        self._sent = 0
        self._batch: list[tuple[int, Any]] = []

    def run(self) -> Iterator[list[tuple[int, Any]]]:
        """Yield what finished, until everything has."""
        while True:
            self._begin_more()
            if self._batch:
                batch, self._batch = self._batch, []
                yield batch
            elif self._open or self._nameless:
                self._wait()
            else:
                return

    def close(self) -> None:
        """Close the sockets and end what has not ended."""
        self._channel.close()
        self._names.close()
        for exchange in self._exchanges:
            exchange.conversation.close()

    def _check_switch(self) -> None:
        if not self._may_send():
            raise TurnedOffError("communication is turned off: no printer is asked")

    def _begin_more(self) -> None:
        """Fill the free places, first with those whose names were found."""
        if self._nameless:
            nameless, self._nameless = self._nameless, []
            for exchange in nameless:
                self._step(self._begin, exchange)
        while len(self._open) + len(self._nameless) < self._most_at_once:
            try:
                exchange = next(self._waiting)
            except StopIteration:
                return
            self._step(self._begin, exchange)

    def _begin(self, exchange: Exchange[Any]) -> None:
        target = exchange.target
        refuse_version(target)
        # A name is asked of a name server: that is a packet, too.
        self._check_switch()
        exchange.place = self._names.find(target.host, target.port)
        if exchange.place is None:
            self._nameless.append(exchange)
        else:
            exchange.begin(self._rng)
            self._send(exchange)

    def _wait(self) -> None:
        """Wait for datagrams or the first time limit, and take what came."""
        self._check_switch()
        if not self._open:
            self._names.wait(_LONGEST_WAIT)
            return
        patience = min(self._next_limit() - self._monotonic(), _NAMES_WAIT if self._nameless else _LONGEST_WAIT)
        for octets, sender in self._channel.receive(patience):
            self._hear(octets, sender)
        for sender in self._channel.take_refusals():
            self._refuse(sender)
        now = self._monotonic()
        while self._open and self._next_limit() <= now:
            self._run_out(heapq.heappop(self._limits)[2])

    def _next_limit(self) -> float:
        """Return the first time limit of an open question; those of closed ones are forgotten."""
        while self._limits[0][0] != self._limits[0][2].deadline:
            heapq.heappop(self._limits)
        return self._limits[0][0]

    def _hear(self, octets: bytes, sender: tuple[str, int]) -> None:
        try:
            response = open_response(octets)
        except UnusableReplyError as error:
            for exchange in self._open.values():
                if exchange.place is not None and exchange.place.address == sender:
                    exchange.complaint = str(error)
            return
        answered = self._open.get((sender, response.request_id))
        # Else it is of a host that was not asked, or of a question that was answered already.
        if answered is not None:
            self._forget(answered)
            self._step(self._go_on, answered, response)

    def _go_on(self, exchange: Exchange[Any], response: Response | None) -> None:
        """Hand a response, or that there is none, to the conversation, and ask its next question."""
        if response is None:
            exchange.give_up(self._rng)
        else:
            exchange.hear(response, self._rng)
        self._send(exchange)

    def _run_out(self, exchange: Exchange[Any]) -> None:
        """Ask again, or give up."""
        if exchange.tries_left:
            self._step(self._send, exchange)
        else:
            self._forget(exchange)
            self._step(self._go_on, exchange, None)

    def _refuse(self, sender: tuple[str, int]) -> None:
        """End what is asked of an address where no agent listens: there is no use in waiting for the time limit."""
        for exchange in list(self._open.values()):
            if exchange.place is not None and exchange.place.address == sender:
                self._end(exchange, SilentError(f"{exchange.target.host}: nothing listens on UDP port {sender[1]}"))

    def _send(self, exchange: Exchange[Any]) -> None:
        self._check_switch()
        if exchange.place is None:
            raise UnusableReplyError(f"{exchange.target.host}: it has no address")
        exchange.tries_left -= 1
        self._sent += 1
        exchange.deadline = self._monotonic() + exchange.target.timeout_seconds
        self._open[exchange.place.address, exchange.request_id] = exchange
        heapq.heappush(self._limits, (exchange.deadline, self._sent, exchange))
        try:
            self._channel.send(exchange.message, exchange.place)
        except OSError as error:
            raise SilentError(f"{exchange.target.host}: {error.strerror or error}") from error

    def _step(self, step: Callable[..., None], exchange: Exchange[Any], *details: Any) -> None:
        """Take one step; what ends the conversation goes into the batch."""
        try:
            step(exchange, *details)
        except StopIteration as finished:
            self._end(exchange, finished.value)
        except TurnedOffError:
            raise
        except SnmpError as error:
            self._end(exchange, error)
        except Exception as error:  # noqa: BLE001 - the port's promise: no foreign error passes
            self._end(exchange, UnusableReplyError(f"{exchange.target.host}: {type(error).__name__}: {error}"))

    def _end(self, exchange: Exchange[Any], outcome: Any) -> None:
        self._forget(exchange)
        exchange.conversation.close()
        self._batch.append((exchange.index, outcome))

    def _forget(self, exchange: Exchange[Any]) -> None:
        exchange.deadline = 0.0
        if exchange.place is not None:
            self._open.pop((exchange.place.address, exchange.request_id), None)
