"""Read what a person typed: a serial number, an id, a name or an address, in the form the store has it.

What cannot be is refused in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.domain.ranges import RangeError, check_printable, check_range
from esolutions_server.service.errors import AdministrationError, NotKnownError
from esolutions_server.store.repositories import devices

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import DeviceRecord

__all__ = ["LONGEST_NAME", "check_address", "check_name", "find_device", "read_guid", "read_serial"]

# As the columns have it; RFC 5321, 4.5.3.1.3, for an address.
LONGEST_NAME = 100
LONGEST_ADDRESS = 254


def read_serial(text: str) -> str:
    """Return the canonical form of a serial number.

    Raises:
        AdministrationError: it can be none.
    """
    try:
        return canonical_serial(text)
    except IdentityError as error:
        raise AdministrationError(str(error)) from None


def read_guid(text: str, kind: str) -> str:
    """Return the canonical form of a GUID; `kind` says what it should name.

    Raises:
        AdministrationError: it is none.
    """
    try:
        return canonical_guid(text)
    except IdentityError as error:
        raise AdministrationError(f"{error}; this names no {kind}") from None


def check_name(what: str, text: str, longest: int) -> None:
    """Let a name pass that can be shown and kept.

    Raises:
        AdministrationError: it cannot.
    """
    try:
        check_range(f"the length of {what}", len(text), 1, longest)
        check_printable(what, text)
    except RangeError as error:
        raise AdministrationError(str(error)) from None


def check_address(text: str) -> None:
    """Let an e-mail address pass.

    Raises:
        AdministrationError: it is none.
    """
    check_name("an e-mail address", text, LONGEST_ADDRESS)
    name, at, host = text.rpartition("@")
    if not name or not at or not host or " " in text:
        raise AdministrationError(f"{text!r} is no e-mail address: give NAME@HOST")


def find_device(work: UnitOfWork, serial: str) -> DeviceRecord:
    """Return the device of a serial number as it was typed.

    Raises:
        NotKnownError: it is not registered.
        AdministrationError: that can be no serial number.
    """
    serial = read_serial(serial)
    device = devices.find(work.connection, serial)
    if device is None:
        raise NotKnownError(f"{serial} is not registered: `devices` lists those that are")
    return device
