"""The plan of one life: who lives where, and what goes wrong when. All of it follows from a seed.

A plan is a value: it can be printed, compared, and run again with fewer
mishaps, which is how a failure is shrunk.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

__all__ = ["CALM", "START", "LifePlan", "Mishap", "make_plan"]

START = datetime(2028, 1, 25, 9, 0, tzinfo=UTC)  # a leap year's end of January: three month ends are near
CALM = timedelta(days=9)

_MODELS = ("colour-a3-mfp", "mono-workgroup", "fuji-xerox", "small-phaser", "nominal")
_FREQUENCIES = ("monthly", "monthly", "quarterly", "semi-annual")
_ANCHORS = (1, 15, 28, 29, 30, 31)
_ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland")

# Each kind with its share and the longest it lasts, in hours.
_KINDS: tuple[tuple[str, int, float], ...] = (
    ("server-refuses", 4, 72.0),
    ("server-times-out", 2, 48.0),
    ("reply-lost", 8, 0.0),
    ("billing-reply-lost", 6, 0.0),
    ("request-cut", 4, 0.0),
    ("answer-cut", 4, 0.0),
    ("http-error", 3, 36.0),
    ("answer-garbage", 3, 12.0),
    ("soap-fault", 2, 12.0),
    ("request-repeated", 6, 48.0),
    ("request-altered", 6, 48.0),
    ("answer-altered", 5, 48.0),
    ("billing-interrupted", 6, 600.0),
    ("messages-forged", 4, 72.0),
    ("messages-replayed", 4, 72.0),
    ("message-held-back", 6, 30.0),
    ("printers-unreachable", 4, 48.0),
    ("printer-garbage", 3, 24.0),
    ("printer-truncates", 2, 24.0),
    ("printer-too-big", 2, 24.0),
    ("printer-endless-walk", 2, 24.0),
    ("printer-off", 8, 170.0),
    ("printer-asleep", 3, 24.0),
    ("controller-swapped", 4, 0.0),
    ("printer-replaced", 4, 0.0),
    ("addresses-swapped", 5, 0.0),
    ("machine-off", 8, 120.0),
    ("machine-restarts", 4, 0.0),
    ("client-crashes", 12, 0.0),
    ("server-crashes", 12, 0.0),
    ("server-dies-of-billing", 6, 0.0),
    ("clock-wrong", 5, 60.0),
    ("disk-full", 4, 24.0),
    ("turned-off", 6, 80.0),
    ("bill-now", 14, 0.0),
)


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
class LifePlan:
    """One life. `enrolments` gives each printer its frequency, anchor day and time zone."""

    seed: int
    days: int
    models: tuple[str, ...]
    enrolments: tuple[tuple[str, int, str], ...]
    mishaps: tuple[Mishap, ...]

    @property
    def end(self) -> datetime:
        """When mishaps end and the calm begins."""
        return START + timedelta(days=self.days)

    def with_mishaps(self, mishaps: tuple[Mishap, ...]) -> LifePlan:
        """Return the same life with other mishaps."""
        return replace(self, mishaps=mishaps)

    def as_json(self) -> dict[str, Any]:
        """Return the plan as plain data."""
        return asdict(self)


def make_plan(seed: int, days: int) -> LifePlan:
    """Draw a life from a seed."""
    rng = Random(f"life/{seed}")  # noqa: S311 - a simulation must be repeatable
    printers = rng.randint(1, 4)
    models = tuple(rng.choice(_MODELS) for _ in range(printers))
    enrolments = tuple((rng.choice(_FREQUENCIES), rng.choice(_ANCHORS), rng.choice(_ZONES)) for _ in range(printers))
    mishaps = [_mishap(rng, days) for _ in range(rng.randint(2, max(3, days // 3)))]
    mishaps.sort(key=lambda mishap: (mishap.at_hours, mishap.kind, mishap.draw))
    return LifePlan(seed, days, models, enrolments, tuple(mishaps))


def _mishap(rng: Random, days: int) -> Mishap:
    kind, _, longest = rng.choices(_KINDS, weights=[share for _, share, _ in _KINDS])[0]
    at = round(rng.uniform(26.0, max(27.0, days * 24.0 - 24.0)), 3)
    hours = round(min(rng.uniform(0.2, longest), days * 24.0 - at), 3) if longest else 0.0
    return Mishap(kind, at, max(hours, 0.0), rng.getrandbits(30))
