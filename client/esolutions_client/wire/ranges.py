"""Ranges and enumerations of the wire: a value outside is refused before it is stored.

A server that has the secret may still be wrong. What follows from a value is not decided here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime, timedelta

__all__ = ["FREQUENCIES", "LARGEST_COUNT", "check_datetime", "check_one_of", "check_range"]

T = TypeVar("T", int, "timedelta")

# The widest counter there is, Counter64 of RFC 2578, as far as a signed store can hold it.
LARGEST_COUNT = 2**63 - 1
FREQUENCIES = ("Monthly", "Quarterly", "SemiAnnual")
_SHOWN = 40
# No clock shows another year; what is counted from a time in between is one, too.
_YEARS = range(1970, 2200)


def check_range(name: str, value: T, lowest: T, highest: T) -> None:
    """Let a value pass that lies between two others, both included.

    Raises:
        ValueError: it does not; the text names it.
    """
    if not lowest <= value <= highest:
        raise ValueError(f"{name} is {str(value)[:_SHOWN]}, which is not from {lowest} to {highest}")


def check_datetime(name: str, value: datetime) -> None:
    """Let a datetime pass that a clock may show.

    Raises:
        ValueError: none does; the text names it.
    """
    if value.year not in _YEARS:
        raise ValueError(f"{name} is {value}, which is not in a year from {_YEARS.start} to {_YEARS.stop - 1}")


def check_one_of(name: str, value: str, known: Sequence[str]) -> None:
    """Let a word pass that is known.

    Raises:
        ValueError: it is none of those; the text lists them.
    """
    if value not in known:
        raise ValueError(f"{name} is {value[:_SHOWN]!r}, which is none of {', '.join(known)}")
