"""Answer a datagram for the printer at an address, or with silence; whatever comes, nothing else happens.

The moment and the fleet are handed in with each datagram; there is no socket
and no clock here.
"""

from collections.abc import Callable

from esolutions_simulators.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.fleet import Fleet
from esolutions_simulators.mib.row import Value
from esolutions_simulators.print_server import PrintServerAgent
from esolutions_simulators.snmp.fast.ber import BerError
from esolutions_simulators.snmp.fast.message import (
    BULK,
    END_OF_MIB_VIEW,
    GET,
    NEXT,
    NO_SUCH_INSTANCE,
    SET,
    Request,
    names_of,
    read_request,
    response,
    value_octets,
    variable,
)

__all__ = ["Responder"]

_TOO_BIG, _NO_SUCH_NAME, _NOT_WRITABLE = 1, 2, 17
# What a UDP datagram over IPv4 holds, RFC 768.
_MOST_OCTETS = 65_507
# Lists of names that are kept decoded: managers ask for the same ones again.
_MOST_KEPT, _LONGEST_KEPT = 1_000, 4_096

_Agent = SimulatedAgent | PrintServerAgent
_Found = list[tuple[str, Value]] | None


class Responder:
    """Answers for every printer of a fleet."""

    def __init__(self) -> None:
        self._names: dict[bytes, tuple[str, ...]] = {}

    def respond(self, datagram: bytes, address: str, fleet: Fleet, at_epoch: float) -> bytes | None:
        """Return the datagram that answers what came to ``address`` at a moment; None for silence."""
        try:
            request = read_request(datagram)
            names = self._names.get(request.variables) or self._read(request.variables)
            community = request.community.decode()
        except (BerError, UnicodeDecodeError):
            return None
        agent = fleet.agent_at(address, at_epoch)
        return None if agent is None else _answered(agent, request, names, community, at_epoch)

    def _read(self, variables: bytes) -> tuple[str, ...]:
        names = names_of(variables)
        if len(variables) <= _LONGEST_KEPT:
            if len(self._names) >= _MOST_KEPT:
                self._names.clear()
            self._names[variables] = names
        return names


def _answered(agent: _Agent, request: Request, names: tuple[str, ...], community: str, at: float) -> bytes | None:
    try:
        if request.kind == SET:
            return _refused(agent, request, names, community, at)
        found = _ASK[request.kind](agent, request, names, community, at)
    except TooBig:
        return _too_big(request)
    except NoSuchName as error:
        return response(request, [request.variables], _NO_SUCH_NAME, error.index + 1)
    if found is None:
        return None
    missing = NO_SUCH_INSTANCE if request.kind == GET else END_OF_MIB_VIEW
    answer = response(request, [_variable(agent, oid, value, missing, at) for oid, value in found])
    return answer if len(answer) <= _MOST_OCTETS else _too_big(request)


def _get(agent: _Agent, request: Request, names: tuple[str, ...], community: str, at: float) -> _Found:
    values = agent.get(names, at, community=community, version=request.version)
    return None if values is None else list(zip(names, values, strict=True))


def _get_next(agent: _Agent, request: Request, names: tuple[str, ...], community: str, at: float) -> _Found:
    return agent.get_next(names, at, community=community, version=request.version)


def _get_bulk(agent: _Agent, request: Request, names: tuple[str, ...], community: str, at: float) -> _Found:
    return agent.get_bulk(names, at, non_repeaters=request.first, max_repetitions=request.second, community=community)


_ASK: dict[int, Callable[[_Agent, Request, tuple[str, ...], str, float], _Found]] = {
    GET: _get,
    NEXT: _get_next,
    BULK: _get_bulk,
}


def _refused(agent: _Agent, request: Request, names: tuple[str, ...], community: str, at: float) -> bytes | None:
    """Refuse a SET, where anything hears it at all."""
    if agent.get((), at, community=community, version=request.version) is None:
        return None
    if not names:
        return response(request, [])
    # RFC 2576, section 4.3, gives version 1 no better word.
    status = _NO_SUCH_NAME if request.version == "1" else _NOT_WRITABLE
    return response(request, [request.variables], status, 1)


def _too_big(request: Request) -> bytes:
    """Return tooBig: with the variables in version 1 (RFC 1157, section 4.1.2), and none in 2c (RFC 3416, 4.2.1)."""
    return response(request, [request.variables] if request.version == "1" else [], _TOO_BIG)


def _variable(agent: _Agent, oid: str, value: Value, missing: bytes, at: float) -> bytes:
    return variable(oid, missing if value is None else value_octets(value, agent.syntax_of(oid, at)))
