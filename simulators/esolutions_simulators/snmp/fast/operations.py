"""Carry out GETNEXT, GETBULK and SET, and the GETs that no template fits, with an agent; what comes out is encoded.

An agent that does not hear a request gives None. Which datagram that was, and
what becomes of an error, is the responder's.
"""

from collections.abc import Callable, Sequence
from functools import partial

from esolutions_simulators.mib.row import Value
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.print_server import PrintServerAgent
from esolutions_simulators.snmp.fast.codec.message import (
    BULK,
    END_OF_MIB_VIEW,
    GET,
    NEXT,
    NO_SUCH_INSTANCE,
    NO_SUCH_OBJECT,
    SET,
    Request,
    value_octets,
    variable,
)
from esolutions_simulators.snmp.objects import is_of_an_object

__all__ = ["OPERATIONS", "Agent", "NoAccess", "missing_at"]

Agent = SimulatedAgent | PrintServerAgent
_Names = tuple[str, ...]
_Found = Sequence[tuple[str, Value]] | None
# Asks an agent for names, with a request's numbers and a community, or None, at a time; returns variables, encoded.
_Operation = Callable[[Agent, Request, _Names, str | None, float], list[bytes] | None]


class NoAccess(Exception):  # noqa: N818 -- SNMP's own word
    """Who asks may read, and no more."""


def missing_at(agent: Agent, at_epoch: float, oid: str) -> bytes:
    """Return what stands for the value of a variable that is not there."""
    return NO_SUCH_INSTANCE if is_of_an_object(agent, oid, at_epoch) else NO_SUCH_OBJECT


def _get(agent: Agent, request: Request, names: _Names, community: str | None, at: float) -> list[bytes] | None:
    values = agent.get(names, at, community=community, version=request.version)
    found = None if values is None else list(zip(names, values, strict=True))
    return _encoded(agent, found, partial(missing_at, agent, at), at)


def _get_next(agent: Agent, request: Request, names: _Names, community: str | None, at: float) -> list[bytes] | None:
    found = agent.get_next(names, at, community=community, version=request.version)
    return _encoded(agent, found, _ended, at)


def _get_bulk(agent: Agent, request: Request, names: _Names, community: str | None, at: float) -> list[bytes] | None:
    wanted = {"non_repeaters": request.first, "max_repetitions": request.second}
    return _encoded(agent, agent.get_bulk(names, at, community=community, **wanted), _ended, at)


def _set(agent: Agent, request: Request, names: _Names, community: str | None, at: float) -> list[bytes] | None:
    if agent.get((), at, community=community, version=request.version) is None:
        return None
    if names:
        raise NoAccess
    return []


OPERATIONS: dict[int, _Operation] = {GET: _get, NEXT: _get_next, BULK: _get_bulk, SET: _set}


def _ended(_: str) -> bytes:
    return END_OF_MIB_VIEW


def _encoded(agent: Agent, found: _Found, missing: Callable[[str], bytes], at: float) -> list[bytes] | None:
    if found is None:
        return None
    return [
        variable(oid, missing(oid) if value is None else value_octets(value, agent.syntax_of(oid, at)))
        for oid, value in found
    ]
