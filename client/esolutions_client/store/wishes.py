"""What people asked of the client while another program of it was at work, and what came of it.

A wish is `asked` until the program at work takes it, `taken` until its outcome
is kept, then `done`. The outcome stays until its asker, or another program, has
read it; the table says nothing of how a wish is fulfilled.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esolutions_client.states.wish_state import WISH_TRANSITIONS, WishState
from esolutions_client.store.database.connection import read_datetime, read_number, read_text

if TYPE_CHECKING:
    from datetime import datetime

from esolutions_client.store.database.connection import Connection

__all__ = ["Wish", "Wishes"]

# Outcomes that were not fetched are kept for a while, for a person who looks.
_DONE_KEPT = 100
_MOST_ATTEMPTS = 1_000_000


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person asked for.

    `arguments` is None where they cannot be read; `outcome` is None until there is one.
    """

    wish_id: int
    kind: str
    arguments: dict[str, Any] | None
    asked_at: datetime
    state: WishState
    attempts: int
    outcome: dict[str, Any] | None


class Wishes:
    """Wishes by id, in the order they were asked."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._decoding = connection.decoding("wish")

    def put(self, kind: str, arguments: dict[str, Any], asked_at: datetime) -> int:
        """Ask for something and return the wish's id."""
        self._connection.execute(
            "DELETE FROM wish WHERE state = 'done' AND wish_id <= (SELECT max(wish_id) FROM wish) - ?", (_DONE_KEPT,)
        )
        cursor = self._connection.execute(
            "INSERT INTO wish (kind, arguments, asked_at, state) VALUES (?, ?, ?, ?)",
            (kind, json.dumps(arguments), asked_at.isoformat(), WishState.ASKED),
        )
        return int(cursor.lastrowid or 0)

    def get(self, wish_id: int) -> Wish | None:
        """Return a wish."""
        return next(iter(self._select("WHERE wish_id = ?", wish_id)), None)

    def open(self) -> list[Wish]:
        """Return the wishes that are not done yet, oldest first."""
        return self._select("WHERE state != 'done' ORDER BY wish_id")

    def newest_open(self) -> int:
        """Return the id of the newest wish that is not done yet, 0 where there is none."""
        (newest,) = self._connection.execute("SELECT max(wish_id) FROM wish WHERE state != 'done'").fetchone()
        with self._decoding:
            return read_number(newest or 0, 0, 2**63 - 1)

    def take(self, wish_id: int) -> bool:
        """Begin to fulfil a wish, or begin again; return whether it is still there to be fulfilled."""
        # One statement: who asked may withdraw it at any time, from another program.
        cursor = self._connection.execute(
            "UPDATE wish SET state = ?, attempts = attempts + 1 WHERE wish_id = ? AND state IN (?, ?)",
            (WishState.TAKEN, wish_id, WishState.ASKED, WishState.TAKEN),
        )
        return cursor.rowcount == 1

    def finish(self, wish_id: int, outcome: dict[str, Any]) -> None:
        """Keep what came of a wish; one that was withdrawn is passed over.

        Raises:
            TransitionError: no program has taken it.
        """
        row = self._connection.execute("SELECT state FROM wish WHERE wish_id = ?", (wish_id,)).fetchone()
        if row is None:
            return
        with self._decoding:
            state = WishState(row[0])
        WISH_TRANSITIONS.check(f"wish {wish_id}", state, WishState.DONE)
        self._connection.execute(
            "UPDATE wish SET state = ?, outcome = ? WHERE wish_id = ?", (WishState.DONE, json.dumps(outcome), wish_id)
        )

    def withdraw(self, wish_id: int, *, even_if_taken: bool = False) -> bool:
        """Take a wish back, unless a program has taken it; return whether it was taken back."""
        states = (WishState.ASKED, WishState.TAKEN if even_if_taken else WishState.ASKED)
        cursor = self._connection.execute("DELETE FROM wish WHERE wish_id = ? AND state IN (?, ?)", (wish_id, *states))
        return cursor.rowcount == 1

    def _select(self, where: str, *values: object) -> list[Wish]:
        rows = self._connection.execute(
            f"SELECT wish_id, kind, arguments, asked_at, state, attempts, outcome FROM wish {where}",  # noqa: S608 - ours
            values,
        )
        with self._decoding:
            return [_wish(row) for row in rows]


def _wish(row: tuple[Any, ...]) -> Wish:
    wish_id, kind, arguments, asked_at, state, attempts, outcome = row
    return Wish(
        wish_id,
        read_text(kind),
        _arguments(arguments),
        read_datetime(asked_at),
        WishState(state),
        read_number(attempts, 0, _MOST_ATTEMPTS),
        None if outcome is None else dict(json.loads(outcome)),
    )


def _arguments(text: Any) -> dict[str, Any] | None:
    """Return arguments; a wish that cannot be understood must not keep the others from being fulfilled."""
    try:
        return dict(json.loads(text))
    except (TypeError, ValueError):
        return None
