"""Run snmpsim's responder for printers of a fleet, without the doors and the gaps it comes with.

    python -m esolutions_simulators.snmp.responder PLAN FIRST FOLDER

PLAN is the JSON file of a ``Bridge``, FIRST the number of its first endpoint to
serve. The word ``ready`` on standard output says that every endpoint is bound;
the process ends when its standard input does.
Nothing here decides what a printer answers.
"""

import os
import socket
import sys
from functools import partial
from pathlib import Path
from typing import Any

from pyasn1.type import constraint  # type: ignore[import-untyped]  # what pysnmp decodes with
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from pysnmp.entity.rfc3413 import cmdrsp
from pysnmp.proto import rfc1905
from pysnmp.proto.api import v2c
from snmpsim import controller, datafile, endpoints, variation
from snmpsim.commands import responder

from esolutions_simulators.console.output import say_beside
from esolutions_simulators.snmp.bridge import Bridge, Controller, or_end
from esolutions_simulators.snmp.fast.secure import is_version_3
from esolutions_simulators.snmp.ready import PRINTERS_PER_PROCESS, end_with_parent, say_ready

__all__ = ["main"]

_INDEX = "index"
_VERSION_3 = 3


class _Transport(udp.UdpTransport):  # type: ignore[misc]  # pysnmp has no types
    """Hands messages of version 3 to the bridge: pysnmp has one engine for all, and printers have one each."""

    def __init__(self, bridge: Bridge, endpoint: str) -> None:
        super().__init__()
        self._bridge, self._endpoint = bridge, endpoint

    def datagram_received(self, datagram: bytes, transport_address: Any) -> None:
        """Answer a message of version 3; all others go pysnmp's way."""
        if not is_version_3(datagram):
            super().datagram_received(datagram, transport_address)
            return
        answer = or_end(lambda: self._bridge.respond_securely(datagram, self._endpoint))
        if answer is not None:
            self.transport.sendto(answer, transport_address)


class _Endpoints(endpoints.IPv4TransportEndpoints):  # type: ignore[misc]  # snmpsim has no types
    """Binds at once, where snmpsim leaves it to the loop and goes on without those that fail."""

    def __init__(self, bridge: Bridge) -> None:
        super().__init__()
        self._bridge = bridge

    def _addEndpoint(self, addr: str) -> Any:  # noqa: N802 -- snmpsim's name
        host, _, port = addr.rpartition(":")
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((host, int(port)))
        bound.setblocking(False)  # noqa: FBT003 -- the socket's own way to say it
        return _Transport(self._bridge, addr).open_server_mode(sock=bound), addr


class _Context(responder.context.SnmpContext):  # type: ignore[misc]
    """Knows printers alone: snmpsim would list its record files to a request in the context "index"."""

    def register_context_name(self, name: Any, instrum: Any = None) -> None:
        if not isinstance(instrum, controller.DataIndexInstrumController):
            super().register_context_name(name, instrum)


class _Dispatcher(responder.AsyncioDispatcher):  # type: ignore[misc]
    """Says when it runs, and tells of datagrams that nothing can be made of in a line each kind."""

    def run_dispatcher(self, timeout: float = 0.0) -> None:
        self._told: set[str] = set()
        self.loop.set_exception_handler(lambda _, problem: self._tell(problem))
        self.loop.call_soon(say_ready)
        super().run_dispatcher(timeout)

    def _tell(self, problem: dict[str, Any]) -> None:
        error = problem.get("exception")
        kind = type(error).__name__
        if kind not in self._told:
            self._told.add(kind)
            # pysnmp's messages hold whole tracebacks, in several lines or one.
            text = " ".join(str(error or problem.get("message")).split())
            say_beside(f"a datagram was dropped: {kind}: {text[-200:]}")


class _BulkResponder(cmdrsp.BulkCommandResponder):  # type: ignore[misc]
    """Answers a GETBULK at once, as the agents do: pysnmp leaves those unanswered that ask for nothing."""

    def handle_management_operation(self, engine: Any, state: Any, context_name: Any, pdu: Any) -> None:
        instrum = self.snmpContext.get_mib_instrum(context_name)
        names = [name for name, _ in v2c.apiPDU.get_varbinds(pdu)]
        singles, repetitions = v2c.apiBulkPDU.get_non_repeaters(pdu), v2c.apiBulkPDU.get_max_repetitions(pdu)
        found = instrum.read_bulk_variables(names, int(singles), int(repetitions), snmpEngine=engine)
        self.send_varbinds(engine, state, 0, 0, found)
        self.release_state_information(state)


def _data_files(bridge: Bridge, folder: str) -> list[tuple[str, Any, bytes]]:
    """Return a record file for each community, as snmpsim wants it: always the same, so that no name becomes a path."""
    record = str(Path(folder) / "any.snmprec")
    return [(record, variation.RECORD_TYPES["snmprec"], community) for community in bridge.communities]


def _take_negative_numbers() -> None:
    """Let GETBULK come with numbers below 0, which RFC 3416, section 4.2.3, takes for 0."""
    any_number = constraint.ConstraintsIntersection(constraint.ValueRangeConstraint(-(2**31), 2**31 - 1))
    for field in (rfc1905.nonRepeaters, rfc1905.maxRepetitions):
        # What pyasn1 clones when it decodes such a field; it has no other way to loosen a type.
        field.readOnly["subtypeSpec"] = any_number


def _close_doors() -> None:
    """Leave out the users and the community that every snmpsim has."""
    add_v1_system = config.add_v1_system

    def add_community(engine: Any, index: Any, community: Any, **rest: Any) -> None:
        # pysnmp's version 3 is not heard: a printer that is off would still tell its engine's id.
        engine.message_processing_subsystems.pop(_VERSION_3, None)
        if index != _INDEX:
            add_v1_system(engine, index, community, **rest)

    config.add_v1_system = add_community
    config.add_v3_user = lambda *_: None


def _own_user() -> list[str]:
    """Return what makes snmpsim content to run as root: it asks for a user to change to."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return []
    import grp
    import pwd

    # Another user could not read the fleet nor, often, the Python it runs on; loopback needs no protection.
    user, group = pwd.getpwuid(0).pw_name, grp.getgrgid(0).gr_name
    return ["--process-user", user, "--process-group", group]


def main(plan: str, first: str, folder: str) -> int:
    """Serve the endpoints of a plan from the one numbered ``first`` on, with ``folder`` for snmpsim's own files."""
    end_with_parent()
    try:
        bridge = Bridge.opened(plan)
        mine = bridge.endpoints[int(first) : int(first) + PRINTERS_PER_PROCESS]
    except Exception as error:  # whatever it is, the one who waits for us wants to know
        raise SystemExit(f"cannot open the fleet: {error!r}") from error
    _close_doors()
    _take_negative_numbers()
    controller.MIB_CONTROLLERS[datafile.DataFile.layout] = partial(Controller, bridge)
    datafile.get_data_files = lambda data_dir: _data_files(bridge, data_dir)
    endpoints.IPv4TransportEndpoints = partial(_Endpoints, bridge)
    responder.context.SnmpContext = _Context
    responder.AsyncioDispatcher = _Dispatcher
    responder.BulkCommandResponder = _BulkResponder
    sys.argv[1:] = [
        *("--quiet", "--log-level", "error", "--cache-dir", str(Path(folder) / "cache"), "--data-dir", folder),
        *("--transport-id-offset", first, "--variation-modules-dir", folder, *_own_user()),
        *(f"--agent-udpv4-endpoint={endpoint}" for endpoint in mine),
    ]
    code: int = responder.main()
    return code


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
