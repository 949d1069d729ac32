"""What becomes of an expectation: a pass, or where it was not met and what came closest."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Miss", "Verdict"]


@dataclass(frozen=True, slots=True)
class Miss:
    """Where an expectation was not met.

    Attributes:
        of: the client or device it was not met for; empty where it is about all of them.
        expected: what should have been, in words.
        closest: what came closest to it, in words.
        exchanges: the numbers of the exchanges that `closest` speaks of.
    """

    of: str
    expected: str
    closest: str
    exchanges: tuple[int, ...] = ()

    def __str__(self) -> str:
        """Tell it in one line."""
        return f"{f'{self.of}: ' if self.of else ''}expected {self.expected}; {self.closest}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one expectation.

    Attributes:
        expectation: in words.
        misses: where it was not met; none is a pass.
        pending: what may still come in time.
    """

    expectation: str
    misses: tuple[Miss, ...]
    pending: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether it was met."""
        return not self.misses

    def __str__(self) -> str:
        """Tell it in a line, and one more for each miss."""
        head = f"{'met' if self.passed else 'NOT MET'}: {self.expectation}"
        return "\n".join([head, *(f"  {miss}" for miss in self.misses), *(f"  still: {text}" for text in self.pending)])
