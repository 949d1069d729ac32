"""Ask tens of thousands of addresses whether anything answers, from one socket.

One small GET per address, sent at a steady pace and once more to those that stayed silent; a host that answers
anything is alive. What it is, a conversation finds out afterwards.
"""

from __future__ import annotations

import select
import socket
import time
from typing import TYPE_CHECKING

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.codec.messages import encode, open_response
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.pdus import Get
from esolutions_client.snmp.rows import mib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esolutions_client.snmp.ports import Target

__all__ = ["Sweep"]

_QUESTION = Get((mib.SYS_OBJECT_ID,))
_FIRST_ID = 0x40000000
_LARGEST_DATAGRAM = 65_535
_LOOK_SECONDS = 0.2
# What a socket's buffer of a megabyte holds of answers, or so.
_MOST_WAITING = 4096


class Sweep:
    """A prober for IPv4 addresses; other targets, and version 3, count as answering and are left to the port.

    Args:
        packets_per_second: the pace. 3,000 small packets are 250 kB a second; far more overflow the neighbour tables
            of routers, which then drop the questions to printers that are alive.
        rounds: how often a silent address is asked.
        wait_seconds: how long answers are awaited after the last question of a round.
        monotonic: the clock that paces.
        may_send: whether communication is on; asked before each datagram, and five times a second while waiting.
    """

    def __init__(
        self,
        *,
        packets_per_second: int = 3000,
        rounds: int = 2,
        wait_seconds: float = 0.7,
        monotonic: Callable[[], float] = time.monotonic,
        may_send: Callable[[], bool] = lambda: True,
    ) -> None:
        self._pace = packets_per_second
        self._rounds = rounds
        self._wait = wait_seconds
        self._monotonic = monotonic
        self._may_send = may_send

    def answering(self, targets: Sequence[Target]) -> Iterator[int]:
        """Return the indexes of the targets from which any SNMP answer came, in order.

        Raises:
            TurnedOffError: communication was turned off meanwhile.
        """
        asked = {index: target for index, target in enumerate(targets) if _can_ask(target)}
        alive = set(range(len(targets))) - set(asked)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as channel:
            channel.setblocking(False)  # noqa: FBT003 - the standard library's signature
            channel.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 20)
            for _ in range(self._rounds):
                silent = [index for index in asked if index not in alive]
                self._ask(channel, silent, targets, alive)
                self._listen(channel, self._monotonic() + self._wait, alive)
        # A stray answer may carry any id.
        yield from sorted(alive.intersection(range(len(targets))))

    def _ask(self, channel: socket.socket, silent: list[int], targets: Sequence[Target], alive: set[int]) -> None:
        begin = self._monotonic()
        for count, index in enumerate(silent):
            target = targets[index]
            self._require_on()
            try:
                channel.sendto(_question(target, _FIRST_ID + index), (target.host, target.port))
            except OSError:
                # No route, no buffer: the next round asks again, and a target that is never asked is silent.
                self._listen(channel, self._monotonic(), alive)
            if count % 16 == 0:
                self._listen(channel, begin + count / self._pace, alive)

    def _listen(self, channel: socket.socket, until: float, alive: set[int]) -> None:
        """Take answers in until a time, at least those that are already there; a flood of them ends nevertheless."""
        too_late = 0
        while too_late < _MOST_WAITING:
            left = until - self._monotonic()
            too_late += left <= 0
            self._require_on()
            ready, _, _ = select.select([channel], [], [], min(max(0.0, left), _LOOK_SECONDS))
            if not ready:
                if left <= _LOOK_SECONDS:
                    return
                continue
            try:
                request_id = _request_id(channel.recv(_LARGEST_DATAGRAM))
            except OSError:
                # The host that refuses is not a printer that can be read.
                continue
            if request_id is not None:
                alive.add(request_id - _FIRST_ID)

    def _require_on(self) -> None:
        if not self._may_send():
            raise TurnedOffError


def _can_ask(target: Target) -> bool:
    try:
        socket.inet_aton(target.host)
    except OSError:
        return False
    return target.version in ("1", "2c")


def _question(target: Target, request_id: int) -> bytes:
    """Return a GET of sysObjectID.0."""
    return encode(target.version, target.community, _QUESTION).with_id(request_id)


def _request_id(message: bytes) -> int | None:
    """Return the request id of an SNMP response, None for anything else."""
    try:
        return open_response(message).request_id
    except SnmpError:
        return None
