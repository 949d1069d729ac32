"""The messages of the wire as plain values, after parsing and before spelling.

Times are aware UTC, durations are timedeltas. XML is not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from esolutions_server.domain.billing.commands import Action, Outcome, ServiceState
    from esolutions_server.domain.billing.plausibility import MeterValue

__all__ = [
    "Command",
    "DeviceOutcome",
    "DeviceReading",
    "DeviceStatus",
    "MessageHeader",
    "MeterOrder",
    "NewDevice",
    "Receipt",
    "RegisterProxy",
    "RegisterProxyDevices",
    "Request",
    "Response",
    "SubmitBillingTransaction",
    "SupplyLevel",
    "SyncProxy",
    "SyncProxyResponse",
    "SyncProxyStatus",
]


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """What every request begins with; `named` is the message id as it was spelled, for the response to it."""

    message_id: str
    named: str
    attempt: int
    composed_at: datetime
    instance_id: str
    next_contact_at: datetime
    last_receipt_id: str | None = None


@dataclass(frozen=True, slots=True)
class RegisterProxy:
    """An installed client makes itself and its secret known."""

    header: MessageHeader
    secret: str
    installed_at: datetime
    consent_given_at: datetime
    daily_sync_time: str
    sync_window: timedelta
    poll_interval: timedelta


@dataclass(frozen=True, slots=True)
class NewDevice:
    """A device to register, with its opening readings."""

    serial: str
    read_at: datetime
    meters: tuple[MeterValue, ...]


@dataclass(frozen=True, slots=True)
class RegisterProxyDevices:
    """A proxy makes devices known."""

    header: MessageHeader
    consent_given_at: datetime
    detected_at: datetime
    last_poll_at: datetime | None
    fleet_digest: str
    devices: tuple[NewDevice, ...]


@dataclass(frozen=True, slots=True)
class SyncProxy:
    """The daily question: is there anything to do?"""

    header: MessageHeader
    reason: str
    last_poll_at: datetime | None
    queue: int
    fleet_digest: str


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """What became of a command to turn a device on."""

    serial: str
    command_id: str
    state: ServiceState
    turned_on: datetime
    poll_interval: timedelta


@dataclass(frozen=True, slots=True)
class SyncProxyStatus:
    """A proxy says which devices it turned on."""

    header: MessageHeader
    devices: tuple[DeviceStatus, ...]


class SupplyLevel(NamedTuple):
    """One supply of a device; capacity and level in `unit`, None where the device does not know."""

    name: str
    state: str
    unit: str | None
    capacity: int | None
    level: int | None


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """The submission to one billing request; `state` says why there is no reading, where there is none."""

    serial: str
    command_id: str
    read_at: datetime | None
    meters: tuple[MeterValue, ...]
    supplies: tuple[SupplyLevel, ...]
    # Only where a proxy offers again what was acknowledged: the request may have been forgotten.
    period_end: datetime | None = None
    state: ServiceState | None = None


@dataclass(frozen=True, slots=True)
class SubmitBillingTransaction:
    """A proxy answers billing requests."""

    header: MessageHeader
    transaction_id: str
    devices: tuple[DeviceReading, ...]


@dataclass(frozen=True, slots=True)
class DeviceOutcome:
    """What the server made of one device of a message, and why, where it did not accept it."""

    serial: str
    outcome: Outcome
    reason: str | None = None


class MeterOrder(NamedTuple):
    """A meter the server wants to hear about, and what it knows of it: nothing, where it was never read."""

    name: str
    last_value: int | None
    last_read_at: datetime | None
    ceiling: int | None


@dataclass(frozen=True, slots=True)
class Command:
    """What a proxy shall do about one device."""

    command_id: str
    serial: str
    action: Action
    issued_at: datetime
    answer_by: datetime
    frequency: str
    period_start: datetime
    period_end: datetime
    read_not_before: datetime
    poll_interval: timedelta
    silent_after: timedelta
    low_supply_percent: int
    repeat: int
    meters: tuple[MeterOrder, ...]


@dataclass(frozen=True, slots=True)
class Receipt:
    """The acknowledgement of a message."""

    receipt_id: str
    in_reply_to: str
    issued_at: datetime
    devices: tuple[DeviceOutcome, ...] = ()
    # Only where the proxy holds a receipt that this server does not know: from where on to offer again.
    resume_after: str | None = None


@dataclass(frozen=True, slots=True)
class SyncProxyResponse:
    """The acknowledgement of a sync, with the open commands."""

    receipt_id: str
    in_reply_to: str
    issued_at: datetime
    commands: tuple[Command, ...]
    resume_after: str | None = None


class Request(Protocol):
    """What all requests have in common."""

    @property
    def header(self) -> MessageHeader:
        """What every request begins with."""


Response = Receipt | SyncProxyResponse
