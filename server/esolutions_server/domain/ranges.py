"""Ranges and enumerations: a value outside is refused before it is kept, whatever brings it.

What is refused for it is not known here: an operator's policy, a row of a file, a field of the wire.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

__all__ = [
    "LONGEST_POLL_INTERVAL",
    "SHORTEST_POLL_INTERVAL",
    "RangeError",
    "check_one_of",
    "check_printable",
    "check_range",
    "check_visible",
]

T = TypeVar("T", int, "datetime", timedelta)
_SHOWN = 40
# The FAQ: "approximately every two hours". Clients keep to what lies between these.
SHORTEST_POLL_INTERVAL = timedelta(minutes=60)
LONGEST_POLL_INTERVAL = timedelta(minutes=240)


class RangeError(ValueError):
    """A value is none that it can be; the message names it, and says what it can be."""


def check_range(name: str, value: T, lowest: T, highest: T) -> None:
    """Let a value pass that lies between two others, both included.

    Raises:
        RangeError: it does not.
    """
    if not lowest <= value <= highest:
        raise RangeError(f"{name} is {str(value)[:_SHOWN]}, which is not from {lowest} to {highest}")


def check_one_of(name: str, value: str, known: Collection[str]) -> None:
    """Let a word pass that is known.

    Raises:
        RangeError: it is none of those.
    """
    if value not in known:
        raise RangeError(f"{name} is {value[:_SHOWN]!r}, which is none of {', '.join(known)}")


def check_visible(name: str, value: str) -> None:
    """Let a name pass that has something to be seen in it; how the rest of it is shown is for those who show it.

    Raises:
        RangeError: it has not.
    """
    if not any(letter.isprintable() and not letter.isspace() for letter in value):
        raise RangeError(f"{name} is {value[:_SHOWN]!r}, in which nothing is to be seen")


def check_printable(name: str, value: str) -> None:
    """Let a name pass that shows as it is: letters, without control characters or white space around it.

    Raises:
        RangeError: it does not.
    """
    if not value.isprintable() or value != value.strip():
        raise RangeError(f"{name} is {value[:_SHOWN]!r}, which is not a name of printable characters")
