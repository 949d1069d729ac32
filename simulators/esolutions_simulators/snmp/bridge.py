"""Translate between snmpsim's variation interface and our agents.

This runs inside snmpsim's process. It reads the fleet and the clock from the
folder it was given, reads the fleet again when its generation changes, and
never reads any other clock.
"""

import json
import os
import signal
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from pysnmp.error import PySnmpError
from pysnmp.proto import rfc1902
from pysnmp.smi import error as smi_error
from snmpsim.error import NoDataNotification

from esolutions_simulators.agent import NoSuchName, SimulatedAgent, TooBig
from esolutions_simulators.fleet import FleetDirectory
from esolutions_simulators.mib.row import Syntax

__all__ = ["READY", "Bridge", "end_with_parent"]

# What a data file hands over as its value when it only asks whether the bridge is up.
READY = "ready"

_TYPES = {
    Syntax.INTEGER: rfc1902.Integer32,
    Syntax.OCTET_STRING: rfc1902.OctetString,
    Syntax.OBJECT_IDENTIFIER: rfc1902.ObjectIdentifier,
    Syntax.IP_ADDRESS: rfc1902.IpAddress,
    Syntax.COUNTER32: rfc1902.Counter32,
    Syntax.GAUGE32: rfc1902.Gauge32,
    Syntax.TIME_TICKS: rfc1902.TimeTicks,
}
_SNMP_V1 = 1


class _Silence(NoDataNotification, PySnmpError):  # type: ignore[misc]  # noqa: N818 -- no error, a wish
    """There shall be no answer: snmpsim lets the one pass, pysnmp drops the request for the other without a trace."""


class Bridge:
    """Answers for every printer of a fleet; which one is asked follows from the endpoint."""

    def __init__(self, directory: FleetDirectory, endpoints: list[str]) -> None:
        self._directory = directory
        self._endpoints = endpoints
        self._clock = directory.clock()
        self._moment, self._generation = self._clock.read()
        self._fleet = directory.read()

    @classmethod
    def opened(cls, options: str) -> "Bridge":
        """Open the fleet that a JSON file describes: its folder, its clock and the address of each endpoint."""
        plan = json.loads(Path(options).read_text(encoding="utf-8"))
        return cls(FleetDirectory(Path(plan["directory"]), plan["clock"]), plan["endpoints"])

    def answer(self, oid: Any, tag: str, value: Any, **context: Any) -> tuple[Any, str, Any]:
        """Return the name, tag and value of one variable as snmpsim wants them.

        Raises:
            _Silence: there shall be no answer.
            SmiError: the answer is an SNMP error status.
        """
        if value == READY:
            return oid, tag, rfc1902.OctetString(READY)
        asked = context["origOid"]
        if context["setFlag"]:
            raise smi_error.NotWritableError(name=asked, idx=0)
        if context["varsRemaining"] == context["varsTotal"] - 1:
            self._look_at_clock()
        try:
            return self._variable(self._agent(context), asked, tag, context)
        except TooBig as error:
            raise smi_error.TooBigError(name=asked, idx=0) from error
        except NoSuchName:
            return asked, tag, context["errorStatus"]

    def _look_at_clock(self) -> None:
        """Fix the moment for a whole request, and read the fleet again if it was changed."""
        self._moment, generation = self._clock.read()
        if generation != self._generation:
            self._fleet = self._directory.read()
            self._generation = generation

    def _agent(self, context: dict[str, Any]) -> SimulatedAgent:
        # The last number of the transport domain counts the endpoints of all processes.
        address = self._endpoints[int(context["transportDomain"][-1])]
        agent = self._fleet.agent_at(address, self._moment)
        if agent is None:
            raise _Silence
        agent.fit(_variables_wanted(context), self._moment)
        return agent

    def _variable(self, agent: SimulatedAgent, asked: Any, tag: str, context: dict[str, Any]) -> tuple[Any, str, Any]:
        name = str(asked)
        signed = {
            "community": str(context["dataFile"]).rpartition("/")[2].removesuffix(".snmprec"),
            "version": "1" if int(context["securityModel"]) == _SNMP_V1 else "2c",
        }
        if context["nextFlag"]:
            following = agent.get_next([name], self._moment, **signed)
            name, value = following[0] if following is not None else (name, None)
            answered = following is not None
        else:
            values = agent.get([name], self._moment, **signed)
            value = values[0] if values is not None else None
            answered = values is not None
        if not answered:
            raise _Silence
        if value is None:
            return asked, tag, context["errorStatus"]
        return rfc1902.ObjectName(name), tag, _TYPES[agent.syntax_of(name, self._moment)](value)


def _variables_wanted(context: dict[str, Any]) -> int:
    """Return how many variables the whole answer would hold."""
    wanted = int(context["varsTotal"])
    if context["pduType"] != "GetBulkRequestPDU":
        return wanted
    request = context["snmpEngine"].observer.get_execution_context("rfc3412.receiveMessage:request")["pdu"]
    # RFC 3416: the third field of a GetBulkRequest-PDU is max-repetitions.
    return wanted * int(request[2])


def end_with_parent() -> None:
    """End this process when the one that started it lets go of our standard input."""

    def watch() -> None:
        sys.stdin.buffer.read()
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="end-with-parent", daemon=True).start()
