"""Say what a testbed's clock shows: a pure function of the real time, and where it was set last."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

__all__ = ["FASTEST", "LATEST", "ClockError", "ClockState", "parse_span"]

# Real time as a testbed's clock shows it unless it is told otherwise.
_REAL_SPEED = 1.0
# A day in a tenth of a second: each step of what falls due still has its turn.
FASTEST = 864_000.0
# What the wire can carry, docs/wire.md "Ranges".
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)
LATEST = datetime(2199, 12, 31, tzinfo=UTC)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


class ClockError(ValueError):
    """The clock of a testbed cannot be set so; the text says what it can be set to."""


@dataclass(frozen=True, slots=True)
class ClockState:
    """How a testbed's clock was set: at the real time `since` it showed `shown`, and goes at `speed` from there.

    A speed of 0 is a clock that stands, 1 one that goes as real time does. `is_real` is a clock that was never set.
    """

    shown: datetime
    since: datetime
    speed: float
    is_real: bool = False

    @classmethod
    def real(cls, now: datetime) -> ClockState:
        """Return the setting of a clock that shows the real time."""
        return cls(now, now, _REAL_SPEED, is_real=True)

    def at(self, now: datetime) -> datetime:
        """Return what the clock shows at a real time, aware UTC; it stops at the last time that the wire knows."""
        if self.is_real:
            return now
        try:
            return min(self.shown + (now - self.since) * self.speed, LATEST)
        except OverflowError:
            return LATEST

    def moved(self, shown: datetime, now: datetime) -> ClockState:
        """Return the setting that shows `shown` at the real time `now`, at the same speed; what was real stands there.

        Raises:
            ClockError: the wire cannot carry that time.
        """
        if shown.tzinfo is None:
            raise ClockError("a moment has a time zone: 2026-01-31T09:00:00Z")
        if not EARLIEST <= shown <= LATEST:
            raise ClockError(f"a moment lies between {_text(EARLIEST)} and {_text(LATEST)}: {shown.isoformat()}")
        return ClockState(shown.astimezone(UTC), now, 0.0 if self.is_real else self.speed)

    def at_speed(self, speed: float, now: datetime) -> ClockState:
        """Return the setting that goes on from what is shown at the real time `now`, `speed` times as fast.

        Raises:
            ClockError: no clock goes backwards, nor faster than FASTEST.
        """
        if not 0 <= speed <= FASTEST:
            raise ClockError(f"a clock goes from 0 to {FASTEST:,.0f} times as fast as real time: {speed}")
        return ClockState(self.at(now), now, speed)

    def anchored(self, now: datetime) -> ClockState:
        """Return the same setting, said from the real time `now` on."""
        return self if self.is_real else ClockState(self.at(now), now, self.speed)

    def resumed(self, now: datetime) -> ClockState:
        """Return the setting that goes on, at the real time `now`, from where this one was anchored."""
        return ClockState.real(now) if self.is_real else ClockState(self.shown, now, self.speed)

    def to_document(self) -> dict[str, Any]:
        """Return plain values, for a store."""
        return {"shown": self.shown.isoformat(), "since": self.since.isoformat(), "speed": self.speed}

    @classmethod
    def from_document(cls, document: dict[str, Any]) -> ClockState:
        """Return the setting that plain values describe."""
        return cls(
            datetime.fromisoformat(document["shown"]),
            datetime.fromisoformat(document["since"]),
            float(document["speed"]),
        )


def parse_span(text: str) -> timedelta:
    """Return the span of time that a text such as `90s`, `5m`, `2h`, `30d` or `1d12h` says.

    Raises:
        ClockError: it says none.
    """
    seconds, digits = 0, ""
    for letter in text.strip().lower():
        if letter.isascii() and letter.isdigit():
            digits += letter
        elif letter in _UNITS and 0 < len(digits) <= len("9999999999"):
            seconds += int(digits) * _UNITS[letter]
            digits = ""
        else:
            digits = "?"
            break
    if digits or not text.strip():
        raise ClockError(f"a span is numbers with units (s, m, h, d, w), such as 90s, 2h or 1d12h: {text}")
    return timedelta(seconds=seconds)


def _text(at: datetime) -> str:
    return f"{at.isoformat()[:19]}Z"
