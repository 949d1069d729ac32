"""Tell how much a printer has printed at any time, as a pure function.

The lifetime of a stream of impressions is a straight line over its working
days plus bounded noise, so that the count at any time costs the same
whether a day or ten years have passed, and nothing is remembered but the day
last asked for. Meters have no names here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

__all__ = [
    "COUNT_NAMES",
    "IMPRESSIONS",
    "STREAMS",
    "Counts",
    "Usage",
    "UsageProfile",
    "count_index",
    "mistaken_sheets",
    "on_sheets",
]

# The streams that advance by themselves, in the order Usage keeps them.
STREAMS = (
    "printed_black",
    "printed_color",
    "copied_black",
    "copied_color",
    "faxed",
    "large_black",
    "large_color",
    "sheets",
    "scanned",
    "service",
)
# What is counted: the streams and the sums that printers show.
COUNT_NAMES = (
    "total",
    "black",
    "color",
    "large",
    "life",
    *STREAMS,
)
# Streams that are parts of one another must rise and fall together.
_NOISE_BYTE = (0, 1, 2, 3, 4, 0, 1, 0, 5, 6)

# The streams that are sides of sheets: each on one of its own, or two on one.
IMPRESSIONS = ("printed_black", "printed_color", "copied_black", "copied_color", "faxed")

Counts = tuple[int, ...]

_TOTAL = COUNT_NAMES.index("total")
_SHEETS = COUNT_NAMES.index("sheets")
_DAY_S = 86_400
_HOUR_S = 3_600
_FULL_WEIGHT = 20
_MASK = (1 << 64) - 1


def count_index(name: str) -> int:
    """Return where ``name`` stands in a Counts tuple."""
    return COUNT_NAMES.index(name)


def _sheets_for(sides: int, wished: int) -> int:
    """Return the number of sheets nearest to a wish that can hold so many sides: all of them, or half."""
    return max(min(wished, sides), (sides + 1) // 2)


def on_sheets(counts: Counts) -> Counts:
    """Return counts, of which some were taken away, with as many sheets as their sides can be on.

    Where no count falls, the sheets do not either.
    """
    sheets = _sheets_for(counts[_TOTAL], counts[_SHEETS])
    return counts if sheets == counts[_SHEETS] else (*counts[:_SHEETS], sheets, *counts[_SHEETS + 1 :])


@dataclass(frozen=True, slots=True)
class UsageProfile:
    """How an office uses a printer.

    ``per_weekday`` and ``start`` give for each stream the range in impressions
    from which a printer draws its own; ``hours`` weighs the 24 hours of a day
    (UTC) and ``saturday`` and ``sunday`` are in twentieths of a weekday. A printer
    takes a sheet for each side at most, and one for two at least, whatever it draws.
    """

    per_weekday: tuple[tuple[int, int], ...]
    start: tuple[tuple[int, int], ...]
    hours: tuple[int, ...]
    saturday: int = 2
    sunday: int = 0

    def __post_init__(self) -> None:
        if len(self.per_weekday) != len(STREAMS) or len(self.start) != len(STREAMS):
            raise ValueError(f"a usage profile needs a range for each of {', '.join(STREAMS)}")
        if len(self.hours) != 24 or sum(self.hours) <= 0 or min(self.hours) < 0:
            raise ValueError("hours must be 24 weights that are not negative and not all zero")
        if not (0 <= self.saturday <= _FULL_WEIGHT and 0 <= self.sunday <= _FULL_WEIGHT):
            raise ValueError("saturday and sunday are in twentieths of a weekday: 0 to 20")
        for ranges in (self.per_weekday, self.start):
            mistake = mistaken_sheets(dict(zip(STREAMS, ranges, strict=True)))
            if mistake:
                raise ValueError(f"sheets: expected {mistake}")


def mistaken_sheets(ranges: Mapping[str, tuple[int, int]]) -> str | None:
    """Return what range of sheets the sides that a profile says can be on, where its own is none; else None."""
    low, high = ranges["sheets"]
    fewest, most = (sum(ranges[stream][end] for stream in IMPRESSIONS) for end in (0, 1))
    if not high or (low <= most and fewest <= 2 * high):
        return None
    return f"{(fewest + 1) // 2} to {most} sheets for {fewest} to {most} sides"


def _mixed(value: int) -> int:
    """Scatter 64 bits (Steele, Lea, Flood: SplitMix64)."""
    value = (value * 0x9E3779B97F4A7C15) & _MASK
    value = ((value ^ (value >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
    value = ((value ^ (value >> 27)) * 0x94D049BB133111EB) & _MASK
    return value ^ (value >> 31)


def _drawn(profile: UsageProfile, seed: int) -> tuple[list[int], list[int], int]:
    """Draw one printer's daily volumes, start values and noise key from its seed."""
    random = Random(f"usage/{seed}")  # noqa: S311 -- a simulation, not a secret
    volumes = [random.randint(low, high) for low, high in profile.per_weekday]
    starts = [random.randint(low, high) for low, high in profile.start]
    for drawn in (volumes, starts):
        sides = sum(drawn[STREAMS.index(stream)] for stream in IMPRESSIONS)
        place = STREAMS.index("sheets")
        drawn[place] = _sheets_for(sides, drawn[place])
    return volumes, starts, random.getrandbits(63)


class Usage:
    """The counts of one machine over time; the same for the same profile, seed and installation day."""

    __slots__ = (
        "_before_hour", "_before_weekday", "_counts", "_day", "_done", "_ends", "_first_day", "_first_work", "_hours",
        "_is_still", "_key", "_span", "_streams", "_week", "_whole_day",
    )  # fmt: skip

    def __init__(self, profile: UsageProfile, seed: int, installed_epoch: float) -> None:
        volumes, starts, self._key = _drawn(profile, seed)
        self._streams = tuple(zip(volumes, starts, _NOISE_BYTE, strict=True))
        weights = (_FULL_WEIGHT,) * 5 + (profile.saturday, profile.sunday)
        self._week = sum(weights)
        self._before_weekday = [sum(weights[:weekday]) for weekday in range(7)]
        self._hours = profile.hours
        self._before_hour = [sum(profile.hours[:hour]) for hour in range(24)]
        self._whole_day = sum(profile.hours) * _HOUR_S
        self._first_day = int(installed_epoch) // _DAY_S
        self._first_work = self._work_before(self._first_day)
        self._day: int | None = None
        self._span: list[tuple[int, int]] = []
        self._ends: list[int] = []
        self._is_still = True
        self._done = 0
        self._counts: Counts = ()

    def counts_at(self, epoch: float) -> Counts:
        """Return every count of COUNT_NAMES at ``epoch``, never less than at an earlier time."""
        day, second = divmod(int(epoch), _DAY_S)
        if day != self._day:
            self._open(day)
        hour = second // _HOUR_S
        done = self._before_hour[hour] * _HOUR_S + self._hours[hour] * (second - hour * _HOUR_S)
        # Nights and Sundays are most of the time, and nothing moves in them.
        if done != self._done and not self._is_still:
            self._counts = self._counts_of(done)
            self._done = done
        return self._counts

    def _counts_of(self, done: int) -> Counts:
        whole = self._whole_day
        pb, pc, cb, cc, fx, lb, lc, sh, sc, sv = [start + amount * done // whole for start, amount in self._span]
        black = pb + cb + fx
        color = pc + cc
        total = black + color
        # The two streams are rounded each on its own.
        sh = _sheets_for(total, sh)
        return total, black, color, lb + lc, total + sv, pb, pc, cb, cc, fx, lb, lc, sh, sc, sv

    def _open(self, day: int) -> None:
        """Work out where each stream stands at the two ends of ``day``."""
        # Days mostly come one after another.
        follows = self._day is not None and day == self._day + 1
        firsts = self._ends if follows else self._stand_at(max(day, self._first_day))
        self._ends = lasts = self._stand_at(max(day + 1, self._first_day))
        self._span = [(first, last - first) for first, last in zip(firsts, lasts, strict=True)]
        self._day = day
        self._is_still = firsts == lasts
        self._counts = self._counts_of(0)
        self._done = 0

    def _stand_at(self, day: int) -> list[int]:
        work, weekdays = self._work_before(day)
        first_work, first_weekdays = self._first_work
        work -= first_work
        weekdays -= first_weekdays
        # The noise is redrawn after each full weekday and is less than that day's volume: the sum cannot fall.
        noise = _mixed(self._key + weekdays) if weekdays else 0
        return [
            start + volume * work // _FULL_WEIGHT + (volume * ((noise >> (8 * byte)) & 255) >> 8)
            for volume, start, byte in self._streams
        ]

    def _work_before(self, day: int) -> tuple[int, int]:
        """Return the work units and the full weekdays between a far Monday and ``day``."""
        # 1970-01-01 was a Thursday.
        weeks, weekday = divmod(day + 3, 7)
        return weeks * self._week + self._before_weekday[weekday], weeks * 5 + min(weekday, 5)
