"""Answer a datagram for the printer at an address, or with silence; whatever comes, nothing else happens.

The time and the fleet are handed in with each datagram; there is no socket
and no clock here. Lists of names that are asked for again are kept, decoded and
with what is the same in every response to them: a bounded number of bounded ones.
"""

from functools import partial
from typing import TYPE_CHECKING, TypeVar

from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.printers.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.snmp.fast.codec.ber import BerError
from esolutions_simulators.snmp.fast.codec.message import BULK, GET, Request, names_of, read_request, response
from esolutions_simulators.snmp.fast.codec.template import Template
from esolutions_simulators.snmp.fast.operations import OPERATIONS, Agent, NoAccess, missing_at
from esolutions_simulators.snmp.fast.secure import SecureResponder, is_version_3

if TYPE_CHECKING:
    from esolutions_simulators.rows.table import Table

__all__ = ["Responder"]

_TOO_BIG, _NO_SUCH_NAME, _NO_ACCESS = 1, 2, 6
# What a UDP datagram over IPv4 holds, RFC 768.
_MOST_OCTETS = 65_507
_MOST_KEPT, _LONGEST_KEPT = 1_000, 4_096

_Key = TypeVar("_Key")
_Kept = TypeVar("_Kept")


class Responder:
    """Answers for every printer of a fleet."""

    def __init__(self) -> None:
        self._names: dict[bytes, tuple[str, ...]] = {}
        self._templates: dict[tuple[Table, bytes], Template] = {}
        self._secure = SecureResponder(self._plainly)

    def prepare(self, fleet: Fleet) -> None:
        """Load what version 3 stands on, where a printer of the fleet has users: its first message need not wait."""
        if any(printer.users for printer in fleet):
            self._secure.prepare()

    def respond(self, datagram: bytes, address: str, fleet: Fleet, at_epoch: float) -> bytes | None:
        """Return the datagram that answers what came to ``address`` at a time; None for silence."""
        try:
            request = read_request(datagram)
            names = self._names.get(request.variables) or self._read(request.variables)
            community = request.community.decode()
        except (BerError, UnicodeDecodeError):
            return self.respond_securely(datagram, address, fleet, at_epoch) if is_version_3(datagram) else None
        agent = fleet.agent_at(address, at_epoch)
        return None if agent is None else self._answer(agent, request, names, community, at_epoch)

    def respond_securely(self, datagram: bytes, address: str, fleet: Fleet, at_epoch: float) -> bytes | None:
        """Return the datagram that answers one of version 3; None for silence."""
        agent = fleet.agent_at(address, at_epoch)
        return None if agent is None else self._secure.respond(datagram, agent, at_epoch)

    def _plainly(self, message: bytes, agent: Agent, at_epoch: float, most_octets: int) -> bytes | None:
        """Answer a message of version 2c of any sender, which has shown who it is."""
        try:
            request = read_request(message)
            names = self._names.get(request.variables) or self._read(request.variables)
        except BerError:
            return None
        return self._answer(agent, request, names, None, at_epoch, most_octets)

    def _answer(
        self,
        agent: Agent,
        request: Request,
        names: tuple[str, ...],
        community: str | None,
        at: float,
        most_octets: int = _MOST_OCTETS,
    ) -> bytes | None:
        try:
            variables = self._found(agent, request, names, community, at)
        except TooBig:
            return _too_big(request)
        except NoSuchName as error:
            return response(request, [request.variables], _NO_SUCH_NAME, error.index + 1)
        except NoAccess:
            # RFC 3416, section 4.2.5 (1): communities may read. RFC 3584, section 4.4, gives version 1 no better word.
            status = _NO_SUCH_NAME if request.version == "1" else _NO_ACCESS
            return response(request, [request.variables], status, 1)
        return None if variables is None else _fitting(request, variables, most_octets)

    def _found(
        self, agent: Agent, request: Request, names: tuple[str, ...], community: str | None, at: float
    ) -> list[bytes] | None:
        """Return the variables of the response, encoded; None where the agent does not hear the request."""
        if request.kind != GET or type(agent) is not SimulatedAgent:
            return OPERATIONS[request.kind](agent, request, names, community, at)
        values = agent.get(names, at, community=community, version=request.version)
        if values is None:
            return None
        table = agent.table_at(at)
        template = self._templates.get((table, request.variables))
        if template is None:
            template = Template(names, table.prepared(names), partial(missing_at, agent, at))
            _keep(self._templates, (table, request.variables), template, request.variables)
        return [template.filled(values)]

    def _read(self, variables: bytes) -> tuple[str, ...]:
        names = names_of(variables)
        _keep(self._names, variables, names, variables)
        return names


def _keep(kept: dict[_Key, _Kept], key: _Key, value: _Kept, variables: bytes) -> None:
    """Keep what was made of a list of variables, if it is not too long; begin anew where there is too much."""
    if len(variables) <= _LONGEST_KEPT:
        if len(kept) >= _MOST_KEPT:
            kept.clear()
        kept[key] = value


def _fitting(request: Request, variables: list[bytes], most_octets: int) -> bytes:
    """Return the response with these variables, or what is sent where it does not fit."""
    answer = response(request, variables)
    while len(answer) > most_octets:
        if request.kind != BULK or not variables:
            return _too_big(request)
        # RFC 3416, section 4.2.3: a GETBULK is answered with as many as fit.
        del variables[-1 - len(variables) // 8 :]
        answer = response(request, variables)
    return answer


def _too_big(request: Request) -> bytes:
    """Return tooBig: with the variables in version 1 (RFC 1157, section 4.1.2), and none in 2c (RFC 3416, 4.2.1)."""
    return response(request, [request.variables] if request.version == "1" else [], _TOO_BIG)
