"""The attacker: on the wire, has seen messages, and sends some of his own.

He knows no secret. All that he sends must be met by a fault, and must change
nothing at the server.
"""

from __future__ import annotations

import base64
import re
from datetime import datetime
from typing import TYPE_CHECKING

from esolutions_client.errors import UnreachableError
from esolutions_server.domain.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from esolutions_client.wire.http.transport import Transport

__all__ = ["Attacker"]

_FRESHNESS = Policy().freshness


class Attacker:
    """Sends replays, forgeries and messages that were held back."""

    def __init__(
        self,
        transport: Callable[[], Transport],
        has_arrived: Callable[[bytes], bool],
        state: Callable[[], object],
        successes: list[str],
    ) -> None:
        """Take a position on the wire.

        Args:
            transport: to the server, without the faults of the machine's own way.
            has_arrived: whether a message has reached the server.
            state: all that must not change at the server.
            successes: where he notes what he has achieved.
        """
        self._transport = transport
        self._has_arrived = has_arrived
        self._state = state
        self.successes = successes
        self._overheard: list[tuple[bytes, bytes]] = []

    def forge(self, body: bytes, rng: Random) -> None:
        """Send a message that has arrived with a wrong digest, and a nonce of his own lest it fails for its nonce."""
        self._send(_with_fresh_nonce(_with_wrong_digest(body, rng), rng), "a forged message")

    def forestall(self, body: bytes, rng: Random) -> None:
        """Send a message that has not arrived yet with a wrong digest: all else about it is genuine."""
        self._send(_with_wrong_digest(body, rng), "a message with a wrong digest")

    def replay(self, body: bytes) -> None:
        """Send a message again, as it was; one that something kept from arriving would rightly be taken."""
        if self._has_arrived(body):
            self._send(body, "a replayed message")

    def overhear(self, _operation: str, body: bytes) -> None:
        """Listen to a message that leaves, and remember it where its nonce could lose an octet to its Created."""
        shifted = _with_octet_moved(body)
        if shifted is not None:
            self._overheard.append((body, shifted))

    def use_what_was_overheard(self) -> None:
        """Send those messages again, as if they were new."""
        while self._overheard:
            body, shifted = self._overheard.pop()
            if self._has_arrived(body):
                self._send(shifted, "a replayed message whose nonce had lost an octet to its Created")

    def send_late(self, bodies: Iterable[bytes], now: datetime) -> None:
        """Send messages that were kept from arriving; those that are still fresh would rightly be taken."""
        for body in bodies:
            created = re.search(rb"Created>([^<]+)<", body)
            if created and abs(datetime.fromisoformat(created[1].decode()) - now) > _FRESHNESS:
                self._send(body, "a message that was held back")

    def _send(self, body: bytes, what: str) -> None:
        before = self._state()
        try:
            response = self._transport().post(body, operation="SyncProxy")
        except UnreachableError:
            return
        if response.status == 200:
            self.successes.append(f"{what} was answered as if it were genuine")
        elif self._state() != before:
            self.successes.append(f"{what} changed something at the server")


def _with_wrong_digest(body: bytes, rng: Random) -> bytes:
    """Return a message with one character of its digest changed."""
    start = body.index(b"PasswordDigest") + len(b'PasswordDigest">') + rng.randint(0, 20)
    changed = b"A" if body[start : start + 1] != b"A" else b"B"
    return body[:start] + changed + body[start + 1 :]


def _with_fresh_nonce(body: bytes, rng: Random) -> bytes:
    start = body.index(b"<wsse:Nonce>") + len(b"<wsse:Nonce>")
    return body[:start] + f"{rng.getrandbits(60):020d}"[:20].encode() + body[start + 20 :]


def _with_octet_moved(body: bytes) -> bytes | None:
    """Return a message whose nonce has lost its last octet to Created; None where that octet is no white space."""
    parts = re.search(rb"(?<=Nonce>)([^<]+)(</wsse:Nonce><wsu:Created>)", body)
    nonce = b"" if parts is None else base64.b64decode(parts[1])
    if parts is None or nonce[-1:] not in {b" ", b"\t", b"\n"}:
        return None
    return body[: parts.start()] + base64.b64encode(nonce[:-1]) + parts[2] + nonce[-1:] + body[parts.end() :]
