"""The plan of one run: which printers stand where, and what goes wrong when.

A plan is a value: it can be printed, compared, and run again with fewer
mishaps, which is how a failure is shrunk.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from esolutions_server.domain.policy import Policy

__all__ = ["QUIESCENCE", "START", "Mishap", "PlannedPrinter", "RunPlan"]

START = datetime(2028, 1, 25, 9, 0, tzinfo=UTC)  # a leap year's end of January: three month ends are near
QUIESCENCE = timedelta(days=9)

_POLL_MINUTES = (120, 60, 240, 180)


@dataclass(frozen=True, slots=True)
class PlannedPrinter:
    """A place in the office: what stands there, its contract, since when, and how near its counter is to its end.

    `comes_at_hours` is None for a printer that was there before, `left` None for a counter far from its end.
    """

    model: str
    frequency: str = "monthly"
    anchor_day: int = 1
    time_zone: str = "UTC"
    comes_at_hours: float | None = None
    left: int | None = None

    @property
    def installed_at(self) -> datetime:
        """Since when it stands there."""
        if self.comes_at_hours is None:
            return START - timedelta(days=300)
        return START + timedelta(seconds=int(self.comes_at_hours * 3600))


@dataclass(frozen=True, slots=True)
class Mishap:
    """One thing that happens: hours after the start, for how many hours; `draw` decides its particulars."""

    kind: str
    at_hours: float
    hours: float
    draw: int

    @property
    def at(self) -> datetime:
        """When it begins."""
        return START + timedelta(seconds=int(self.at_hours * 3600))

    @property
    def until(self) -> datetime:
        """When it ends."""
        return self.at + timedelta(seconds=int(self.hours * 3600))

    def __str__(self) -> str:
        return f"{self.kind} at {self.at:%m-%d %H:%M} for {self.hours:.1f} h (draw {self.draw})"


@dataclass(frozen=True, slots=True)
class RunPlan:
    """One run: its printers by address, and its mishaps by time.

    Where no operator notes replacements, the server hears of them from the client alone.
    """

    seed: int
    days: int
    printers: tuple[PlannedPrinter, ...]
    mishaps: tuple[Mishap, ...] = ()
    operator_notes: bool = True

    @property
    def time_zone(self) -> ZoneInfo:
        """The local time of the office: that of its first contract."""
        return ZoneInfo(self.printers[0].time_zone)

    @property
    def policies(self) -> tuple[Policy, Policy]:
        """The policies of the server, until the middle of the run and from then on."""
        first, second = (_POLL_MINUTES[(self.seed + half) % len(_POLL_MINUTES)] for half in range(2))
        return Policy(poll_interval=timedelta(minutes=first)), Policy(poll_interval=timedelta(minutes=second))

    @property
    def end(self) -> datetime:
        """When mishaps end and quiescence begins."""
        return START + timedelta(days=self.days)

    @property
    def middle(self) -> datetime:
        """Half of the time until then."""
        return START + timedelta(days=self.days) / 2

    def with_mishaps(self, mishaps: tuple[Mishap, ...]) -> RunPlan:
        """Return the same run with other mishaps."""
        return replace(self, mishaps=mishaps)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return asdict(self)
