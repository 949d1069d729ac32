"""Describe one row of a printer's MIB: fixed, or a question to ask of the time.

A row says where it stands, how it is typed on the wire, and either its value
or what the value depends on. Answering is the agent's work.
"""

from dataclasses import dataclass
from enum import Enum, IntEnum

from esolutions_simulators.mib.encoded import Encoded

__all__ = [
    "NULL",
    "Fixed",
    "Level",
    "LowAlert",
    "Meter",
    "NullByTurns",
    "Own",
    "OwnAddress",
    "Row",
    "Source",
    "State",
    "Syntax",
    "Value",
    "is_null_day",
    "oid_key",
]


class _Null(Enum):
    """ASN.1's NULL as a value: the row is there, and says nothing."""

    NULL = "NULL"


NULL = _Null.NULL
# An absent row is None: noSuchObject, noSuchInstance or endOfMibView.
Value = int | bytes | str | Encoded | _Null | None

_DAY_S = 86_400
_TURN_DAYS = 4


class Syntax(IntEnum):
    """The ASN.1 tags of RFC 2578, as .snmprec files number them."""

    INTEGER = 2
    OCTET_STRING = 4
    NULL = 5
    OBJECT_IDENTIFIER = 6
    IP_ADDRESS = 64
    COUNTER32 = 65
    GAUGE32 = 66
    TIME_TICKS = 67


@dataclass(frozen=True, slots=True)
class Fixed:
    """A value that does not change while the machine stands."""

    value: int | bytes | str | Encoded | _Null


@dataclass(frozen=True, slots=True)
class Meter:
    """A count of the usage, by its place in Counts; starts again at 1 above ``rollover``."""

    count: int
    rollover: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """The level of the supply that stands at this place in the model."""

    supply: int


@dataclass(frozen=True, slots=True)
class LowAlert:
    """A column of the alert that is there while this supply is nearly at its end, and when it is there."""

    supply: int
    low: int | bytes
    spent: int | bytes


@dataclass(frozen=True, slots=True)
class NullByTurns:
    """What is NULL on one day of four, and comes back."""

    source: "Fixed | Meter | Level | Own"


class State(Enum):
    """What depends on the whole machine."""

    UPTIME = "uptime"
    UPTIME_IN_FOUR_OCTETS = "uptime in four octets"
    DETECTED_ERRORS = "detected errors"


class Own(Enum):
    """What differs between two printers of a model: the serial number, and what ``Site`` calls so."""

    SERIAL = "serial"
    HOST_NAME = "host_name"
    LOCATION = "location"
    CONTACT = "contact"
    OPERATOR = "operator"
    SERVICE_PERSON = "service_person"
    PRINTER_NAME = "printer_name"
    HARDWARE_ADDRESS = "hardware_address"


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """The address that the printer stands at; not there where it is another than the one ``asked`` for."""

    asked: str | None = None


Source = Fixed | Meter | Level | LowAlert | NullByTurns | State | Own | OwnAddress


@dataclass(frozen=True, slots=True)
class Row:
    """One variable: its name in dotted form, its type on the wire and where its value comes from."""

    oid: str
    syntax: Syntax
    source: Source


def is_null_day(at_epoch: float) -> bool:
    """Tell whether it is one of the days on which rows that are NULL by turns are."""
    return int(at_epoch // _DAY_S) % _TURN_DAYS == _TURN_DAYS - 1


def oid_key(oid: str) -> tuple[int, ...]:
    """Return what orders OIDs as SNMP does: ``1.3.10`` after ``1.3.9``.

    Raises:
        ValueError: the text is no dotted OID.
    """
    return tuple(map(int, oid.split(".")))
