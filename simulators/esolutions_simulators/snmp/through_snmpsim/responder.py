"""Run snmpsim's responder for printers of a fleet.

    python -m esolutions_simulators.snmp.through_snmpsim.responder PLAN FIRST FOLDER

PLAN is the JSON file of a ``Bridge``, FIRST the number of its first endpoint to
serve. The word ``ready`` on standard output says that every endpoint is bound;
the process ends when its standard input does.
Nothing here decides what a printer answers.
"""

import sys
from functools import partial
from pathlib import Path
from typing import Any

from pyasn1.type import constraint  # type: ignore[import-untyped]  # what pysnmp decodes with
from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity.rfc3413 import cmdrsp
from pysnmp.proto import rfc1905
from pysnmp.proto.api import v2c
from snmpsim import controller, datafile, variation
from snmpsim.commands import responder

from esolutions_simulators.snmp.fast.secure import is_version_3
from esolutions_simulators.snmp.ready import PRINTERS_PER_PROCESS, end_with_parent
from esolutions_simulators.snmp.through_snmpsim.bridge import Bridge, Controller, or_end
from esolutions_simulators.snmp.through_snmpsim.hosting import host

__all__ = ["main"]


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


def main(plan: str, first: str, folder: str) -> int:
    """Serve the endpoints of a plan from the one numbered ``first`` on, with ``folder`` for snmpsim's own files."""
    end_with_parent()
    try:
        bridge = Bridge.opened(plan)
        mine = bridge.endpoints[int(first) : int(first) + PRINTERS_PER_PROCESS]
    except Exception as error:  # whatever it is, the one who waits for us wants to know
        raise SystemExit(f"cannot open the fleet: {error!r}") from error
    _take_negative_numbers()
    controller.MIB_CONTROLLERS[datafile.DataFile.layout] = partial(Controller, bridge)
    datafile.get_data_files = lambda data_dir: _data_files(bridge, data_dir)
    responder.BulkCommandResponder = _BulkResponder
    arguments = [f"--agent-udpv4-endpoint={endpoint}" for endpoint in mine]
    arguments += ["--transport-id-offset", first, "--data-dir", folder]
    return host(arguments, Path(folder), partial(_Transport, bridge))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
