"""What a report shows, as plain values: no testbed, no store, no HTML.

Every text in here may come from a hostile printer or message; the module that writes it
into a page escapes it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "Bill",
    "Envelope",
    "Exchange",
    "Happening",
    "MeterLine",
    "Observed",
    "PrinterHistory",
    "ReadTimes",
    "SupplyLine",
]


@dataclass(frozen=True, slots=True)
class Envelope:
    """One HTTP body without its secrets; `size` is what crossed, `left_out` what this page does not hold, in bytes."""

    text: str
    size: int
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Exchange:
    """One attempt: what a client sent, and what came back.

    `outcome` is one word, `reason` the rest of the client's own sentence;
    `carries` says what the server asked for; `is_routine` marks a sync that
    brought nothing but its receipt.
    """

    number: int
    machine: str
    at: datetime
    operation: str
    attempt: int
    outcome: str
    reason: str
    carries: str
    is_acknowledged: bool
    is_routine: bool
    request: Envelope
    response: Envelope | None


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that is not an exchange: a note of the story, an event at a client, mail from the server."""

    at: datetime
    who: str
    kind: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class MeterLine:
    """The values of a meter at the times of its printer's history; None where there is none."""

    name: str
    unit: str
    source: str
    values: tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """The levels of a supply in percent at the times of its printer's history, and what it is now."""

    name: str
    colorant: str
    percents: tuple[int | None, ...]
    state: str


@dataclass(frozen=True, slots=True)
class Bill:
    """One billing request and what the server billed for it, as (meter, value, impressions) each."""

    serial_number: str
    frequency: str
    period_start: datetime
    period_end: datetime
    asked_at: datetime
    answered_at: datetime | None
    read_at: datetime | None
    state: str
    asked_times: int
    values: tuple[tuple[str, int, int | None], ...]


@dataclass(frozen=True, slots=True)
class PrinterHistory:
    """What one client read from one printer; `times` are those shown, `readings` counts all that were kept."""

    machine: str
    serial_number: str
    vendor: str
    model: str
    state: str
    low_percent: int
    readings: int
    times: tuple[datetime, ...]
    meters: tuple[MeterLine, ...]
    supplies: tuple[SupplyLine, ...]


@dataclass(frozen=True, slots=True)
class ReadTimes:
    """When one client kept readings: seconds since 1970, ascending, one for each reading."""

    machine: str
    seconds: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """Everything a report shows beside the result of the run."""

    began: datetime
    ended: datetime
    machines: tuple[str, ...]
    exchanges: tuple[Exchange, ...]
    happenings: tuple[Happening, ...]
    printers: tuple[PrinterHistory, ...]
    printers_left_out: int
    reads: tuple[ReadTimes, ...]
    bills: tuple[Bill, ...]
