"""A sequence diagram of a client and its server: where each arrow and each text is, in units of an SVG drawing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esolutions_server.service.people.presentation.views import ExchangeView

__all__ = ["SequenceDiagram", "Step", "is_refused", "sequence_of"]

# As wide as a small telephone shows without making the letters smaller.
WIDTH = 360
HEAD = 36
STEP = 72
CLIENT = 20
SERVER = WIDTH - 20


@dataclass(frozen=True, slots=True)
class Step:
    """An exchange: the request's arrow lies at `request`, the response's at `response`, from the top."""

    row: ExchangeView
    request: int
    response: int
    is_refused: bool


@dataclass(frozen=True, slots=True)
class SequenceDiagram:
    """A drawing: its lifelines at `client` and `server` from the left, and its steps from the top to the bottom."""

    width: int
    height: int
    client: int
    server: int
    steps: tuple[Step, ...]


def is_refused(row: ExchangeView) -> bool:
    """Whether an exchange got a fault: its code has a prefix, and no other outcome has one."""
    return ":" in row.outcome


def sequence_of(rows: Sequence[ExchangeView]) -> SequenceDiagram:
    """Return the diagram of exchanges, the oldest first."""
    steps = tuple(
        Step(row, HEAD + STEP * at + 32, HEAD + STEP * at + 62, is_refused(row)) for at, row in enumerate(rows)
    )
    return SequenceDiagram(WIDTH, HEAD + STEP * len(steps) + 20, CLIENT, SERVER, steps)
