"""One measured figure beside its budget."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from textwrap import wrap
from typing import Any

__all__ = ["Figure"]

_RATES = ("a ", "calls a ")


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, in its unit; `ratio` is measured / budget where less is better, the inverse where more is.

    A ratio of at most 1 is within the budget. It is printed, never asserted: machines differ, and are shared.
    `yardsticks` is what was measured as a multiple of the yardstick, None where no time was measured.
    """

    name: str
    measured: float
    unit: str
    budget: float | None = None
    more_is_better: bool = False
    note: str = ""
    yardsticks: float | None = None

    @property
    def ratio(self) -> float | None:
        """How much of the budget is used."""
        if self.budget is None:
            return None
        if not self.budget or not self.measured:
            # A budget of nothing is exceeded by whatever there is.
            return self.measured
        return self.budget / self.measured if self.more_is_better else self.measured / self.budget

    @property
    def in_yardsticks(self) -> str:
        """The multiple in words: what was measured takes so many, or so much is done in the time of one."""
        if self.yardsticks is None:
            return ""
        return f"{self.yardsticks:.3g} {'a yardstick' if self.unit.startswith(_RATES) else 'yardsticks'}"

    def in_lines(self, columns: int | None) -> list[str]:
        """Return the figure for people: one line, or as many as a terminal of so many columns needs."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} of the budget of {self.budget:g}"
        words = f"{self.measured:10.2f} {self.unit:10} {self.in_yardsticks:17} {ratio} {self.note}"
        if columns is None:
            return [f"{self.name:57} {words.rstrip()}"]
        short = " ".join(words.split())
        return [*wrap(self.name, columns), *wrap(short, columns, initial_indent="    ", subsequent_indent="    ")]

    def as_json(self) -> dict[str, Any]:
        """Return the figure as `bench --json` prints it."""
        return {**asdict(self), "ratio": self.ratio}
