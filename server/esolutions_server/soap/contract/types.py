"""The types of the wire, with their names on it, for spyne to validate, read and write.

Moments stay text here: spyne would lose how they were spelled, and what has
no time zone has to be refused.
"""

# ruff: noqa: RUF012 (spyne's metaclass reads _type_info, and it is never changed)

from __future__ import annotations

from typing import Any

from spyne import ComplexModel, Unicode
from spyne import UnsignedInteger32 as Unsigned
from spyne.model.complex import XmlAttribute, XmlData

from esolutions_server.domain import commands

__all__ = [
    "NAMESPACE",
    "Command",
    "DeviceOutcome",
    "DeviceReading",
    "DeviceStatus",
    "Meter",
    "MeterOrder",
    "NewDevice",
    "Receipt",
    "RegisterProxy",
    "RegisterProxyDevices",
    "SubmitBillingTransaction",
    "Supply",
    "SyncProxy",
    "SyncProxyResponse",
    "SyncProxyStatus",
]

NAMESPACE = "urn:smart-esolutions:communication-server:proxy"
SCHEMA = "http://www.w3.org/2001/XMLSchema"


class Moment(Unicode):  # type: ignore[misc]
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


def _one(kind: Any) -> Any:
    return _named(kind, min_occurs=1)


def _optional(kind: Any) -> Any:
    return _named(kind, min_occurs=0)


def _many(kind: Any) -> Any:
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
    """A complex type of the wire.

    Its members have neither defaults nor columns of a database, for which spyne looks at every one of them each time.
    """

    __namespace__ = NAMESPACE

    def __init__(self, **members: Any) -> None:
        """Take members by their names on the wire; those that are not given are None."""
        for name in self._type_info:
            setattr(self, name, members.get(name))

    def _safe_set(self, key: str, value: Any, _type: Any, _attributes: Any) -> bool:
        setattr(self, key, value)
        return True


class Meter(Model):
    """A meter and its value, if it could be read."""

    _type_info = [
        ("Name", XmlAttribute(MeterName, use="required")),
        ("RolloverAt", XmlAttribute(Unsigned)),
        ("Value", XmlData(MeterValue)),
    ]


class MeterOrder(Model):
    """A meter the server wants to hear about."""

    _type_info = [
        ("LastValue", _optional(Unsigned)),
        ("LastReadDate", _optional(Moment)),
        ("Ceiling", _optional(Unsigned)),
        ("Name", XmlAttribute(MeterName, use="required")),
    ]


class Supply(Model):
    """A supply and its level."""

    _type_info = [
        ("Name", _one(SupplyName)),
        ("State", _one(SupplyState)),
        ("Unit", _optional(SupplyUnit)),
        ("Capacity", _optional(Unsigned)),
        ("Level", _optional(Unsigned)),
    ]


class NewDevice(Model):
    """A device to register."""

    _type_info = [("SerialNumber", _one(SerialNumber)), ("ReadDate", _one(Moment)), ("Meter", _many(Meter))]


class DeviceStatus(Model):
    """What became of a command to turn a device on."""

    _type_info = [
        ("SerialNumber", _one(SerialNumber)),
        ("CommandId", _one(Guid)),
        ("State", _one(ServiceState)),
        ("TurnedOn", _one(Moment)),
        ("PollInterval", _one(Interval)),
    ]


class DeviceReading(Model):
    """The answer to a billing request."""

    _type_info = [
        ("SerialNumber", _one(SerialNumber)),
        ("CommandId", _one(Guid)),
        ("State", _optional(AbsentState)),
        ("ReadDate", _optional(Moment)),
        ("PeriodEnd", _optional(Moment)),
        ("Meter", _many(Meter)),
        ("Supply", _many(Supply)),
    ]


class Command(Model):
    """What a proxy shall do about a device."""

    _type_info = [
        ("CommandId", _one(Guid)),
        ("SerialNumber", _one(SerialNumber)),
        ("Action", _one(Action)),
        ("IssuedAt", _one(Moment)),
        ("AnswerBy", _one(Moment)),
        ("Frequency", _one(Frequency)),
        ("PeriodStart", _one(Moment)),
        ("PeriodEnd", _one(Moment)),
        ("ReadNotBefore", _one(Moment)),
        ("PollInterval", _one(Interval)),
        ("SilentAfter", _one(Interval)),
        ("LowSupplyPercent", _one(Unsigned)),
        ("Repeat", _one(Unsigned)),
        ("Meter", _many(MeterOrder)),
    ]


class DeviceOutcome(Model):
    """What the server made of a device."""

    _type_info = [
        ("SerialNumber", _one(SerialNumber)),
        ("Outcome", _one(Outcome)),
        ("Reason", _optional(OutcomeReason)),
    ]


_BEGINNING = [("MessageId", _one(Guid)), ("Attempt", _one(Unsigned)), ("ComposedAt", _one(Moment))]
_ACKNOWLEDGED = [("LastReceiptId", _optional(Guid))]
_CONTACT = [("InstanceId", _one(Guid)), ("NextContactAt", _one(Moment))]
_ACKNOWLEDGEMENT = [
    ("ReceiptId", _one(Guid)),
    ("InReplyTo", _one(Guid)),
    ("IssuedAt", _one(Moment)),
    ("ResumeAfter", _optional(Guid)),
]


class RegisterProxy(Model):
    """An installed client makes itself known."""

    _type_info = [
        *_BEGINNING,
        *_CONTACT,
        ("Secret", _one(Secret)),
        ("InstalledAt", _one(Moment)),
        ("ConsentGivenAt", _one(Moment)),
        ("DailySyncTime", _one(TimeOfDay)),
        ("SyncWindow", _one(Interval)),
        ("PollInterval", _one(Interval)),
    ]


class RegisterProxyDevices(Model):
    """A proxy makes devices known."""

    _type_info = [
        *_BEGINNING,
        *_ACKNOWLEDGED,
        *_CONTACT,
        ("ConsentGivenAt", _one(Moment)),
        ("DetectedAt", _one(Moment)),
        ("LastPollAt", _optional(Moment)),
        ("FleetDigest", _one(Digest)),
        ("Device", _many(NewDevice)),
    ]


class SyncProxy(Model):
    """A proxy asks what there is to do."""

    _type_info = [
        *_BEGINNING,
        *_ACKNOWLEDGED,
        *_CONTACT,
        ("Reason", _one(Reason)),
        ("LastPollAt", _optional(Moment)),
        ("Queue", _one(Unsigned)),
        ("FleetDigest", _one(Digest)),
    ]


class SyncProxyStatus(Model):
    """A proxy says which devices it turned on."""

    _type_info = [*_BEGINNING, *_ACKNOWLEDGED, *_CONTACT, ("Device", _many(DeviceStatus))]


class SubmitBillingTransaction(Model):
    """A proxy answers billing requests."""

    _type_info = [
        *_BEGINNING,
        *_ACKNOWLEDGED,
        *_CONTACT,
        ("TransactionId", _one(Guid)),
        ("Device", _many(DeviceReading)),
    ]


class Receipt(Model):
    """The acknowledgement of a message."""

    _type_info = [*_ACKNOWLEDGEMENT, ("Device", _many(DeviceOutcome))]


class SyncProxyResponse(Model):
    """The acknowledgement of a sync, with commands."""

    _type_info = [*_ACKNOWLEDGEMENT, ("Command", _many(Command))]
