"""What the server asked for, kept until it has been answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable

    from esolutions_client.wire.messages import Command

__all__ = ["Commands", "OpenCommand"]


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """A billing request that waits for its reading."""

    command_id: str
    serial_number: str
    received_at: datetime
    read_not_before: datetime
    answer_by: datetime
    period_end: datetime
    bounds: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    note: str | None = None


class Commands:
    """Commands by id."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def state(self, command_id: str) -> str | None:
        """Return how far a command is, or None where it was never seen."""
        row = self._connection.execute("SELECT state FROM command WHERE command_id = ?", (command_id,)).fetchone()
        return None if row is None else str(row[0])

    def put(self, command: Command, received_at: datetime, state: str) -> None:
        """Keep a command."""
        bounds = {meter.name: (meter.last_value, meter.ceiling) for meter in command.meters}
        self._connection.execute(
            "INSERT OR REPLACE INTO command VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            (
                command.command_id,
                command.serial_number,
                command.action,
                received_at.isoformat(),
                command.read_not_before.isoformat(),
                command.answer_by.isoformat(),
                command.period_end.isoformat(),
                json.dumps(bounds),
                state,
            ),
        )

    def set_state(self, command_ids: Iterable[str], state: str) -> None:
        """Move commands on."""
        self._connection.executemany(
            "UPDATE command SET state = ? WHERE command_id = ?", [(state, command_id) for command_id in command_ids]
        )

    def set_note(self, command_id: str, note: str | None) -> None:
        """Say why a command is still open."""
        self._connection.execute("UPDATE command SET note = ? WHERE command_id = ?", (note, command_id))

    def open_reports(self) -> list[OpenCommand]:
        """Return the billing requests that have no answer on its way, oldest first."""
        rows = self._connection.execute(
            "SELECT command_id, serial_number, received_at, read_not_before, answer_by, period_end, bounds, note"
            # The last term is there for the index, which leaves out years of answered ones.
            " FROM command WHERE action = 'Report' AND state = 'open' AND state != 'answered'"
            " ORDER BY received_at, command_id"
        )
        return [
            OpenCommand(
                row[0],
                row[1],
                datetime.fromisoformat(row[2]),
                datetime.fromisoformat(row[3]),
                datetime.fromisoformat(row[4]),
                datetime.fromisoformat(row[5]),
                {name: (last, ceiling) for name, (last, ceiling) in json.loads(row[6]).items()},
                row[7],
            )
            for row in rows
        ]
