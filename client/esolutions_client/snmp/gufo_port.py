"""Carry conversations over UDP with gufo-snmp, SNMP versions 1 and 2c: the `fast` extra, a tenth of pysnmp's cost.

One thread, one selector and one connected socket per printer under way. Replies from another address are not heard;
printers that reply so need the pysnmp port.
"""

from __future__ import annotations

import selectors
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableAnswerError
from esolutions_client.snmp.gufo_agent import GufoAgent

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esolutions_client.snmp.ports import Target
    from esolutions_client.snmp.requests import Conversation, Request

__all__ = ["GufoPort"]

T = TypeVar("T")


class GufoPort:
    """A port for SNMP 1 and 2c; `most_at_once` conversations, each with its socket, are under way at a time."""

    def __init__(self, *, most_at_once: int = 128, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._most_at_once = most_at_once
        self._monotonic = monotonic

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations concurrently; yield (index of the task, result or error) as they finish."""
        waiting = iter(enumerate(tasks))
        with selectors.DefaultSelector() as selector:
            while True:
                batch: list[tuple[int, T | SnmpError]] = []
                while len(selector.get_map()) < self._most_at_once:
                    index, task = next(waiting, (-1, None))
                    if task is None:
                        break
                    call = _Call(index, *task)
                    self._proceed(selector, call, call.begin, batch)
                if batch:
                    yield batch
                elif not selector.get_map():
                    return
                else:
                    yield from self._wait(selector)

    def _wait(self, selector: selectors.BaseSelector) -> Iterator[list[tuple[int, Any]]]:
        """Wait for answers or the first time limit; yield what finished."""
        batch: list[tuple[int, Any]] = []
        calls: list[_Call[Any]] = [key.data for key in selector.get_map().values()]
        ready = selector.select(max(0.0, min(call.deadline for call in calls) - self._monotonic()))
        for key, _ in ready:
            self._proceed(selector, key.data, key.data.hear, batch)
        now = self._monotonic()
        for call in calls:
            if call.deadline <= now and not call.is_finished:
                self._proceed(selector, call, call.ask_again, batch)
        if batch:
            yield batch

    def _proceed(
        self,
        selector: selectors.BaseSelector,
        call: _Call[T],
        step: Callable[[float], None],
        batch: list[tuple[int, T | SnmpError]],
    ) -> None:
        """Take one step of a call; put it into the batch when it is finished."""
        was_open = call.agent is not None
        try:
            step(self._monotonic())
        except StopIteration as finished:
            batch.append((call.index, finished.value))
            call.is_finished = True
        except SnmpError as error:
            batch.append((call.index, error))
            call.is_finished = True
        except Exception as error:  # noqa: BLE001 - the port's promise: no foreign error passes
            batch.append((call.index, UnusableAnswerError(f"{call.target.host}: {type(error).__name__}: {error}")))
            call.is_finished = True
        if call.is_finished and was_open and call.agent is not None:
            selector.unregister(call.agent.descriptor)
        elif not call.is_finished and not was_open and call.agent is not None:
            selector.register(call.agent.descriptor, selectors.EVENT_READ, call)


class _Call(Generic[T]):
    """One conversation under way; its steps raise StopIteration with the result."""

    def __init__(self, index: int, target: Target, conversation: Conversation[T]) -> None:
        self.index = index
        self.target = target
        self.agent: GufoAgent | None = None
        self.deadline = 0.0
        self.is_finished = False
        self._conversation = conversation
        self._request: Request
        self._tries_left = 0

    def begin(self, now: float) -> None:
        """Open the socket and ask the first question."""
        self.agent = GufoAgent(self.target)
        self._ask(next(self._conversation), now)

    def hear(self, now: float) -> None:
        """Take an answer from the socket and ask the next question."""
        agent = self._open_agent()
        try:
            answer = agent.hear(self._request)
        except SilentError:
            # The network says that nobody listens there: no use in waiting for the time limit.
            raise
        except SnmpError as error:
            self._ask(self._conversation.throw(error), now)
        else:
            if answer is not None:
                self._ask(self._conversation.send(answer), now)

    def ask_again(self, now: float) -> None:
        """Repeat the question after its time limit, or give up."""
        if self._tries_left == 0:
            target = self.target
            asked = f"asked {target.retries + 1} times, {target.timeout_seconds:g} s each"
            self._ask(self._conversation.throw(SilentError(f"{target.host}: no answer ({asked})")), now)
            return
        self._tries_left -= 1
        self._send(now)

    def _ask(self, request: Request, now: float) -> None:
        self._request = request
        self._tries_left = self.target.retries
        self._send(now)

    def _send(self, now: float) -> None:
        self.deadline = now + self.target.timeout_seconds
        self._open_agent().ask(self._request)

    def _open_agent(self) -> GufoAgent:
        if self.agent is None:
            raise UnusableAnswerError(f"{self.target.host}: not open")
        return self.agent
