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
    NO_SUCH_OBJECT,
    SET,
    Request,
    names_of,
    read_request,
    response,
    value_octets,
    variable,
)
from esolutions_simulators.snmp.fast.secure import SecureResponder, is_version_3
from esolutions_simulators.snmp.objects import is_of_an_object

__all__ = ["Responder"]

_TOO_BIG, _NO_SUCH_NAME, _NO_ACCESS = 1, 2, 6
# What a UDP datagram over IPv4 holds, RFC 768.
_MOST_OCTETS = 65_507
# Lists of names that are kept decoded: managers ask for the same ones again.
_MOST_KEPT, _LONGEST_KEPT = 1_000, 4_096

_Agent = SimulatedAgent | PrintServerAgent
_Found = list[tuple[str, Value]] | None
# What stands for a value that is not there.
_Missing = Callable[[_Agent, str, float], bytes]


class Responder:
    """Answers for every printer of a fleet."""

    def __init__(self) -> None:
        self._names: dict[bytes, tuple[str, ...]] = {}
        self._secure = SecureResponder(self._plainly)

    def respond(self, datagram: bytes, address: str, fleet: Fleet, at_epoch: float) -> bytes | None:
        """Return the datagram that answers what came to ``address`` at a moment; None for silence."""
        try:
            request = read_request(datagram)
            names = self._names.get(request.variables) or self._read(request.variables)
            community = request.community.decode()
        except (BerError, UnicodeDecodeError):
            return self.respond_securely(datagram, address, fleet, at_epoch) if is_version_3(datagram) else None
        agent = fleet.agent_at(address, at_epoch)
        return None if agent is None else _answered(agent, request, names, community, at_epoch, _MOST_OCTETS)

    def respond_securely(self, datagram: bytes, address: str, fleet: Fleet, at_epoch: float) -> bytes | None:
        """Return the datagram that answers one of version 3; None for silence."""
        agent = fleet.agent_at(address, at_epoch)
        return None if agent is None else self._secure.respond(datagram, agent, at_epoch)

    def _plainly(self, message: bytes, agent: _Agent, at_epoch: float, most_octets: int) -> bytes | None:
        """Answer a message of version 2c whoever it is from; its sender has shown who he is."""
        try:
            request = read_request(message)
            names = self._read(request.variables)
        except BerError:
            return None
        return _answered(agent, request, names, None, at_epoch, most_octets)

    def _read(self, variables: bytes) -> tuple[str, ...]:
        names = names_of(variables)
        if len(variables) <= _LONGEST_KEPT:
            if len(self._names) >= _MOST_KEPT:
                self._names.clear()
            self._names[variables] = names
        return names


def _answered(
    agent: _Agent, request: Request, names: tuple[str, ...], community: str | None, at: float, most_octets: int
) -> bytes | None:
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
    missing = _missing if request.kind == GET else _ended
    variables = [_variable(agent, oid, value, missing, at) for oid, value in found]
    answer = response(request, variables)
    while len(answer) > most_octets:
        if request.kind != BULK or not variables:
            return _too_big(request)
        # RFC 3416, section 4.2.3: a GETBULK is answered with as many as fit.
        del variables[-1 - len(variables) // 8 :]
        answer = response(request, variables)
    return answer


def _get(agent: _Agent, request: Request, names: tuple[str, ...], community: str | None, at: float) -> _Found:
    values = agent.get(names, at, community=community, version=request.version)
    return None if values is None else list(zip(names, values, strict=True))


def _get_next(agent: _Agent, request: Request, names: tuple[str, ...], community: str | None, at: float) -> _Found:
    return agent.get_next(names, at, community=community, version=request.version)


def _get_bulk(agent: _Agent, request: Request, names: tuple[str, ...], community: str | None, at: float) -> _Found:
    return agent.get_bulk(names, at, non_repeaters=request.first, max_repetitions=request.second, community=community)


_ASK: dict[int, Callable[[_Agent, Request, tuple[str, ...], str | None, float], _Found]] = {
    GET: _get,
    NEXT: _get_next,
    BULK: _get_bulk,
}


def _refused(agent: _Agent, request: Request, names: tuple[str, ...], community: str | None, at: float) -> bytes | None:
    """Refuse a SET, where anything hears it at all."""
    if agent.get((), at, community=community, version=request.version) is None:
        return None
    if not names:
        return response(request, [])
    # RFC 3416, section 4.2.5 (1): communities may read. RFC 3584, section 4.4, gives version 1 no better word.
    status = _NO_SUCH_NAME if request.version == "1" else _NO_ACCESS
    return response(request, [request.variables], status, 1)


def _too_big(request: Request) -> bytes:
    """Return tooBig: with the variables in version 1 (RFC 1157, section 4.1.2), and none in 2c (RFC 3416, 4.2.1)."""
    return response(request, [request.variables] if request.version == "1" else [], _TOO_BIG)


def _variable(agent: _Agent, oid: str, value: Value, missing: _Missing, at: float) -> bytes:
    return variable(oid, missing(agent, oid, at) if value is None else value_octets(value, agent.syntax_of(oid, at)))


def _missing(agent: _Agent, oid: str, at: float) -> bytes:
    return NO_SUCH_INSTANCE if is_of_an_object(agent, oid, at) else NO_SUCH_OBJECT


def _ended(_agent: _Agent, _oid: str, _at: float) -> bytes:
    return END_OF_MIB_VIEW
