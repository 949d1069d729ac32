"""What the server asked for, kept until it has been answered."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import TransitionError
from esolutions_client.states.command_state import COMMAND_BEGINNINGS, COMMAND_TRANSITIONS, CommandState
from esolutions_client.store.database.connection import read_datetime, read_number, read_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from esolutions_client.store.database.connection import Connection
    from esolutions_client.wire.messages import Command

__all__ = ["Commands", "OpenCommand"]

# A Counter64 (RFC 2578), and far more than a server's ceiling for it.
_LARGEST_METER = 2**70


@dataclass(frozen=True, slots=True)
class OpenCommand:
    """A billing request that waits for its reading.

    `bounds` are the last value and the ceiling of each meter, `read_dates` when the server has read it last; `repeat`
    is how often it was asked for again. What an older version of this program kept lacks `issued_at` and what follows.
    """

    command_id: str
    serial_number: str
    received_at: datetime
    read_not_before: datetime
    answer_by: datetime
    period_end: datetime
    bounds: dict[str, tuple[int | None, int | None]] = field(default_factory=dict)
    note: str | None = None
    read_dates: dict[str, datetime] = field(default_factory=dict)
    issued_at: datetime | None = None
    frequency: str | None = None
    period_start: datetime | None = None
    repeat: int = 0


class Commands:
    """Commands by id."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._decoding = connection.decoding("command")

    def state(self, command_id: str) -> CommandState | None:
        """Return how far a command is, or None where it was never seen."""
        row = self._connection.execute("SELECT state FROM command WHERE command_id = ?", (command_id,)).fetchone()
        with self._decoding:
            return None if row is None else CommandState(row[0])

    def put(self, command: Command, received_at: datetime, state: CommandState) -> None:
        """Keep a command that begins, or begins anew as the server repeats it.

        Raises:
            TransitionError: no command begins in that state.
        """
        if state not in COMMAND_BEGINNINGS:
            raise TransitionError(f"command {command.command_id} cannot begin as {state}")
        columns = {
            "command_id": command.command_id,
            "serial_number": command.serial_number,
            "action": command.action,
            "received_at": received_at.isoformat(),
            "read_not_before": command.read_not_before.isoformat(),
            "answer_by": command.answer_by.isoformat(),
            "period_end": command.period_end.isoformat(),
            "bounds": _spelled_bounds(command),
            "state": state,
            "issued_at": command.issued_at.isoformat(),
            "frequency": command.frequency,
            "period_start": command.period_start.isoformat(),
            "repeat": command.repeat,
        }
        marks = ", ".join(f":{name}" for name in columns)
        self._connection.execute(
            # What was said of it before is still so: a request is repeated where its answer was not accepted.
            f"INSERT OR REPLACE INTO command ({', '.join(columns)}, note)"  # noqa: S608 - the columns are our own
            f" VALUES ({marks}, (SELECT note FROM command WHERE command_id = :command_id))",
            columns,
        )

    def renew(self, command: Command) -> None:
        """Keep what a repetition says anew of a command that is known: its bounds, and how often it was asked for."""
        self._connection.execute(
            "UPDATE command SET bounds = ?, repeat = ? WHERE command_id = ?",
            (_spelled_bounds(command), command.repeat, command.command_id),
        )

    def set_state(self, command_ids: Iterable[str], state: CommandState) -> None:
        """Move commands on; those that are not known are passed over.

        Raises:
            TransitionError: one of them cannot go from its state to that one; the caller's transaction is undone.
        """
        for command_id in command_ids:
            before = self.state(command_id)
            if before is not None:
                COMMAND_TRANSITIONS.check(f"command {command_id}", before, state)
                self._connection.execute("UPDATE command SET state = ? WHERE command_id = ?", (state, command_id))

    def set_note(self, command_id: str, note: str | None) -> None:
        """Say why a command is still open."""
        self._connection.execute("UPDATE command SET note = ? WHERE command_id = ?", (note, command_id))

    def period_end(self, command_id: str) -> datetime | None:
        """Return the end of the period that a command was about."""
        row = self._connection.execute("SELECT period_end FROM command WHERE command_id = ?", (command_id,)).fetchone()
        with self._decoding:
            return None if row is None else read_datetime(row[0])

    def close_period(self, serial_number: str, period_end: datetime) -> None:
        """Take the billing requests of a printer's period for answered, under whatever ids they came."""
        self._connection.execute(
            "UPDATE command SET state = 'answered'"
            " WHERE action = 'Report' AND serial_number = ? AND period_end = ? AND state != 'answered'",
            (serial_number, period_end.isoformat()),
        )

    def close_all(self, note: str) -> None:
        """Take every command for answered: the server has forgotten them."""
        self._connection.execute("UPDATE command SET state = 'answered', note = ? WHERE state != 'answered'", (note,))

    def not_accepted(self) -> list[tuple[str, datetime, CommandState, str | None]]:
        """Return what the server did not accept and has not asked for anew: serial, period end, outcome, reason."""
        rows = self._connection.execute(
            "SELECT serial_number, period_end, state, note FROM command AS this"
            " WHERE state IN ('held', 'refused') AND state != 'answered' AND NOT EXISTS ("
            "SELECT * FROM command AS later WHERE later.serial_number = this.serial_number"
            " AND later.received_at > this.received_at) ORDER BY received_at, command_id"
        )
        with self._decoding:
            return [(read_text(row[0]), read_datetime(row[1]), CommandState(row[2]), row[3]) for row in rows]

    def open_reports(self) -> list[OpenCommand]:
        """Return the billing requests that have no answer on its way, oldest first."""
        rows = self._connection.execute(
            "SELECT command_id, serial_number, received_at, read_not_before, answer_by, period_end, bounds, note,"
            " issued_at, frequency, period_start, repeat"
            # The last term is there for the index, which leaves out years of answered ones.
            " FROM command WHERE action = 'Report' AND state = 'open' AND state != 'answered'"
            " ORDER BY received_at, command_id"
        )
        with self._decoding:
            return [_open_command(row) for row in rows]


def _open_command(row: tuple[Any, ...]) -> OpenCommand:
    bounds: dict[str, Any] = json.loads(row[6])
    dates = {name: rest[0] for name, (_, _, *rest) in bounds.items() if rest and rest[0] is not None}
    return OpenCommand(
        read_text(row[0]),
        read_text(row[1]),
        read_datetime(row[2]),
        read_datetime(row[3]),
        read_datetime(row[4]),
        read_datetime(row[5]),
        bounds={name: (_bound(last), _bound(ceiling)) for name, (last, ceiling, *_) in bounds.items()},
        note=None if row[7] is None else read_text(row[7]),
        read_dates={name: read_datetime(date) for name, date in dates.items()},
        issued_at=None if row[8] is None else read_datetime(row[8]),
        frequency=None if row[9] is None else read_text(row[9]),
        period_start=None if row[10] is None else read_datetime(row[10]),
        repeat=read_number(row[11] or 0, 0, _LARGEST_METER),
    )


def _spelled_bounds(command: Command) -> str:
    bounds = {
        meter.name: (
            meter.last_value,
            meter.ceiling,
            None if meter.last_read_date is None else meter.last_read_date.isoformat(),
        )
        for meter in command.meters
    }
    return json.dumps(bounds)


def _bound(value: Any) -> int | None:
    return None if value is None else read_number(value, 0, _LARGEST_METER)
