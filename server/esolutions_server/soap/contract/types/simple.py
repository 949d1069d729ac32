"""The simple types of the wire with their lengths and values, how often a member occurs, and what complex types share.

Times stay text here: spyne would lose how they were spelled, and what has
no time zone has to be refused.
"""

from __future__ import annotations

from typing import Any

from spyne import ComplexModel, Unicode
from spyne import UnsignedInteger32 as Unsigned

from esolutions_server.domain.billing import commands

__all__ = [
    "NAMESPACE",
    "SCHEMA",
    "AbsentState",
    "Action",
    "DateTime",
    "Digest",
    "Frequency",
    "Guid",
    "Interval",
    "MeterName",
    "MeterValue",
    "Model",
    "Outcome",
    "OutcomeReason",
    "Reason",
    "Secret",
    "SerialNumber",
    "ServiceState",
    "SupplyName",
    "SupplyState",
    "SupplyUnit",
    "TimeOfDay",
    "Unsigned",
    "many",
    "one",
    "optional",
]

NAMESPACE = "urn:smart-esolutions:communication-server:proxy"
SCHEMA = "http://www.w3.org/2001/XMLSchema"


class DateTime(Unicode):  # type: ignore[misc]
    """An xs:dateTime, as text."""

    __type_name__ = "dateTime"
    __namespace__ = SCHEMA


class TimeOfDay(Unicode):  # type: ignore[misc]
    """An xs:time, as text."""

    __type_name__ = "time"
    __namespace__ = SCHEMA


def _text(name: str, **facets: Any) -> Any:
    made = Unicode(type_name=name, **facets)
    made.__namespace__ = NAMESPACE
    return made


def _named(kind: Any, **occurrence: Any) -> Any:
    # Without its name, spyne gives a customised type a name of its own.
    made = kind.customize(type_name=kind.get_type_name(), nillable=False, **occurrence)
    made.__namespace__ = kind.__namespace__
    return made


def one(kind: Any) -> Any:
    """Say that a member is there once."""
    return _named(kind, min_occurs=1)


def optional(kind: Any) -> Any:
    """Say that a member may be left out."""
    return _named(kind, min_occurs=0)


def many(kind: Any) -> Any:
    """Say that a member is there any number of times."""
    return kind.customize(min_occurs=0, max_occurs="unbounded", nillable=False)


Guid = _text("Guid", min_len=36, max_len=36)
Secret = _text("Secret", min_len=88, max_len=88)
Digest = _text("Digest", min_len=44, max_len=44)
SerialNumber = _text("SerialNumber", min_len=1, max_len=32)
MeterName = _text("MeterName", min_len=1, max_len=64)
SupplyName = _text("SupplyName", min_len=1, max_len=64)
SupplyUnit = _text("SupplyUnit", min_len=1, max_len=32)
Interval = _text("Interval", pattern="P([0-9]{1,4}D|T[0-9]{1,6}[HMS])")
Reason = _text("Reason", values=["Scheduled", "Requested", "Startup", "Retry"])
Action = _text("Action", values=[each.value for each in commands.Action])
Frequency = _text("Frequency", values=["Monthly", "Quarterly", "SemiAnnual"])
ServiceState = _text("ServiceState", values=[each.value for each in commands.ServiceState])
AbsentState = _text("AbsentState", values=["Replaced", "Retired", "Unknown"])
SupplyState = _text("SupplyState", values=["ok", "low", "empty", "full", "unknown", "some-remaining", "other"])
Outcome = _text("Outcome", values=[each.value for each in commands.Outcome])
OutcomeReason = _text("OutcomeReason", min_len=1, max_len=200)
# The digits of an xs:unsignedInt, or nothing where the meter is there and cannot be read.
MeterValue = _text("MeterValue", pattern="([0-9]{1,10})?")


class Model(ComplexModel):  # type: ignore[misc]
    """A complex type of the wire; its members have no defaults."""

    __namespace__ = NAMESPACE

    def __init__(self, **members: Any) -> None:
        """Take members by their names on the wire; those that are not given are None."""
        for name in self._type_info:
            setattr(self, name, members.get(name))
