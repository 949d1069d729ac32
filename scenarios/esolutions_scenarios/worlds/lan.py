"""The local network of the memory world: SNMP conversations answered by the simulated printers directly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.codec import messages
from esolutions_client.snmp.errors import AgentError, SilentError, SnmpError, TooBigError
from esolutions_client.snmp.pdus import Get, GetNext
from esolutions_client.snmp.ports import always
from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import NULL
from esolutions_simulators.printers.agent import NoSuchName, TooBig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from esolutions_client.snmp.pdus import Conversation, Reply, Request, Value
    from esolutions_client.snmp.ports import Target
    from esolutions_simulators.fleets.fleet import Fleet
    from esolutions_simulators.printers.agent import SimulatedAgent
    from esolutions_simulators.printers.print_server import PrintServerAgent

__all__ = ["MemoryLan"]

T = TypeVar("T")
_Agent: TypeAlias = "SimulatedAgent | PrintServerAgent"
_NO_SUCH_NAME = 2
# Values that are the same at the printer and at the client.
_PLAIN = frozenset((int, bytes, str, type(None)))
_NULL = b"\x05\x00"


class MemoryLan:
    """An SNMP port to a fleet in the same process; it answers in the order it is asked, while `may_send` says so."""

    def __init__(
        self, fleet: Callable[[], Fleet], now: Callable[[], datetime], may_send: Callable[[], bool] = always
    ) -> None:
        self._fleet = fleet
        self._now = now
        self._may_send = may_send

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations to their ends at this one time."""
        if not tasks:
            return
        at = self._now().timestamp()
        fleet = self._fleet()
        yield [
            (index, _run(conversation, fleet.agent_at(target.host, at), target, at, self._may_send))
            for index, (target, conversation) in enumerate(tasks)
        ]


def _run(
    conversation: Conversation[T],
    agent: _Agent | None,
    target: Target,
    at: float,
    may_send: Callable[[], bool],
) -> T | SnmpError:
    try:
        request = conversation.send(None)  # type: ignore[arg-type]  # how a generator is started
        while True:
            if not may_send():
                raise TurnedOffError
            try:
                reply = _reply(agent, request, target, at)
            except SnmpError as error:
                request = conversation.throw(error)
            else:
                request = conversation.send(reply)
    except StopIteration as finished:
        return finished.value  # type: ignore[no-any-return]
    except SnmpError as error:
        return error


def _reply(agent: _Agent | None, request: Request, target: Target, at: float) -> Reply:
    reply: Any = None
    try:
        if agent is None:
            pass
        elif type(request) is Get:
            reply = agent.get(request.oids, at, community=target.community, version=target.version)
        elif type(request) is GetNext:
            reply = agent.get_next(request.oids, at, community=target.community, version=target.version)
        elif target.version != "1":
            repetitions = request.max_repetitions  # type: ignore[union-attr]
            reply = agent.get_bulk((request.oid,), at, max_repetitions=repetitions, community=target.community)  # type: ignore[union-attr]
    except TooBig as error:
        raise TooBigError(str(error)) from error
    except NoSuchName as error:
        raise AgentError(_NO_SUCH_NAME, error.index + 1) from error
    if reply is None:
        raise SilentError(f"{target.host}:{target.port} gave no answer")
    return _decoded(request, reply)


def _decoded(request: Request, reply: Any) -> Reply:
    """Return an answer as the client's own decoder has it, where values are NULL or given as octets."""
    if type(request) is not Get:
        return [(oid, _value(value)) for oid, value in reply]
    return reply if _PLAIN.issuperset(map(type, reply)) else [_value(value) for value in reply]


def _value(value: Any) -> Value:
    octets = _NULL if value is NULL else value.octets if type(value) is Encoded else None
    return value if octets is None else messages.read_value(octets, 0, len(octets))
