"""What follows from what became of a message: a service hands its effects to `delivery`, which calls them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.wire.messages import Request, Response

__all__ = ["Effects"]


class Effects(NamedTuple):
    """What follows from what became of a message, inside the transaction that commits it.

    `rejected`: an unsigned fault says that it will never be taken, and what waited for it is made anew;
    `undated`: its readings may bear a wrong date; `taken_again`: it was acknowledged before, and is again by a server
    that was restored; `is_kept`: nothing can be made in its place, so no fault ends it.
    """

    acknowledged: Callable[[Request, Response], None] | None = None
    rejected: Callable[[Request], None] | None = None
    undated: Callable[[Request], None] | None = None
    taken_again: Callable[[Request, Response], None] | None = None
    is_kept: Callable[[Request], bool] | None = None
