"""Carry conversations over UDP with pysnmp, SNMP versions 1 and 2c: the engine that can be chosen instead of our own.

One event loop, one socket and one dispatcher serve all conversations of a call; a bounded number is under way at once,
each with one request in flight. Version 3 is not spoken here: such a target is refused before a packet is sent.
"""

from __future__ import annotations

import asyncio
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeVar

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.engines.pysnmp_agent import Dispatcher, PysnmpAgent
from esolutions_client.snmp.errors import SnmpError, UnusableReplyError
from esolutions_client.snmp.ports import always

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from esolutions_client.snmp.pdus import Conversation
    from esolutions_client.snmp.ports import Target

__all__ = ["PysnmpPort"]

T = TypeVar("T")
# How long the switch is not asked at most.
_LONGEST_WAIT = 0.2


class PysnmpPort:
    """A port for SNMP 1 and 2c.

    Args:
        most_at_once: how many conversations are under way at a time.
        may_send: whether communication is on; asked before each datagram, and five times a second while waiting.
    """

    def __init__(self, *, most_at_once: int = 64, may_send: Callable[[], bool] = always) -> None:
        self._most_at_once = most_at_once
        self._may_send = may_send

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations concurrently; yield (index of the task, result or error) as they finish.

        Raises:
            TurnedOffError: communication was turned off; the socket is closed, all conversations ended.
        """
        loop = asyncio.new_event_loop()
        loop.set_exception_handler(_ignore_hostile_datagram)
        waiting = iter(enumerate(tasks))
        running: dict[asyncio.Task[T | SnmpError], int] = {}
        session = _Session(self._may_send)
        try:
            while True:
                for index, (target, conversation) in islice(waiting, self._most_at_once - len(running)):
                    running[loop.create_task(session.finish(target, conversation))] = index
                if not running:
                    return
                if done := loop.run_until_complete(_first_of(running)):
                    yield [(running.pop(task), task.result()) for task in done]
                elif not self._may_send():
                    raise TurnedOffError("communication is turned off: no printer is asked")
        finally:
            _close(loop, session, list(running))
            for _, conversation in tasks:
                conversation.close()


class _Session:
    """The conversations of one call and the dispatcher they share."""

    def __init__(self, may_send: Callable[[], bool]) -> None:
        self._may_send = may_send
        self._dispatcher: Dispatcher | None = None

    async def finish(self, target: Target, conversation: Conversation[T]) -> T | SnmpError:
        """Run one conversation to its end, whatever happens."""
        try:
            return await self._run(target, conversation)
        except TurnedOffError:
            raise
        except SnmpError as error:
            return error
        except Exception as error:  # noqa: BLE001 - the port's promise: no foreign error passes
            return UnusableReplyError(f"{target.host}: {type(error).__name__}: {error}")
        finally:
            conversation.close()

    def close(self) -> None:
        """Forget all requests and close the socket."""
        if self._dispatcher is not None:
            self._dispatcher.abandon()
            self._dispatcher.close()

    async def _run(self, target: Target, conversation: Conversation[T]) -> T:
        if self._dispatcher is None:
            self._dispatcher = Dispatcher(self._may_send)
        agent = await PysnmpAgent.of(target, self._dispatcher)
        try:
            request = next(conversation)
            while True:
                try:
                    reply = await agent.ask(request)
                except SnmpError as error:
                    request = conversation.throw(error)
                else:
                    request = conversation.send(reply)
        except StopIteration as finished:
            result: T = finished.value
            return result


async def _first_of(running: Iterable[asyncio.Task[T]]) -> set[asyncio.Task[T]]:
    done, _ = await asyncio.wait(running, timeout=_LONGEST_WAIT, return_when=asyncio.FIRST_COMPLETED)
    return done


def _ignore_hostile_datagram(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Drop what pysnmp could not decode: the request it may have answered runs into its time limit."""


def _close(loop: asyncio.AbstractEventLoop, session: _Session, running: list[asyncio.Task[Any]]) -> None:
    """End the tasks a caller did not wait for, then the socket, then the loop."""
    for task in running:
        task.cancel()
    if running:
        loop.run_until_complete(asyncio.wait(running))
    for task in running:
        if not task.cancelled():
            # Looked at, so that asyncio does not complain of an error that was not waited for.
            task.exception()
    session.close()
    # One round for the transport to close its socket; and no name is looked up any more.
    loop.run_until_complete(asyncio.sleep(0))
    loop.run_until_complete(loop.shutdown_default_executor())
    loop.close()
