"""Translate between snmpsim and our agents.

This runs inside snmpsim's process and takes the place of its look-up in
record files: a whole request goes to the agent at once, so that it sees one
moment and costs little more for many variables than for one. It reads the
fleet and the clock from the folder it was given, reads the fleet again when
its generation changes, and never reads any other clock.
"""

import json
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hashlib import md5
from pathlib import Path
from typing import Any, TypeVar

from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.smi import error as smi_error
from pysnmp.smi import exval
from snmpsim.controller import MibInstrumController

from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import FleetError
from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import NULL, Syntax, Value
from esolutions_simulators.printers.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.printers.print_server import PrintServerAgent
from esolutions_simulators.rows.bulk import MOST_VARIABLES
from esolutions_simulators.snmp.fast.responder import Responder
from esolutions_simulators.snmp.objects import is_of_an_object
from esolutions_simulators.snmp.through_snmpsim.odd_octets import as_it_stands

__all__ = ["Bridge", "Controller", "or_end"]

_TYPES = {
    Syntax.INTEGER: rfc1902.Integer32,
    Syntax.OCTET_STRING: rfc1902.OctetString,
    Syntax.NULL: rfc1902.Null,
    Syntax.OBJECT_IDENTIFIER: rfc1902.ObjectIdentifier,
    Syntax.IP_ADDRESS: rfc1902.IpAddress,
    Syntax.COUNTER32: rfc1902.Counter32,
    Syntax.GAUGE32: rfc1902.Gauge32,
    Syntax.TIME_TICKS: rfc1902.TimeTicks,
}
_SNMP_V1 = 1
# What a UDP datagram holds, RFC 3417, less the message around the variables.
_MOST_OCTETS = 65_000

Variables = list[tuple[Any, Any]]
_Agent = SimulatedAgent | PrintServerAgent
_Found = list[tuple[str, Value]] | None
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class _Caller:
    """With which community a request came, and in which version."""

    community: str
    version: str


# Asks an agent for names at a time, as a caller does.
_Question = Callable[[_Agent, list[str], float, _Caller], _Found]


class _Silence(PySnmpError):  # type: ignore[misc]  # noqa: N818 -- no error, a wish
    """There shall be no answer: pysnmp drops a request for this without a trace."""


class Bridge:
    """Answers for every printer of a fleet; which one is asked follows from the endpoint."""

    def __init__(
        self, directory: FleetDirectory, addresses: Sequence[str], port: int, communities: Sequence[str]
    ) -> None:
        self.endpoints = tuple(f"{address}:{port}" for address in addresses)
        self.communities = tuple(community.encode() for community in communities)
        self._directory = directory
        self._addresses = addresses
        # snmpsim names the context of a community by its MD5.
        names = {name: md5(name.encode(), usedforsecurity=False).hexdigest() for name in communities}
        self._community_of = {context.encode(): name for name, context in names.items()}
        self._clock = directory.clock()
        self._moment, self._generation = self._clock.read()
        self._fleet = directory.read()
        self._request: Any = None
        self._responder = Responder()
        self._responder.prepare(self._fleet)

    @classmethod
    def opened(cls, plan: str) -> "Bridge":
        """Open the fleet that a JSON file describes: its folder, its clock, where it answers and to which names."""
        data = json.loads(Path(plan).read_text(encoding="utf-8"))
        directory = FleetDirectory(Path(data["directory"]), data["clock"])
        return cls(directory, data["addresses"], data["port"], data["communities"])

    def answer(self, asked: Sequence[Any], received: dict[str, Any], question: _Question, missing: Any) -> Variables:
        """Return the variables that answer a ``question`` after the names ``asked``; ``missing`` is what is not there.

        Raises:
            _Silence: there shall be no answer.
            SmiError: the answer is an SNMP error status.
        """
        agent, caller = self._asked(received)
        names = [".".join(map(str, name)) for name in asked]
        try:
            found = question(agent, names, self._moment, caller)
        except TooBig as error:
            raise smi_error.TooBigError(name=asked[0], idx=0) from error
        except NoSuchName as error:
            # pysnmp makes version 1's noSuchName of the first variable that is missing.
            there = [(name, rfc1902.Integer32(0)) for name in asked[: error.index]]
            return [*there, (asked[error.index], exval.noSuchInstance)]
        if found is None:
            raise _Silence
        if len(found) > MOST_VARIABLES and sum(map(_most_octets, found)) > _MOST_OCTETS:
            raise smi_error.TooBigError(name=asked[0], idx=0)
        return [(rfc1902.ObjectName(oid), self._typed(agent, oid, value, missing)) for oid, value in found]

    def respond_securely(self, datagram: bytes, endpoint: str) -> bytes | None:
        """Return the datagram that answers one of version 3, which snmpsim's one engine cannot; None for silence."""
        self._look_at_clock()
        address = endpoint.rpartition(":")[0]
        return self._responder.respond_securely(datagram, address, self._fleet, self._moment)

    def _asked(self, received: dict[str, Any]) -> tuple[_Agent, _Caller]:
        """Return the agent that is asked, and who asks it how."""
        if received["pdu"] is not self._request:
            self._request = received["pdu"]
            self._look_at_clock()
        # The last number of the transport domain counts the endpoints of all processes.
        agent = self._fleet.agent_at(self._addresses[int(received["transportDomain"][-1])], self._moment)
        if agent is None:
            raise _Silence
        community = self._community_of[bytes(received["contextName"])]
        return agent, _Caller(community, "1" if int(received["securityModel"]) == _SNMP_V1 else "2c")

    def _typed(self, agent: _Agent, oid: str, value: Value, missing: Any) -> Any:
        if value is NULL:
            return rfc1902.Null("")
        if isinstance(value, Encoded):
            return as_it_stands(value.octets)
        if value is None:
            is_known = missing is not exval.noSuchInstance or is_of_an_object(agent, oid, self._moment)
            return missing if is_known else exval.noSuchObject
        return _TYPES[agent.syntax_of(oid, self._moment)](value)

    def _look_at_clock(self) -> None:
        """Fix the time for a whole request, and read the fleet again if it was changed."""
        self._moment, generation = self._clock.read()
        if generation != self._generation:
            self._fleet = self._directory.read()
            self._generation = generation


class Controller(MibInstrumController):  # type: ignore[misc]
    """What snmpsim asks about a request, in place of its own search through a record file."""

    def __init__(self, bridge: Bridge, data_file: Any) -> None:
        super().__init__(data_file)
        self._bridge = bridge

    def read_variables(self, *variables: Any, **context: Any) -> Variables:
        """Answer a GET."""

        def get(agent: _Agent, names: list[str], at: float, caller: _Caller) -> _Found:
            values = agent.get(names, at, community=caller.community, version=caller.version)
            return None if values is None else list(zip(names, values, strict=True))

        return self._answered([name for name, _ in variables], context, get, exval.noSuchInstance)

    def read_next_variables(self, *variables: Any, **context: Any) -> Variables:
        """Answer a GETNEXT."""

        def get_next(agent: _Agent, names: list[str], at: float, caller: _Caller) -> _Found:
            return agent.get_next(names, at, community=caller.community, version=caller.version)

        return self._answered([name for name, _ in variables], context, get_next, exval.endOfMib)

    def read_bulk_variables(self, asked: Sequence[Any], singles: int, repetitions: int, **context: Any) -> Variables:
        """Answer a GETBULK, whose first ``singles`` names are answered once."""

        def get_bulk(agent: _Agent, names: list[str], at: float, caller: _Caller) -> _Found:
            wanted = {"non_repeaters": singles, "max_repetitions": repetitions}
            return agent.get_bulk(names, at, community=caller.community, **wanted)

        return self._answered(asked, context, get_bulk, exval.endOfMib)

    def write_variables(self, *variables: Any, **context: Any) -> Variables:
        """Refuse a SET, where anything hears it at all."""

        def hear(agent: _Agent, _: list[str], at: float, caller: _Caller) -> _Found:
            return None if agent.get((), at, community=caller.community, version=caller.version) is None else []

        self._answered([], context, hear, exval.noSuchInstance)
        if variables:
            # RFC 3416, section 4.2.5 (1): communities may read.
            raise smi_error.NoAccessError(name=variables[0][0], idx=0)
        return []

    def _answered(self, asked: Sequence[Any], context: dict[str, Any], question: _Question, missing: Any) -> Variables:
        received = context["snmpEngine"].observer.get_execution_context("rfc3412.receiveMessage:request")
        return or_end(lambda: self._bridge.answer(asked, received, question, missing))


def _most_octets(variable: tuple[str, Value]) -> int:
    """Return how much room a name and its value take at most: tags, lengths and a number are 20 octets, no OID more."""
    oid, value = variable
    return len(oid) + (len(value) if isinstance(value, bytes | str) else 0) + 20


def or_end(answer: Callable[[], _T]) -> _T:
    """Return the answer; end the process if there is none for a reason that SNMP does not know.

    A broken printer must not look like one that is off, or empty.
    """
    try:
        return answer()
    except PySnmpError:
        raise
    except FleetError as error:
        raise SystemExit(str(error)) from error
    except Exception as error:
        traceback.print_exc()
        raise SystemExit(1) from error
