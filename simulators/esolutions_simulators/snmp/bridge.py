"""Translate between snmpsim and our agents.

This runs inside snmpsim's process and takes the place of its look-up in
record files: a whole request goes to the agent at once, so that it sees one
moment and costs little more for many variables than for one. It reads the
fleet and the clock from the folder it was given, reads the fleet again when
its generation changes, and never reads any other clock.
"""

import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Thread
from typing import Any

from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.smi import error as smi_error
from pysnmp.smi import exval
from snmpsim.controller import MibInstrumController

from esolutions_simulators.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.fleet import FleetDirectory
from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import NULL, Syntax, Value
from esolutions_simulators.print_server import PrintServerAgent
from esolutions_simulators.snmp.odd_octets import as_it_stands
from esolutions_simulators.snmp.probe import READY_ANSWER, READY_COMMUNITY

__all__ = ["Bridge", "Controller", "end_with_parent"]

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
_GET_BULK = "GetBulkRequestPDU"

Variables = list[tuple[Any, Any]]


class _Silence(PySnmpError):  # type: ignore[misc]  # noqa: N818 -- no error, a wish
    """There shall be no answer: pysnmp drops a request for this without a trace."""


class Bridge:
    """Answers for every printer of a fleet; which one is asked follows from the endpoint."""

    def __init__(self, directory: FleetDirectory, endpoints: Sequence[str]) -> None:
        self._directory = directory
        self._endpoints = endpoints
        self._clock = directory.clock()
        self._moment, self._generation = self._clock.read()
        self._fleet = directory.read()
        self._request: Any = None

    @classmethod
    def opened(cls, options: str) -> "Bridge":
        """Open the fleet that a JSON file describes: its folder, its clock and the address of each endpoint."""
        plan = json.loads(Path(options).read_text(encoding="utf-8"))
        return cls(FleetDirectory(Path(plan["directory"]), plan["clock"]), plan["endpoints"])

    def answer(self, asked: Sequence[Any], community: str, received: dict[str, Any], *, is_next: bool) -> Variables:
        """Return the variables that answer the names ``asked``: a request, or one repetition of a GETBULK.

        Raises:
            _Silence: there shall be no answer.
            SmiError: the answer is an SNMP error status.
        """
        if received["pdu"] is not self._request:
            self._request = received["pdu"]
            self._look_at_clock()
        # The last number of the transport domain counts the endpoints of all processes.
        agent = self._fleet.agent_at(self._endpoints[int(received["transportDomain"][-1])], self._moment)
        if agent is None:
            raise _Silence
        version = "1" if int(received["securityModel"]) == _SNMP_V1 else "2c"
        names = [".".join(map(str, name)) for name in asked]
        try:
            agent.fit(_variables_wanted(received["pdu"], len(names)), self._moment)
            if is_next:
                following = agent.get_next(names, self._moment, community=community, version=version)
                return self._after(agent, asked, following)
            values = agent.get(names, self._moment, community=community, version=version)
            return self._there(agent, asked, names, values)
        except TooBig as error:
            raise smi_error.TooBigError(name=asked[0], idx=0) from error
        except NoSuchName as error:
            # pysnmp makes version 1's noSuchName of the first variable that is missing.
            there = [(name, rfc1902.Integer32(0)) for name in asked[: error.index]]
            return [*there, (asked[error.index], exval.noSuchInstance)]

    def _there(
        self,
        agent: SimulatedAgent | PrintServerAgent,
        asked: Sequence[Any],
        names: list[str],
        values: list[Value] | None,
    ) -> Variables:
        """Type the values of a GET."""
        if values is None:
            raise _Silence
        rows = zip(asked, names, values, strict=True)
        return [(name, self._typed(agent, oid, value, exval.noSuchInstance)) for name, oid, value in rows]

    def _after(
        self, agent: SimulatedAgent | PrintServerAgent, asked: Sequence[Any], following: list[tuple[str, Value]] | None
    ) -> Variables:
        """Type the names and values of a GETNEXT."""
        if following is None:
            raise _Silence
        return [
            (name if value is None else rfc1902.ObjectName(oid), self._typed(agent, oid, value, exval.endOfMib))
            for name, (oid, value) in zip(asked, following, strict=True)
        ]

    def _typed(self, agent: SimulatedAgent | PrintServerAgent, oid: str, value: Value, missing: Any) -> Any:
        if value is NULL:
            return rfc1902.Null("")
        if isinstance(value, Encoded):
            return as_it_stands(value.octets)
        return missing if value is None else _TYPES[agent.syntax_of(oid, self._moment)](value)

    def _look_at_clock(self) -> None:
        """Fix the moment for a whole request, and read the fleet again if it was changed."""
        self._moment, generation = self._clock.read()
        if generation != self._generation:
            self._fleet = self._directory.read()
            self._generation = generation


class Controller(MibInstrumController):  # type: ignore[misc]
    """What snmpsim asks about one community, in place of its own search through the community's record file."""

    def __init__(self, bridge: Bridge, data_file: Any) -> None:
        super().__init__(data_file)
        self._bridge = bridge
        self._community = Path(str(data_file).removesuffix(" controller")).stem

    def read_variables(self, *variables: Any, **context: Any) -> Variables:
        """Answer a GET."""
        return self._answered(variables, context, is_next=False)

    def read_next_variables(self, *variables: Any, **context: Any) -> Variables:
        """Answer a GETNEXT, or one repetition of a GETBULK."""
        return self._answered(variables, context, is_next=True)

    def write_variables(self, *variables: Any, **_: Any) -> Variables:
        """Refuse a SET."""
        raise smi_error.NotWritableError(name=variables[0][0], idx=0)

    def _answered(self, variables: Sequence[Any], context: dict[str, Any], *, is_next: bool) -> Variables:
        if self._community == READY_COMMUNITY:
            return [(name, rfc1902.OctetString(READY_ANSWER)) for name, _ in variables]
        received = context["snmpEngine"].observer.get_execution_context("rfc3412.receiveMessage:request")
        asked = [name for name, _ in variables]
        return _or_end(lambda: self._bridge.answer(asked, self._community, received, is_next=is_next))


def _or_end(answer: Callable[[], Variables]) -> Variables:
    """Return the answer; end the process if there is none for a reason that SNMP does not know.

    A broken printer must not look like one that is off, or empty.
    """
    try:
        return answer()
    except PySnmpError:
        raise
    except Exception as error:
        traceback.print_exc()
        raise SystemExit(1) from error


def _variables_wanted(pdu: Any, names: int) -> int:
    """Return how many variables the whole answer would hold."""
    # RFC 3416: the third field of a GetBulkRequest-PDU is max-repetitions.
    return names * int(pdu[2]) if type(pdu).__name__ == _GET_BULK else names


def end_with_parent() -> None:
    """End this process when the one that started it lets go of our standard input."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="end-with-parent", daemon=True).start()
