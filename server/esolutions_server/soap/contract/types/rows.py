"""The rows of messages: what is said about one device, meter or supply, and one command."""

# ruff: noqa: RUF012 (spyne's metaclass reads _type_info, and it is never changed)

from __future__ import annotations

from spyne.model.complex import XmlAttribute, XmlData

from esolutions_server.soap.contract.types.simple import (
    AbsentState,
    Action,
    DateTime,
    Frequency,
    Guid,
    Interval,
    MeterName,
    MeterValue,
    Model,
    Outcome,
    OutcomeReason,
    SerialNumber,
    ServiceState,
    SupplyName,
    SupplyState,
    SupplyUnit,
    Unsigned,
    many,
    one,
    optional,
)

__all__ = [
    "Command",
    "DeviceOutcome",
    "DeviceReading",
    "DeviceStatus",
    "Meter",
    "MeterOrder",
    "NewDevice",
    "Supply",
]


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
        ("LastValue", optional(Unsigned)),
        ("LastReadDate", optional(DateTime)),
        ("Ceiling", optional(Unsigned)),
        ("Name", XmlAttribute(MeterName, use="required")),
    ]


class Supply(Model):
    """A supply and its level."""

    _type_info = [
        ("Name", one(SupplyName)),
        ("State", one(SupplyState)),
        ("Unit", optional(SupplyUnit)),
        ("Capacity", optional(Unsigned)),
        ("Level", optional(Unsigned)),
    ]


class NewDevice(Model):
    """A device to register."""

    _type_info = [("SerialNumber", one(SerialNumber)), ("ReadDate", one(DateTime)), ("Meter", many(Meter))]


class DeviceStatus(Model):
    """What became of a command to turn a device on."""

    _type_info = [
        ("SerialNumber", one(SerialNumber)),
        ("CommandId", one(Guid)),
        ("State", one(ServiceState)),
        ("TurnedOn", one(DateTime)),
        ("PollInterval", one(Interval)),
    ]


class DeviceReading(Model):
    """The submission for a billing request."""

    _type_info = [
        ("SerialNumber", one(SerialNumber)),
        ("CommandId", one(Guid)),
        ("State", optional(AbsentState)),
        ("ReadDate", optional(DateTime)),
        ("PeriodEnd", optional(DateTime)),
        ("Meter", many(Meter)),
        ("Supply", many(Supply)),
    ]


class Command(Model):
    """What a proxy shall do about a device."""

    _type_info = [
        ("CommandId", one(Guid)),
        ("SerialNumber", one(SerialNumber)),
        ("Action", one(Action)),
        ("IssuedAt", one(DateTime)),
        ("AnswerBy", one(DateTime)),
        ("Frequency", one(Frequency)),
        ("PeriodStart", one(DateTime)),
        ("PeriodEnd", one(DateTime)),
        ("ReadNotBefore", one(DateTime)),
        ("PollInterval", one(Interval)),
        ("SilentAfter", one(Interval)),
        ("LowSupplyPercent", one(Unsigned)),
        ("Repeat", one(Unsigned)),
        ("Meter", many(MeterOrder)),
    ]


class DeviceOutcome(Model):
    """What the server made of a device."""

    _type_info = [
        ("SerialNumber", one(SerialNumber)),
        ("Outcome", one(Outcome)),
        ("Reason", optional(OutcomeReason)),
    ]
