"""What the Communication Server sends back, as plain values: receipts, and commands with what is due.

A value that no client could obey is refused when it is made, before any of it is stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, get_args

from esolutions_client.wire.ranges import FREQUENCIES, LARGEST_COUNT, check_datetime, check_one_of, check_range

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Action", "Command", "DeviceOutcome", "MeterOrder", "Outcome", "Receipt", "Response", "SyncResponse"]

Action = Literal["TurnOn", "Report"]


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
class MeterOrder:
    """A meter the server asks for, and the bounds its value must lie within to be credible."""

    name: str
    last_value: int | None = None
    last_read_date: datetime | None = None
    ceiling: int | None = None

    def __post_init__(self) -> None:
        """Refuse numbers that no counter shows, and a datetime that no clock does."""
        for bound in (self.last_value, self.ceiling):
            if bound is not None:
                check_range(f"a bound of {self.name}", bound, 0, LARGEST_COUNT)
        if self.last_read_date is not None:
            check_datetime(f"LastReadDate of {self.name}", self.last_read_date)


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
        """Refuse what no client could obey."""
        check_datetime("IssuedAt", self.issued_at)
        check_datetime("AnswerBy", self.answer_by)
        check_datetime("PeriodStart", self.period_start)
        check_datetime("PeriodEnd", self.period_end)
        check_datetime("ReadNotBefore", self.read_not_before)
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
        """Refuse a datetime that no clock shows."""
        check_datetime("IssuedAt", self.issued_at)


@dataclass(frozen=True, slots=True)
class SyncResponse:
    """The receipt of a sync, with everything that is due."""

    receipt_id: str
    in_reply_to: str
    issued_at: datetime
    commands: tuple[Command, ...] = field(default=())
    resume_after: str | None = None

    def __post_init__(self) -> None:
        """Refuse a datetime that no clock shows."""
        check_datetime("IssuedAt", self.issued_at)


Response = Receipt | SyncResponse
