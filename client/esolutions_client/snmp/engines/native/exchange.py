"""One conversation under way: its question as octets, its id, its time limit and how often it may still be asked.

It does no input or output: the port sends what it says and hands it what came.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from esolutions_client.snmp.codec.messages import draw_id, encode, reply_to
from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableReplyError

if TYPE_CHECKING:
    from random import Random

    from esolutions_client.snmp.codec.messages import Encoded, Response
    from esolutions_client.snmp.engines.native.names import Place
    from esolutions_client.snmp.pdus import Conversation, Request
    from esolutions_client.snmp.ports import Target

__all__ = ["Exchange"]

T = TypeVar("T")


class Exchange(Generic[T]):
    """Question after question of one conversation; each step raises StopIteration with the result at the end."""

    def __init__(self, index: int, target: Target, conversation: Conversation[T]) -> None:
        self.index = index
        self.target = target
        self.conversation = conversation
        self.place: Place | None = None
        self.request_id = 0
        self.message = b""
        self.deadline = 0.0
        self.tries_left = 0
        # What came from the printer's address and was no response.
        self.complaint = ""
        self._request: Request
        self._asked: Encoded

    def begin(self, rng: Random) -> None:
        """Make the first question."""
        self._ask(next(self.conversation), rng)

    def hear(self, response: Response, rng: Random) -> None:
        """Take a response with the right address and id, and make the next question."""
        try:
            reply = reply_to(self._request, self._asked, response)
        except SnmpError as error:
            if not isinstance(error, UnusableReplyError):
                self._ask(self.conversation.throw(error), rng)
                return
            what = UnusableReplyError(f"{self.target.host}: its answer cannot be used: {error}")
            self._ask(self.conversation.throw(what), rng)
        else:
            self._ask(self.conversation.send(reply), rng)

    def give_up(self, rng: Random) -> None:
        """Tell the conversation that there is no answer, and make the next question, if it has one."""
        self._ask(self.conversation.throw(self._silence()), rng)

    def _silence(self) -> SnmpError:
        target = self.target
        asked = f"asked {target.retries + 1} times, {target.timeout_seconds:g} s each"
        if self.complaint:
            return UnusableReplyError(f"{target.host}: what came is no answer: {self.complaint} ({asked})")
        return SilentError(f"{target.host}: no answer ({asked})")

    def _ask(self, request: Request, rng: Random) -> None:
        target = self.target
        self._request = request
        self._asked = encode(target.version, target.community, request)
        self.request_id = draw_id(rng)
        self.message = self._asked.with_id(self.request_id)
        self.tries_left = target.retries + 1
        self.complaint = ""
