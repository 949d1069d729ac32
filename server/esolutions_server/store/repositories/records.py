"""Rows of the store that the service passes around, as tuples with names."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from datetime import date, datetime

__all__ = ["CommandRecord", "DeviceRecord", "EquipmentRecord", "JournalEntry", "MeterRecord", "ProxyRecord"]


class ProxyRecord(NamedTuple):
    """A registered proxy; the fields are the columns of `proxies`, in order."""

    id: str
    secret: str
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


class DeviceRecord(NamedTuple):
    """A device by its canonical serial number; the fields are the columns of `devices`, in order.

    `spelled` is the serial number as its proxy spells it.
    """

    serial: str
    proxy_id: str
    state: str
    registered_at: datetime
    activated_at: datetime | None
    declined_at: datetime | None
    billed_until: datetime | None
    attention_at: datetime | None
    spelled: str
    same_as: str | None
    detected_at: datetime | None
    turned_on_at: datetime | None


class EquipmentRecord(NamedTuple):
    """What the administrative systems know of a device; the columns of `equipment`, in order."""

    serial: str
    account_id: int
    person: str
    installed_on: date
    frequency: str
    anchor_day: int
    time_zone: str


class MeterRecord(NamedTuple):
    """A meter of a device: its first and its last accepted value, None where it was never read.

    The columns of `meters`, in order.
    """

    serial: str
    name: str
    position: int
    opening_value: int | None
    opening_read_at: datetime | None
    last_value: int | None
    last_read_at: datetime | None


class CommandRecord(NamedTuple):
    """A command to a proxy; the columns of `commands`, in order."""

    id: str
    serial: str
    action: str
    state: str
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


class JournalEntry(NamedTuple):
    """One exchange the server saw; the columns of `journal` but for the number, in order."""

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
