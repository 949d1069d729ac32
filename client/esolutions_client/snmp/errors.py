"""What can go wrong between the client and a printer, by what the caller does next.

* SnmpError
    * SilentError            no answer after all retries: the printer is off, asleep or elsewhere; try again later
    * TooBigError            the answer does not fit a datagram: ask for less
    * AgentError             the agent refused: `status` is RFC 3416's error-status, `index` the varbind counted from 1
    * UnusableReplyError     the printer answered with something unusable
    * LayoutChangedError     the cached layout no longer describes this printer: identify it again
"""

from __future__ import annotations

from esolutions_client.errors import ClientError

__all__ = [
    "GEN_ERR",
    "NO_SUCH_NAME",
    "TOO_BIG",
    "AgentError",
    "LayoutChangedError",
    "SilentError",
    "SnmpError",
    "TooBigError",
    "UnusableReplyError",
]

# RFC 3416, error-status.
TOO_BIG = 1
NO_SUCH_NAME = 2
GEN_ERR = 5


class SnmpError(ClientError):
    """A printer could not be read."""


class SilentError(SnmpError):
    """No answer came after all retries."""


class TooBigError(SnmpError):
    """The agent says that its answer would not fit."""


class AgentError(SnmpError):
    """The agent answered with an error status."""

    def __init__(self, status: int, index: int = 0) -> None:
        super().__init__(f"the agent answered with error status {status} at variable {index}")
        self.status = status
        self.index = index


class UnusableReplyError(SnmpError):
    """The printer answered with something that cannot be used."""


class LayoutChangedError(SnmpError):
    """A row vanished, the agent restarted or another printer answers: identify again."""
