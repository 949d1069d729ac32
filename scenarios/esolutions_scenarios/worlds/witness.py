"""Know on real sockets that a printer will not answer, without waiting for the client's time limit.

All printers are served by one process from one socket, in the order of arrival. A witness is one more address there,
which always answers: when it has answered what was sent after a question, the question has been read, and its answer,
if there is one, has arrived. What has not come by then never will, and the client's time limits pass at once, on a
clock that the world hands to it. A slow machine delays the witness as well, so that it makes no printer silent.
"""

from __future__ import annotations

import select
import socket
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esolutions_client.snmp.codec.messages import encode, open_response
from esolutions_client.snmp.engines.native.channel import Channel
from esolutions_client.snmp.errors import UnusableReplyError
from esolutions_client.snmp.pdus import Get
from esolutions_simulators.printers.printer import SimulatedPrinter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from esolutions_client.snmp.engines.native.names import Place

__all__ = ["ADDRESS", "PatienceClock", "Witness", "WitnessedChannel", "witness_printer"]

# The end of the loopback network: no story has a printer there, nor looks for one.
ADDRESS = "127.255.255.254"
_MODEL, _SERIAL = "mono-workgroup", "WITNESS"
# SNMPv2-MIB: sysUpTime.0
_QUESTION = encode("2c", "public", Get(("1.3.6.1.2.1.1.3.0",)))
_FIRST_ID = 0x00800000
_LARGEST_DATAGRAM = 65_535
# Most answers are there before it is worth asking the witness.
_USUAL_SECONDS = 0.005


def witness_printer(installed_at: datetime) -> SimulatedPrinter:
    """Return the printer that answers as a witness; nothing ever happens to it."""
    return SimulatedPrinter(_MODEL, _SERIAL, 0, installed_at, ADDRESS)


@dataclass(slots=True)
class PatienceClock:
    """A monotonic clock for time limits that can be put forward by what no caller has to wait for."""

    monotonic: Callable[[], float] = time.monotonic
    skipped_seconds: float = 0.0

    def __call__(self) -> float:
        """Return the seconds since some start."""
        return self.monotonic() + self.skipped_seconds

    def skip(self, seconds: float) -> None:
        """Let so many seconds have passed."""
        self.skipped_seconds += max(0.0, seconds)


class Witness:
    """Asks the address that always answers, over a socket of its own."""

    def __init__(self, port: int) -> None:
        """Take the UDP port of the printers."""
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._socket.connect((ADDRESS, port))
        self._last_id = _FIRST_ID

    def has_answered(self, seconds: float) -> bool:
        """Ask, and tell whether the answer to this very question came within so many seconds."""
        self._last_id += 1
        deadline = time.monotonic() + seconds
        try:
            self._socket.send(_QUESTION.with_id(self._last_id))
            while select.select([self._socket], [], [], max(0.0, deadline - time.monotonic()))[0]:
                if open_response(self._socket.recv(_LARGEST_DATAGRAM)).request_id == self._last_id:
                    return True
        except (OSError, UnusableReplyError):
            # A caller then waits as long as with no witness at all.
            time_left = max(0.0, deadline - time.monotonic())
            select.select([], [], [], time_left)
        return False

    def close(self) -> None:
        """Close the socket."""
        self._socket.close()


@dataclass(slots=True)
class WitnessedChannel:
    """The client's own sockets; where nothing comes and nothing can come any more, waiting costs no time."""

    witness: Witness
    clock: PatienceClock
    channel: Channel = field(default_factory=Channel)
    _is_settled: bool = False
    _refused: list[tuple[str, int]] = field(default_factory=list)

    def send(self, octets: bytes, place: Place) -> None:
        """Send a datagram: now something may come again.

        Raises:
            OSError: there is no way there.
        """
        self._is_settled = False
        self.channel.send(octets, place)

    def receive(self, seconds: float) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """Return what came within so many seconds, which pass at once where nothing can."""
        usual = 0.0 if self._is_settled else min(seconds, _USUAL_SECONDS)
        heard = self._heard(usual)
        if not heard and not self._is_settled:
            self._is_settled = self.witness.has_answered(max(0.0, seconds - usual))
            heard = self._heard(0.0)
        if not heard and self._is_settled and not self._refused:
            self.clock.skip(seconds)
        return iter(heard)

    def take_refusals(self) -> list[tuple[str, int]]:
        """Return the hosts and ports of which the network said that no agent listens there."""
        refused, self._refused = self._refused, []
        return refused

    def close(self) -> None:
        """Close all sockets of the client's."""
        self.channel.close()

    def _heard(self, seconds: float) -> list[tuple[bytes, tuple[str, int]]]:
        heard = list(self.channel.receive(seconds))
        self._refused += self.channel.take_refusals()
        return heard
