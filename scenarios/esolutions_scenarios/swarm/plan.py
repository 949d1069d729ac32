"""The plan of one life: who lives where, and what goes wrong when. All of it follows from a seed.

A plan is a value: it can be printed, compared, and run again with fewer
mishaps, which is how a failure is shrunk.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from esolutions_scenarios.swarm.injections import KINDS
from esolutions_server.domain.policy import Policy

__all__ = ["QUIESCENCE", "START", "Mishap", "PlannedPrinter", "RunPlan", "make_plan"]

START = datetime(2028, 1, 25, 9, 0, tzinfo=UTC)  # a leap year's end of January: three month ends are near
QUIESCENCE = timedelta(days=9)

# Those with quirks are rarer here than in the story of the mixed fleet, where each has its turn.
_MODELS = ("colour-a3-mfp", "mono-workgroup", "fuji-xerox", "small-phaser", "nominal") * 4 + (
    "quirk-index-zero",
    "quirk-life-count-integer",
    "quirk-missing-rows",
    "quirk-names-walk-only",
    "quirk-odd-text",
    "quirk-sentinel-levels",
    "quirk-too-big",
    "quirk-walk-only",
    "quirk-odd-encoding",
    "quirk-gbk",
    "quirk-roman8",
    "quirk-null-rows",
    "quirk-placeholder-serial",
    "quirk-two-printers",
)
_FREQUENCIES = ("monthly", "monthly", "quarterly", "semi-annual")
_ANCHORS = (1, 15, 28, 29, 30, 31)
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")
# One printer in so many comes later, and one in so many has a counter near its end.
_ONE_COMES_LATER_OF = 6
_ONE_IS_NEAR_ITS_END_OF = 4
_EARLIEST_HOURS = 26.0
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
    """One life: its printers by address, and its mishaps by moment.

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
        """The terms of the server, until the middle of the life and from then on."""
        first, second = (_POLL_MINUTES[(self.seed + half) % len(_POLL_MINUTES)] for half in range(2))
        return Policy(poll_interval=timedelta(minutes=first)), Policy(poll_interval=timedelta(minutes=second))

    @property
    def end(self) -> datetime:
        """When mishaps end and the calm begins."""
        return START + timedelta(days=self.days)

    @property
    def middle(self) -> datetime:
        """Half of the time until then."""
        return START + timedelta(days=self.days) / 2

    def with_mishaps(self, mishaps: tuple[Mishap, ...]) -> RunPlan:
        """Return the same life with other mishaps."""
        return replace(self, mishaps=mishaps)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return asdict(self)


def make_plan(seed: int, days: int) -> RunPlan:
    """Draw a life from a seed."""
    rng = Random(f"life/{seed}")  # noqa: S311 - a simulation must be repeatable
    printers = tuple(_printer(rng, days) for _ in range(rng.randint(1, 4)))
    if all(printer.comes_at_hours is not None for printer in printers):
        # An office without a printer would have nothing to live for.
        printers = (replace(printers[0], comes_at_hours=None), *printers[1:])
    mishaps = [_mishap(rng, days) for _ in range(rng.randint(2, max(3, days // 3)))]
    mishaps.sort(key=lambda mishap: (mishap.at_hours, mishap.kind, mishap.draw))
    return RunPlan(seed, days, printers, tuple(mishaps), operator_notes=bool(rng.getrandbits(1)))


def _printer(rng: Random, days: int) -> PlannedPrinter:
    return PlannedPrinter(
        model=rng.choice(_MODELS),
        frequency=rng.choice(_FREQUENCIES),
        anchor_day=rng.choice(_ANCHORS),
        time_zone=rng.choice(_ZONES),
        comes_at_hours=None if rng.randrange(_ONE_COMES_LATER_OF) else _moment(rng, days),
        left=None if rng.randrange(_ONE_IS_NEAR_ITS_END_OF) else rng.randint(50, 3000),
    )


def _mishap(rng: Random, days: int) -> Mishap:
    (kind,) = rng.choices(list(KINDS), weights=[kind.share for kind in KINDS.values()])
    at = _moment(rng, days)
    longest = KINDS[kind].longest_hours
    hours = round(min(rng.uniform(0.2, longest), days * 24.0 - at), 3) if longest else 0.0
    return Mishap(kind, at, max(hours, 0.0), rng.getrandbits(30))


def _moment(rng: Random, days: int) -> float:
    return round(rng.uniform(_EARLIEST_HOURS, max(_EARLIEST_HOURS + 1.0, days * 24.0 - 24.0)), 3)
