"""The interfaces of a printer: their hardware addresses tell two machines apart at the site, and never leave it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.snmp.queries import walk
from esolutions_client.snmp.rows import mib

if TYPE_CHECKING:
    from esolutions_client.snmp.pdus import Conversation

__all__ = ["find_hardware_addresses"]

# An EUI-48; the lowest bit of its first octet marks a group of machines.
_OCTETS = 6
_GROUP_BIT = 1
# No printer has as many interfaces; a print server may.
_MOST_INTERFACES = 8


def find_hardware_addresses(version: str) -> Conversation[tuple[str, ...]]:
    """Return the hardware addresses of the interfaces in hexadecimal, sorted: a loopback has none, or zeros."""
    rows = yield from walk(mib.IF_PHYS_ADDRESS, version=version, rows_at_once=2, most_rows=_MOST_INTERFACES)
    octets = {value for value in rows.values() if isinstance(value, bytes) and _is_of_one_machine(value)}
    return tuple(sorted(value.hex() for value in octets))


def _is_of_one_machine(value: bytes) -> bool:
    return len(value) == _OCTETS and any(value) and not value[0] & _GROUP_BIT
