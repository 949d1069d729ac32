"""The messages of the five operations: each request, and the two responses."""

# ruff: noqa: RUF012 (spyne's metaclass reads _type_info, and it is never changed)

from __future__ import annotations

from esolutions_server.soap.contract.types.rows import Command, DeviceOutcome, DeviceReading, DeviceStatus, NewDevice
from esolutions_server.soap.contract.types.simple import (
    DateTime,
    Digest,
    Guid,
    Interval,
    Model,
    Reason,
    Secret,
    TimeOfDay,
    Unsigned,
    many,
    one,
    optional,
)

__all__ = [
    "Receipt",
    "RegisterProxy",
    "RegisterProxyDevices",
    "SubmitBillingTransaction",
    "SyncProxy",
    "SyncProxyResponse",
    "SyncProxyStatus",
]

_BEGINNING = [("MessageId", one(Guid)), ("Attempt", one(Unsigned)), ("ComposedAt", one(DateTime))]
_ACKNOWLEDGED = [("LastReceiptId", optional(Guid))]
_CONTACT = [("InstanceId", one(Guid)), ("NextContactAt", one(DateTime))]
_ACKNOWLEDGEMENT = [
    ("ReceiptId", one(Guid)),
    ("InReplyTo", one(Guid)),
    ("IssuedAt", one(DateTime)),
    ("ResumeAfter", optional(Guid)),
]


class RegisterProxy(Model):
    """An installed client makes itself known."""

    _type_info = [
        *_BEGINNING,
        *_CONTACT,
        ("Secret", one(Secret)),
        ("InstalledAt", one(DateTime)),
        ("ConsentGivenAt", one(DateTime)),
        ("DailySyncTime", one(TimeOfDay)),
        ("SyncWindow", one(Interval)),
        ("PollInterval", one(Interval)),
    ]


class RegisterProxyDevices(Model):
    """A proxy makes devices known."""

    _type_info = [
        *_BEGINNING,
        *_ACKNOWLEDGED,
        *_CONTACT,
        ("ConsentGivenAt", one(DateTime)),
        ("DetectedAt", one(DateTime)),
        ("LastPollAt", optional(DateTime)),
        ("FleetDigest", one(Digest)),
        ("Device", many(NewDevice)),
    ]


class SyncProxy(Model):
    """A proxy asks what there is to do."""

    _type_info = [
        *_BEGINNING,
        *_ACKNOWLEDGED,
        *_CONTACT,
        ("Reason", one(Reason)),
        ("LastPollAt", optional(DateTime)),
        ("Queue", one(Unsigned)),
        ("FleetDigest", one(Digest)),
    ]


class SyncProxyStatus(Model):
    """A proxy says which devices it turned on."""

    _type_info = [*_BEGINNING, *_ACKNOWLEDGED, *_CONTACT, ("Device", many(DeviceStatus))]


class SubmitBillingTransaction(Model):
    """A proxy answers billing requests."""

    _type_info = [
        *_BEGINNING,
        *_ACKNOWLEDGED,
        *_CONTACT,
        ("TransactionId", one(Guid)),
        ("Device", many(DeviceReading)),
    ]


class Receipt(Model):
    """The acknowledgement of a message."""

    _type_info = [*_ACKNOWLEDGEMENT, ("Device", many(DeviceOutcome))]


class SyncProxyResponse(Model):
    """The acknowledgement of a sync, with commands."""

    _type_info = [*_ACKNOWLEDGEMENT, ("Command", many(Command))]
