"""Lay out the rows every SNMP host has: system, interface, address and devices.

The values a customer chose (name, location, contact, address) are here so that
a client can be shown to keep them to itself.
"""

from collections.abc import Iterator

from esolutions_simulators.mib import oids
from esolutions_simulators.mib.row import Fixed, Own, OwnAddress, Row, State, Syntax
from esolutions_simulators.models.schema import Model

__all__ = ["NAMED_BY_ADDRESS", "host_rows"]

# The one row with a name of the printer's own: its address stands where the zeros are.
NAMED_BY_ADDRESS = f"{oids.IP_AD_ENT_ADDR}.0.0.0.0"

_XEROX_ROLES = {"scanner": 102, "copier": 103, "fax": 104}
_RUNNING = 2
_IDLE = 3


def host_rows(model: Model) -> Iterator[Row]:
    """Yield the rows of SNMPv2-MIB, IF-MIB, IP-MIB and HOST-RESOURCES-MIB."""
    yield from _system(model)
    yield Row(f"{oids.IF_PHYS_ADDRESS}.1", Syntax.OCTET_STRING, Own.HARDWARE_ADDRESS)
    yield Row(NAMED_BY_ADDRESS, Syntax.IP_ADDRESS, OwnAddress())
    for device in model.devices:
        role = _XEROX_ROLES.get(device.role)
        kind = oids.HR_DEVICE_PRINTER if role is None else f"{oids.XEROX_ROLE}.{role}"
        yield Row(f"{oids.HR_DEVICE}.1.{device.index}", Syntax.INTEGER, Fixed(device.index))
        yield Row(f"{oids.HR_DEVICE}.2.{device.index}", Syntax.OBJECT_IDENTIFIER, Fixed(kind))
        yield Row(f"{oids.HR_DEVICE}.3.{device.index}", Syntax.OCTET_STRING, Fixed(device.description))
        yield Row(f"{oids.HR_DEVICE}.4.{device.index}", Syntax.OBJECT_IDENTIFIER, Fixed("0.0"))
        yield Row(f"{oids.HR_DEVICE}.5.{device.index}", Syntax.INTEGER, Fixed(_RUNNING))
        yield Row(f"{oids.HR_DEVICE}.6.{device.index}", Syntax.COUNTER32, Fixed(0))
    yield Row(f"{oids.HR_PRINTER}.1.{model.device_index}", Syntax.INTEGER, Fixed(_IDLE))
    yield Row(f"{oids.HR_PRINTER}.2.{model.device_index}", Syntax.OCTET_STRING, State.DETECTED_ERRORS)


def _system(model: Model) -> Iterator[Row]:
    uptime = State.UPTIME_IN_FOUR_OCTETS if "ticks-in-four-octets" in model.quirks else State.UPTIME
    yield Row(f"{oids.SYSTEM}.1.0", Syntax.OCTET_STRING, Fixed(model.system_description))
    yield Row(f"{oids.SYSTEM}.2.0", Syntax.OBJECT_IDENTIFIER, Fixed(model.system_object_id))
    yield Row(f"{oids.SYSTEM}.3.0", Syntax.TIME_TICKS, uptime)
    yield Row(f"{oids.SYSTEM}.4.0", Syntax.OCTET_STRING, Own.CONTACT)
    yield Row(f"{oids.SYSTEM}.5.0", Syntax.OCTET_STRING, Own.HOST_NAME)
    yield Row(f"{oids.SYSTEM}.6.0", Syntax.OCTET_STRING, Own.LOCATION)
    yield Row(f"{oids.SYSTEM}.7.0", Syntax.INTEGER, Fixed(72))
