"""What a testbed keeps of its newest exchanges, in memory: how they came, both messages, and what was found about them.

The bodies of the newest so many exchanges, or so many octets, are kept, and of more exchanges everything else.
"""

from __future__ import annotations

import re
import threading
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esolutions_server.domain.changes import Change
    from esolutions_server.http.connections.gateway import ConnectionFacts
    from esolutions_server.soap.checking.report import CheckReport
    from esolutions_server.testbed.journal.validation import Deviation

__all__ = ["DEFAULT_BODIES", "MOST_EXCHANGES", "BodyLimit", "KeptExchange", "Message", "MessageRing"]

# Everything but bodies, which has a size of its own only where a message names hundreds of devices.
MOST_EXCHANGES = 10_000
_LIMIT = re.compile(r"([0-9]{1,9})(MB)?", re.IGNORECASE)
_MEGABYTE = 1_000_000


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How much of the bodies is kept: of so many exchanges, or so many octets; None is no limit of that kind."""

    exchanges: int | None = None
    octets: int | None = None

    @classmethod
    def parse(cls, text: str) -> BodyLimit:
        """Read `N`, a number of exchanges, or `NMB`.

        Raises:
            ValueError: it is neither.
        """
        found = _LIMIT.fullmatch(text.strip())
        if found is None:
            raise ValueError("a number of exchanges, such as 1000, or of megabytes, such as 20MB")
        number = int(found[1])
        return cls(octets=number * _MEGABYTE) if found[2] else cls(exchanges=number)


DEFAULT_BODIES = BodyLimit(octets=20 * _MEGABYTE)


@dataclass(frozen=True, slots=True)
class Message:
    """A request or a response, masked.

    Attributes:
        headers: of HTTP.
        body: None where it is not kept, or is no text.
        octets: how long the body was on the wire, without content coding.
        deviations: where it is not as the contract has it.
    """

    headers: tuple[tuple[str, str], ...]
    body: str | None
    octets: int
    deviations: tuple[Deviation, ...]

    @property
    def kept_octets(self) -> int:
        """How much memory the body takes, roughly."""
        return len(self.body or "")


@dataclass(frozen=True, slots=True)
class KeptExchange:
    """An exchange: HTTP's part of it, masked, and what was found about it.

    Attributes:
        number: of its row in the journal.
        method: of the request.
        url: of the request.
        status: of the response, with the reason phrase.
        request: the message.
        response: the message.
        connection: how it came; None where it came over none.
        seconds_to_respond: from the whole request to the whole response.
        changes: what became different at the server.
        serials: the devices that either message names, canonically.
        sender: the proxy that the request names as its sender, whether it was that or not; None where it names none.
        report: how the request stood to each rule when it was refused; None where it was not.
    """

    number: int
    method: str
    url: str
    status: str
    request: Message
    response: Message
    connection: ConnectionFacts | None
    seconds_to_respond: float
    changes: tuple[Change, ...]
    serials: frozenset[str]
    sender: str | None = None
    report: CheckReport | None = None

    @property
    def kept_octets(self) -> int:
        """How much memory the bodies take, roughly."""
        return self.request.kept_octets + self.response.kept_octets

    def without_bodies(self) -> KeptExchange:
        """Return everything else."""
        return replace(self, request=replace(self.request, body=None), response=replace(self.response, body=None))


class MessageRing:
    """The newest exchanges of a namespace; safe to use from several threads."""

    def __init__(self, limit: BodyLimit) -> None:
        """Begin with none.

        Args:
            limit: how much of the bodies is kept.
        """
        self._limit = limit
        self._lock = threading.Lock()
        self._kept: dict[int, KeptExchange] = {}  # in the order they came
        self._with_bodies: deque[int] = deque()
        self._octets = 0

    def add(self, exchange: KeptExchange) -> None:
        """Keep an exchange; of the oldest, what is too much is forgotten."""
        with self._lock:
            self._drop(exchange.number)
            self._kept[exchange.number] = exchange
            self._with_bodies.append(exchange.number)
            self._octets += exchange.kept_octets
            while self._with_bodies and self._is_too_much():
                self._forget_bodies()
            while len(self._kept) > MOST_EXCHANGES:
                self._forget_oldest()

    def find(self, number: int) -> KeptExchange | None:
        """Return an exchange, if it is kept."""
        return self._kept.get(number)

    def about(self, serial: str) -> list[int]:
        """Return the numbers of the exchanges that name a device."""
        with self._lock:
            return [number for number, exchange in self._kept.items() if serial in exchange.serials]

    def sent_by(self, proxy_id: str) -> list[int]:
        """Return the numbers of the exchanges that name a proxy as the sender, oldest first."""
        with self._lock:
            return [number for number, exchange in self._kept.items() if exchange.sender == proxy_id]

    def numbers(self) -> list[int]:
        """Return the numbers of all that are kept, oldest first."""
        with self._lock:
            return list(self._kept)

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
            self._with_bodies.clear()
            self._octets = 0

    def _is_too_much(self) -> bool:
        exchanges, octets = self._limit.exchanges, self._limit.octets
        return (exchanges is not None and len(self._with_bodies) > exchanges) or (
            octets is not None and self._octets > octets
        )

    def _forget_bodies(self) -> None:
        number = self._with_bodies.popleft()
        self._octets -= self._kept[number].kept_octets
        self._kept[number] = self._kept[number].without_bodies()

    def _forget_oldest(self) -> None:
        self._drop(next(iter(self._kept)))

    def _drop(self, number: int) -> None:
        dropped = self._kept.pop(number, None)
        if dropped is not None and number in self._with_bodies:
            self._with_bodies.remove(number)
            self._octets -= dropped.kept_octets
