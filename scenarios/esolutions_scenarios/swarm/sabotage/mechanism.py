"""What a sabotage is: places of the product, and what stands there instead while a mechanism is switched off.

The targets are the classes and modules themselves: one that has moved is seen by a type checker, and an attribute
that has moved when this is imported.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Place", "Sabotage", "SabotageError", "as_it_is", "nothing"]


class SabotageError(ValueError):
    """There is no such sabotage, or no such place in the product."""


@dataclass(frozen=True, slots=True)
class Place:
    """An attribute of a class or module of the product, and what replaces it.

    Raises:
        SabotageError: the target has no such attribute: the mechanism has moved.
    """

    target: object
    attribute: str
    replacement: object

    def __post_init__(self) -> None:
        if not hasattr(self.target, self.attribute):
            raise SabotageError(f"{self.target} has no {self.attribute}: what is to be replaced has moved")

    def __str__(self) -> str:
        return f"{getattr(self.target, '__name__', self.target)}.{self.attribute}"


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What is switched off, in words; the invariant that notices; each place of it."""

    switched_off: str
    invariant: str
    places: tuple[Place, ...]


def as_it_is(text: str) -> str:
    """Return a text as it is."""
    return text


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""
