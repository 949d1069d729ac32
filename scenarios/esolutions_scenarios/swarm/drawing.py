"""Draw the plan of a run from a seed. Whatever is drawn here in another order makes every run another one."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from esolutions_scenarios.swarm.injections import KINDS
from esolutions_scenarios.swarm.plan import Mishap, PlannedPrinter, RunPlan

__all__ = ["make_plan"]

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


def make_plan(seed: int, days: int) -> RunPlan:
    """Draw the plan of a seed."""
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
        comes_at_hours=None if rng.randrange(_ONE_COMES_LATER_OF) else _draw_hour(rng, days),
        left=None if rng.randrange(_ONE_IS_NEAR_ITS_END_OF) else rng.randint(50, 3000),
    )


def _mishap(rng: Random, days: int) -> Mishap:
    (kind,) = rng.choices(list(KINDS), weights=[kind.share for kind in KINDS.values()])
    at = _draw_hour(rng, days)
    longest = KINDS[kind].longest_hours
    hours = round(min(rng.uniform(0.2, longest), days * 24.0 - at), 3) if longest else 0.0
    return Mishap(kind, at, max(hours, 0.0), rng.getrandbits(30))


def _draw_hour(rng: Random, days: int) -> float:
    return round(rng.uniform(_EARLIEST_HOURS, max(_EARLIEST_HOURS + 1.0, days * 24.0 - 24.0)), 3)
