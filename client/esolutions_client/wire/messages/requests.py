"""What a proxy sends to the Communication Server, as plain values.

`codec` turns these into SOAP. Field names in the comments are those of the WSDL, which is the authority on the format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import datetime, time, timedelta

__all__ = [
    "LARGEST_NUMBER",
    "AbsentState",
    "BillingTransaction",
    "DeviceReading",
    "DeviceStatus",
    "Envelope",
    "Meter",
    "NewDevice",
    "ProxyRegistration",
    "ProxyStatus",
    "Registration",
    "Request",
    "ServiceState",
    "Supply",
    "SupplyState",
    "SyncReason",
    "SyncRequest",
    "number_that_fits",
]

SyncReason = Literal["Scheduled", "Requested", "Startup", "Retry"]
SupplyState = Literal["ok", "low", "empty", "full", "unknown", "some-remaining", "other"]
AbsentState = Literal["Replaced", "Retired", "Unknown"]
ServiceState = Literal["Active", "Refused", "Replaced", "Retired", "Unknown"]


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
    """One counter at one time, in impressions unless its name says otherwise.

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
