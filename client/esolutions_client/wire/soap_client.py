"""The Communication Server as this client sees it: compose one attempt, deliver it, take the answer.

`compose` and `deliver` are two steps so that the caller can commit the exact
bytes to its archive before the first of them leaves the machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Protocol

from esolutions_client.errors import ClockError, ProtocolError, UnreachableError
from esolutions_client.wire import codec
from esolutions_client.wire.security import NONCE_RANDOM_OCTETS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from random import Random

    from esolutions_client.wire.http.transport import Transport
    from esolutions_client.wire.messages import Envelope, Request, Response
    from esolutions_client.wire.security import Credentials

# What a network adds, and less than a server minds.
_AGREES_WITHIN = timedelta(seconds=60)

__all__ = ["Attempt", "Delivered", "Server", "SoapClient"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """The bytes of one attempt to deliver a message."""

    operation: str
    message_id: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Delivered:
    """The server's answer and the bytes it came in."""

    response: Response
    body: bytes


class Server(Protocol):
    """What the services need of a server port."""

    def compose(self, envelope: Envelope, request: Request, credentials: Credentials) -> Attempt:
        """Return the bytes to send; nothing is sent yet."""

    def deliver(self, attempt: Attempt, credentials: Credentials) -> Delivered:
        """Send them and return the checked answer.

        Raises:
            DeliveryError: the server has not acknowledged the message.
            TurnedOffError: communication is turned off, or was meanwhile; the server may have the message or not.
        """


class SoapClient:
    """Speaks SOAP to a Communication Server over a transport."""

    def __init__(self, transport: Transport, *, now: Callable[[], datetime], rng: Random) -> None:
        self._transport = transport
        self._now = now
        self._rng = rng

    def compose(self, envelope: Envelope, request: Request, credentials: Credentials) -> Attempt:
        """Return the bytes of one attempt, with a fresh nonce, created now."""
        body = codec.encode(
            envelope, request, credentials, random=self._rng.randbytes(NONCE_RANDOM_OCTETS), created_at=self._now()
        )
        return Attempt(codec.operation_of(request), envelope.message_id, body)

    def deliver(self, attempt: Attempt, credentials: Credentials) -> Delivered:
        """Send one attempt; see `Server.deliver`."""
        http_response = self._transport.post(attempt.body, operation=attempt.operation)
        # SOAP 1.1 section 6.2: a fault comes with 500; anything else but 200 is not the server's word.
        if http_response.status not in {200, 500}:
            if http_response.status in {502, 503, 504, 407, 429}:
                raise UnreachableError(f"the server or a proxy server answered HTTP {http_response.status}")
            raise ProtocolError(f"the server answered HTTP {http_response.status}, which is not SOAP")
        if http_response.status == 500 and b"Fault" not in http_response.body:
            raise UnreachableError("the server answered HTTP 500 without saying why")
        try:
            taken = codec.decode(attempt.operation, attempt.message_id, http_response.body, credentials)
        except ClockError as error:
            raise _clock_error(error, http_response.date, self._now()) from error
        return Delivered(taken, http_response.body)


def _clock_error(error: ClockError, date: str | None, now: datetime) -> ClockError:
    """Say how far this machine's clock is from what the answer says the server's shows.

    RFC 9110, 6.6.1: a Date header is when the answer was made. It is not signed, and nothing follows from it.
    """
    try:
        shown = parsedate_to_datetime(date or "").astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        return error
    ahead = now - shown
    if abs(ahead) < _AGREES_WITHIN:
        return ClockError(f"{error} (the clocks agree by the answer's date: it was too long on its way)", ahead)
    direction = "ahead of" if ahead > timedelta(0) else "behind"
    return ClockError(
        f"this machine's clock is wrong: it is {_spelled(abs(ahead))} {direction} the server's, which shows"
        f" {shown:%Y-%m-%dT%H:%M:%SZ}: set it ({error})",
        ahead,
    )


def _spelled(span: timedelta) -> str:
    """Return a span in the two units that tell most: `2 days 3 h`."""
    minutes, seconds = divmod(int(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "days" if days != 1 else "day"), (hours, "h"), (minutes, "min"), (seconds, "s"))
    told = [f"{count} {unit}" for count, unit in parts if count]
    return " ".join(told[:2]) or "0 s"
