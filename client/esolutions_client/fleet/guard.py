"""Meters never go backwards silently.

A lifetime counter that shows less than before has rolled over, or its
controller was swapped, or something is lying. The first is told from the rest
by the rollover value that the printer states; everything else is held until a
person has looked.
"""

from __future__ import annotations

from operator import le
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["Movement", "movement", "outside_bounds", "remembered"]

Movement = Literal["forward", "rollover", "backwards"]

# A counter within a tenth of its rollover value that is next seen within the first tenth has rolled over.
_NEAR = 10


def movement(before: Sequence[int | None], after: Sequence[int | None], rollover: Sequence[int | None]) -> Movement:
    """Say how a printer's meters moved between two readings, meter by meter in the same order.

    The worst movement of any meter decides.
    """
    if _has_only_grown(before, after):
        return "forward"  # as nearly always
    worst: Movement = "forward"
    for old, new, limit in zip(before, after, rollover, strict=True):
        if old is None or new is None or new >= old:
            continue
        if limit is not None and old > limit - limit // _NEAR and new < limit // _NEAR:
            worst = "rollover"
        else:
            return "backwards"
    return worst


def _has_only_grown(before: Sequence[int | None], after: Sequence[int | None]) -> bool:
    try:
        return len(before) == len(after) and all(map(le, before, after))  # type: ignore[arg-type]  # see below
    except TypeError:
        return False  # not every one is known


def remembered(before: Sequence[int | None], after: Sequence[int | None]) -> tuple[int | None, ...]:
    """Return what the next reading is compared with: a meter that is not shown for once is not forgotten."""
    if not before or None not in after:
        return tuple(after)
    return tuple(old if new is None else new for old, new in zip(before, after, strict=True))


def outside_bounds(value: int, *, last: int | None, ceiling: int | None, rollover_at: int | None) -> str | None:
    """Say why a value is not credible as a bill, or None where it is.

    The words hold for as long as the reason does: they do not name the value, which changes with every reading.

    Args:
        value: what the counter shows.
        last: what the server last accepted for it.
        ceiling: the most that the server finds credible.
        rollover_at: the value after which the counter starts again, if it just did.
    """
    if last is not None and value < last and rollover_at is None:
        return f"less than the {last} that was billed before"
    if ceiling is not None and value > ceiling:
        return f"more than the {ceiling} that is credible"
    return None
