"""Say which SNMP engine a printer is at a time: its id, how often it has booted, and for how long it runs.

All three follow from the printer's definition, its incidents and the time,
as everything about a simulated printer does.
"""

from dataclasses import dataclass
from hashlib import sha256

from esolutions_simulators.life.history import Machine
from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = ["Engine", "engine_at", "engine_id"]

# RFC 3411, SnmpEngineID: the highest bit says that a format octet follows; 5 is octets of the maker's own.
_NEW_FORM = 0x8000_0000
_OCTETS = b"\x05"
_OWN_OCTETS = 8
_ENTERPRISES = (1, 3, 6, 1, 4, 1)
# net-snmp's number, for a printer whose sysObjectID names no maker.
_NO_ENTERPRISE = 8072
# snmpEngineBoots and snmpEngineTime are INTEGER (0..2147483647).
_LARGEST = 2**31 - 1


@dataclass(frozen=True, slots=True)
class Engine:
    """An SNMP engine at a time; ``time`` is in seconds since its last start."""

    id: bytes
    boots: int
    time: int


def engine_id(machine: Machine) -> bytes:
    """Return the snmpEngineID of a machine: its maker, and octets that follow from its serial number and its seed."""
    arcs = tuple(map(int, machine.model.system_object_id.split(".")))
    is_made = arcs[: len(_ENTERPRISES)] == _ENTERPRISES and len(arcs) > len(_ENTERPRISES)
    maker = arcs[len(_ENTERPRISES)] if is_made else _NO_ENTERPRISE
    own = sha256(f"engine/{machine.serial}/{machine.seed}".encode()).digest()[:_OWN_OCTETS]
    return (_NEW_FORM | maker).to_bytes(4, "big") + _OCTETS + own


def engine_at(printer: SimulatedPrinter, at_epoch: float) -> Engine:
    """Return the engine of the machine that stands there: each start is a boot, each machine an engine of its own."""
    now = printer.segment_at(at_epoch)
    starts = {
        segment.booted
        for segment in printer.segments
        if segment.machine is now.machine and segment.since <= at_epoch and segment.is_on
    }
    running = max(int(at_epoch - now.booted), 0)
    return Engine(engine_id(now.machine), min(max(len(starts), 1), _LARGEST), min(running, _LARGEST))
