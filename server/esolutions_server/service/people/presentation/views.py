"""What people and programs see of a server's data, as frozen values in the order of its columns.

A secret is in none of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from esolutions_server.domain.billing.commands import Action, CommandState, ValueOutcome
    from esolutions_server.domain.devices.proxies import ProxyState
    from esolutions_server.domain.devices.states import DeviceState, Step

__all__ = [
    "AccountView",
    "BillView",
    "CommandView",
    "DeviceMove",
    "DeviceView",
    "EquipmentView",
    "ExchangeView",
    "HeldDecision",
    "MailView",
    "MeterView",
    "PersonView",
    "ProxyView",
    "SupplyView",
    "ValueView",
]


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account of a customer, and the address of its key user."""

    id: int
    name: str
    key_user: str


@dataclass(frozen=True, slots=True)
class PersonView:
    """A person who reports meter reads, and the account they do so for."""

    email: str
    account: str


@dataclass(frozen=True, slots=True)
class EquipmentView:
    """What the administrative systems know of a device."""

    serial: str
    account_id: int
    person: str
    installed_on: date
    frequency: str
    anchor_day: int
    time_zone: str


@dataclass(frozen=True, slots=True)
class ProxyView:
    """An installed client; `sync_window` and `poll_interval` are in seconds.

    `expected_until` is until when it calls if all is well, and `is_silent` says that it did not within the policy's
    grace; `state` is where it is in its life.
    """

    id: str
    registered_at: datetime
    installed_at: datetime
    consent_given_at: datetime
    daily_sync_time: str
    sync_window: int
    poll_interval: int
    instance_id: str
    former_instance_id: str | None
    last_heard_at: datetime
    next_contact_at: datetime
    last_poll_at: datetime | None
    reason: str | None
    queue: int
    last_receipt_id: str | None
    fleet_digest: str
    binds_body: bool
    expected_until: datetime
    is_silent: bool
    state: ProxyState


@dataclass(frozen=True, slots=True)
class MeterView:
    """A meter of a device: its first and its last accepted value in impressions, None where it was never read."""

    serial: str
    name: str
    position: int
    opening_value: int | None
    opening_read_at: datetime | None
    last_value: int | None
    last_read_at: datetime | None


@dataclass(frozen=True, slots=True)
class SupplyView:
    """A supply of a device; capacity and level in `unit`, None where the device does not know."""

    serial: str
    position: int
    name: str
    state: str
    unit: str | None
    capacity: int | None
    level: int | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A registered device; `spelled` is its serial number as its client spells it."""

    serial: str
    proxy_id: str
    state: DeviceState
    registered_at: datetime
    activated_at: datetime | None
    declined_at: datetime | None
    billed_until: datetime | None
    attention_at: datetime | None
    spelled: str
    same_as: str | None
    detected_at: datetime | None
    turned_on_at: datetime | None
    meters: tuple[MeterView, ...]
    supplies: tuple[SupplyView, ...]


@dataclass(frozen=True, slots=True)
class CommandView:
    """A command to a client, and what came of it."""

    id: str
    serial: str
    action: Action
    state: CommandState
    issued_at: datetime
    read_not_before: datetime
    answer_by: datetime
    frequency: str
    period_start: datetime
    period_end: datetime
    sent: int
    answered_at: datetime | None
    answer: str | None
    overdue_mailed_at: datetime | None
    ordered: str | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class ValueView:
    """A meter value that was received: billed with `impressions` since the last one, or not, for a reason."""

    id: int
    command_id: str
    serial: str
    meter: str
    value: int | None
    previous_value: int | None
    rollover_at: int | None
    impressions: int
    read_at: datetime
    received_at: datetime
    outcome: ValueOutcome
    reason: str | None


@dataclass(frozen=True, slots=True)
class BillView(ValueView):
    """A meter value that is billed: as any other that was received, but there is one."""

    value: int


@dataclass(frozen=True, slots=True)
class ExchangeView:
    """An exchange the server saw, with measured and published sizes in bytes; it waited so many seconds."""

    number: int
    moment: datetime
    operation: str | None
    proxy_id: str | None
    message_id: str | None
    attempt: int | None
    devices_in: int
    devices_out: int
    bytes_in: int
    bytes_out: int
    published_in: int | None
    published_out: int | None
    outcome: str
    note: str
    waited: int | None


@dataclass(frozen=True, slots=True)
class MailView:
    """A mail the server wrote."""

    number: int
    moment: datetime
    recipient: str
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class HeldDecision:
    """What became of a held reading that was accepted: the meters that are billed, and those that are not."""

    billed: tuple[str, ...]
    not_billed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DeviceMove:
    """Where a device was taken to at once, and by which steps; none where it was there."""

    state: DeviceState
    steps: tuple[Step, ...]
