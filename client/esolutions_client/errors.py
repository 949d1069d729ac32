"""What can go wrong at the client, as a tree by what the caller does next.

* ClientError
    * UsageError               the person asked for something that cannot be; the message says what to do
        * AtWorkError          another program works on the store: ask it, or wait for it
    * TurnedOffError           communication is turned off; nothing was sent
    * TransitionError          no transition leads from the state of a printer, command, message or wish to that one:
                               nothing was changed, a person should look
    * StoreError               the local store cannot be used; nothing was changed
        * StoreFullError       there is no room for what would have to be kept: try again later
    * MeterError               a printer answered with something unusable, or not at all (esolutions_client.snmp.errors)
    * DeliveryError            the server has not acknowledged a message
        * UnreachableError     try again later
        * ProtocolError        try again later, and a person should look
            * CredentialError    the same; and only a person may send the secret for it
            * ClockError         the same; and no time that was written lately can be trusted
        * RejectedError        do not try again with the same message
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta

__all__ = [
    "AtWorkError",
    "ClientError",
    "ClockError",
    "CredentialError",
    "DeliveryError",
    "ProtocolError",
    "RejectedError",
    "StoreError",
    "StoreFullError",
    "TransitionError",
    "TurnedOffError",
    "UnreachableError",
    "UsageError",
]


class ClientError(Exception):
    """Anything this package raises on purpose."""


class UsageError(ClientError):
    """The person asked for something that cannot be done as asked."""


class AtWorkError(UsageError):
    """Another program of this client is at work on the store."""


class TurnedOffError(ClientError):
    """Communication is turned off: nothing was sent, or what was under way was broken off."""

    def __init__(
        self, text: str = "communication is turned off, so nothing is sent: run `esolutions-client enable` first"
    ) -> None:
        super().__init__(text)


class TransitionError(ClientError):
    """No transition leads from the state that something is in to the one asked for."""


class StoreError(ClientError):
    """The local store cannot be opened or is of another make."""


class StoreFullError(StoreError):
    """The disk is full: what would have to be kept is neither asked for nor sent."""


class DeliveryError(ClientError):
    """The server has not acknowledged a message; `str()` says why."""


class UnreachableError(DeliveryError):
    """No connection, no answer in time, or the server said it is busy: try again later."""


class ProtocolError(DeliveryError):
    """An answer came that is not an acknowledgement we can trust: try again later, and tell a person."""


class CredentialError(ProtocolError):
    """The server, or an attacker on the way, says that it does not know this client or its secret."""


class ClockError(ProtocolError):
    """This machine's clock and the server's disagree: what was dated lately may be dated wrongly.

    `ahead` is how far this machine's clock is ahead of what the answer says the server's shows, None where it says
    nothing. That is not signed: it is for people to read, and nothing follows from it.
    """

    def __init__(self, text: str, ahead: timedelta | None = None) -> None:
        super().__init__(text)
        self.ahead = ahead


class RejectedError(DeliveryError):
    """The server understood the message and refused it: the same message must not be sent again."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(f"{code}: {reason}")
        self.code = code
        self.reason = reason
