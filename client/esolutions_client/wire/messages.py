"""The messages between a proxy and the Communication Server, as plain values.

Requests are what this client composes, answers what the server sends back.
Nothing here knows XML: `codec` turns these into SOAP and back. Field names in
the comments are those of the WSDL, which is the authority on the format.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, get_args

from esolutions_client.wire.ranges import FREQUENCIES, LARGEST_COUNT, check_moment, check_one_of, check_range

if TYPE_CHECKING:
    from datetime import datetime, time

__all__ = [
    "AbsentState",
    "Action",
    "BillingTransaction",
    "Command",
    "DeviceOutcome",
    "DeviceReading",
    "DeviceStatus",
    "Envelope",
    "Meter",
    "MeterOrder",
    "NewDevice",
    "Outcome",
    "ProxyRegistration",
    "ProxyStatus",
    "Receipt",
    "Registration",
    "Request",
    "Response",
    "Supply",
    "SyncRequest",
    "SyncResponse",
    "number_that_fits",
]

Action = Literal["TurnOn", "Report"]
SyncReason = Literal["Scheduled", "Requested", "Startup", "Retry"]
SupplyState = Literal["ok", "low", "empty", "full", "unknown", "some-remaining", "other"]
AbsentState = Literal["Replaced", "Retired", "Unknown"]
ServiceState = Literal["Active", "Refused", "Replaced", "Retired", "Unknown"]


class Outcome(StrEnum):
    """What the server says of one device of a message."""

    ACCEPTED = "Accepted"
    HELD = "Held"
    REFUSED = "Refused"

    @classmethod
    def _missing_(cls, value: object) -> Outcome | None:
        """Take a word of a newer server for a refusal: it is not that the server has accepted anything."""
        return cls.REFUSED if isinstance(value, str) else None


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every request says about itself.

    `attempt` counts from 1; `last_receipt_id` acknowledges the newest receipt
    this proxy holds, so that the server may forget older ones.
    """

    message_id: str
    composed_at: datetime
    instance_id: str
    next_contact_at: datetime
    attempt: int = 1
    last_receipt_id: str | None = None


# xs:unsignedInt, which the numbers of meters and supplies are in the WSDL.
LARGEST_NUMBER = 2**32 - 1


def number_that_fits(number: int | None) -> int | None:
    """Return a number of a printer if a message has room for it: one that has none must not stop all the others."""
    return number if number is not None and 0 <= number <= LARGEST_NUMBER else None


@dataclass(frozen=True, slots=True)
class Meter:
    """One counter at one moment, in impressions unless its name says otherwise.

    `value` is None where the counter was asked for, or billed before, and cannot be read.
    """

    name: str
    value: int | None
    rollover_at: int | None = None


@dataclass(frozen=True, slots=True)
class Supply:
    """One supply: its name, state and, where the printer knows them, unit, capacity and level."""

    name: str
    state: SupplyState
    unit: str | None = None
    capacity: int | None = None
    level: int | None = None


@dataclass(frozen=True, slots=True)
class ProxyRegistration:
    """RegisterProxy: this installation and the secret it will prove itself by."""

    secret: str
    installed_at: datetime
    consent_given_at: datetime
    daily_sync_time: time
    sync_window: timedelta
    poll_interval: timedelta


@dataclass(frozen=True, slots=True)
class NewDevice:
    """One printer to register, with the opening reading that the first bill starts from."""

    serial_number: str
    read_date: datetime
    meters: tuple[Meter, ...] = ()


@dataclass(frozen=True, slots=True)
class Registration:
    """RegisterProxyDevices: the printers a person chose to register."""

    consent_given_at: datetime
    detected_at: datetime
    last_poll_at: datetime | None
    fleet_digest: str
    devices: tuple[NewDevice, ...]


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """SyncProxy: is anything due?"""

    reason: SyncReason
    last_poll_at: datetime | None
    queue: int
    fleet_digest: str


@dataclass(frozen=True, slots=True)
class DeviceStatus:
    """The service of one device was turned on, or refused."""

    serial_number: str
    command_id: str
    state: ServiceState
    turned_on: datetime
    poll_interval: timedelta


@dataclass(frozen=True, slots=True)
class ProxyStatus:
    """SyncProxyStatus: requests can now be made for these devices."""

    devices: tuple[DeviceStatus, ...]


@dataclass(frozen=True, slots=True)
class DeviceReading:
    """The reading of one device that answers one billing request.

    `period_end` is there only where the reading is offered to a server that may have forgotten the request. A device
    that this client does not read has a `state` in the place of all that is read.
    """

    serial_number: str
    command_id: str
    read_date: datetime | None
    meters: tuple[Meter, ...] = ()
    supplies: tuple[Supply, ...] = ()
    period_end: datetime | None = None
    state: AbsentState | None = None


@dataclass(frozen=True, slots=True)
class BillingTransaction:
    """SubmitBillingTransaction: readings that answer billing requests."""

    transaction_id: str
    devices: tuple[DeviceReading, ...]


Request = ProxyRegistration | Registration | SyncRequest | ProxyStatus | BillingTransaction


@dataclass(frozen=True, slots=True)
class MeterOrder:
    """A meter the server asks for, and the bounds its value must lie within to be credible."""

    name: str
    last_value: int | None = None
    last_read_date: datetime | None = None
    ceiling: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that no counter shows, and a moment that no clock does."""
        for bound in (self.last_value, self.ceiling):
            if bound is not None:
                check_range(f"a bound of {self.name}", bound, 0, LARGEST_COUNT)
        if self.last_read_date is not None:
            check_moment(f"LastReadDate of {self.name}", self.last_read_date)


@dataclass(frozen=True, slots=True)
class Command:
    """What the server wants of one device: turn the service on, or report its meters for a billing period."""

    command_id: str
    serial_number: str
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
    meters: tuple[MeterOrder, ...] = ()

    def __post_init__(self) -> None:
        """Refuse what nobody could obey, before any of it is stored."""
        check_moment("IssuedAt", self.issued_at)
        check_moment("AnswerBy", self.answer_by)
        check_moment("PeriodStart", self.period_start)
        check_moment("PeriodEnd", self.period_end)
        check_moment("ReadNotBefore", self.read_not_before)
        check_one_of("Action", self.action, get_args(Action))
        check_one_of("Frequency", self.frequency, FREQUENCIES)
        check_range("LowSupplyPercent", self.low_supply_percent, 0, 100)
        check_range("Repeat", self.repeat, 0, LARGEST_COUNT)
        check_range("PollInterval", self.poll_interval, timedelta(minutes=1), timedelta(days=1))
        check_range("SilentAfter", self.silent_after, timedelta(hours=1), timedelta(days=366))
        if self.period_end < self.period_start:
            raise ValueError(f"the period of a command ends at {self.period_end}, before it begins")


@dataclass(frozen=True, slots=True)
class DeviceOutcome:
    """What became of one device of a message, and why, where it is not Accepted."""

    serial_number: str
    outcome: Outcome
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """The server has committed the message `in_reply_to`.

    `resume_after` is there only where the server does not know the newest receipt this proxy holds: it was restored,
    and that is the last one it knows this proxy to hold.
    """

    receipt_id: str
    in_reply_to: str
    issued_at: datetime
    devices: tuple[DeviceOutcome, ...] = ()
    resume_after: str | None = None

    def __post_init__(self) -> None:
        """Refuse a moment that no clock shows."""
        check_moment("IssuedAt", self.issued_at)


@dataclass(frozen=True, slots=True)
class SyncResponse:
    """The receipt of a sync, with everything that is due."""

    receipt_id: str
    in_reply_to: str
    issued_at: datetime
    commands: tuple[Command, ...] = field(default=())
    resume_after: str | None = None

    def __post_init__(self) -> None:
        """Refuse a moment that no clock shows."""
        check_moment("IssuedAt", self.issued_at)


Response = Receipt | SyncResponse
