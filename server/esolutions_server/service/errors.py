"""The errors of the server, by what the other side does next.

* ServerError
    * RefusalError               a message got a SOAP fault and changed nothing
    * NotTakenError         one device of a message is Refused; the rest of the message counts
    * AdministrationError   a person asked for something that cannot be done
        * NotKnownError         nothing is known of what they named
        * EquipmentError    an equipment file has mistakes; nothing of it was taken
    * StartError            the server cannot run here: its database, address or certificates
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "AdministrationError",
    "EquipmentError",
    "FaultCode",
    "NotKnownError",
    "NotTakenError",
    "RefusalError",
    "ServerError",
    "StartError",
]


# So many mistakes of a file are told.
MOST_MISTAKES = 100


class FaultCode(StrEnum):
    """Why a message was refused: SOAP 1.1 section 4.4.1 and WS-Security draft 11, section on error handling.

    The prefixes stand for the namespaces of SOAP and of the caller's WS-Security version.
    """

    CLIENT = "soap11env:Client"
    SERVER = "soap11env:Server"
    VERSION_MISMATCH = "soap11env:VersionMismatch"
    MUST_UNDERSTAND = "soap11env:MustUnderstand"
    UNSUPPORTED_SECURITY_TOKEN = "wsse:UnsupportedSecurityToken"  # noqa: S105 (a fault code)
    INVALID_SECURITY = "wsse:InvalidSecurity"
    INVALID_SECURITY_TOKEN = "wsse:InvalidSecurityToken"  # noqa: S105 (a fault code)
    FAILED_AUTHENTICATION = "wsse:FailedAuthentication"
    FAILED_CHECK = "wsse:FailedCheck"
    SECURITY_TOKEN_UNAVAILABLE = "wsse:SecurityTokenUnavailable"  # noqa: S105 (a fault code)
    MESSAGE_EXPIRED = "wsu:MessageExpired"


class ServerError(Exception):
    """Anything that goes wrong in the server and is ours to name."""


class RefusalError(ServerError):
    """A message is answered with a fault and changes nothing.

    `reason` is for the journal; `public_reason` is what the sender reads, who may be a stranger.
    """

    def __init__(self, code: FaultCode, reason: str, public_reason: str | None = None) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason
        self.public_reason = public_reason or reason


class NotTakenError(ServerError):
    """One device of a message is Refused, for the reason in the text; nothing of it was kept."""


class AdministrationError(ServerError):
    """A person asked for something that cannot be done; the message says why."""


class NotKnownError(AdministrationError):
    """Nothing is known of what a person named."""


class EquipmentError(AdministrationError):
    """An equipment file, or rows like those of one, have mistakes; nothing was taken.

    Attributes:
        lines: what is to be said, a sentence a line: how many mistakes there are, then each with its place.
    """

    def __init__(self, source: str, mistakes: Sequence[str]) -> None:
        counted = "a mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        more = [f"and {len(mistakes) - MOST_MISTAKES} more"] if len(mistakes) > MOST_MISTAKES else []
        self.lines = (f"{source} has {counted}, and nothing of it was taken:", *mistakes[:MOST_MISTAKES], *more)
        super().__init__(" ".join((self.lines[0], "; ".join(self.lines[1:]))))


class StartError(ServerError):
    """The server cannot run with what it was given; the message says what is wrong."""
