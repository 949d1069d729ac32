"""Injections into the client's store: commands of another program ask for something, a row is damaged for a while."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.injections.kind import Kind

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

    from esolutions_scenarios.swarm.injections.kind import Ending
    from esolutions_scenarios.swarm.office import Office

__all__ = ["KINDS"]

_KEYS = {"setting": "name", "command": "command_id", "outbox": "message_id"}
# What the client reads whenever it works, and the checks do not.
_ROWS = (
    ("setting", "value", "name = 'last_sync_at'"),
    ("setting", "value", "name = 'last_poll_at'"),
    ("setting", "value", "name = 'clock_confirmed'"),
    ("command", "bounds", "state = 'open'"),
    ("command", "answer_by", "state = 'open'"),
    ("outbox", "body", "state = 'waiting'"),
    ("outbox", "composed_at", "state = 'waiting'"),
)
_DAMAGE = ("2028-02-3", "{", "\x00", "", b"\xff\xfe")


def _asked_by_command(office: Office, rng: Random) -> None:
    """A person polls, syncs or registers by the command while the client is at work."""
    kind = rng.choice(("poll", "poll", "sync", "register"))
    arguments: dict[str, object] = {}
    if kind == "register":
        arguments["serials"] = [office.site.any_printer(rng).serial_at(office.site.testbed.now)]
    office.people.ask_by_command(kind, arguments)


def _row_damaged(office: Office, rng: Random) -> Ending | None:
    """A row is damaged in a way that SQLite does not notice, until a sound copy is put back."""
    table, column, where = rng.choice(_ROWS)
    path, key, damage = office.site.machine.path, _KEYS[table], rng.choice(_DAMAGE)
    sound = _run(path, f"SELECT {key}, {column} FROM {table} WHERE {where} LIMIT 1")  # noqa: S608 - names of our own
    if not sound:
        return None
    name, value = sound[0]
    change = f"UPDATE {table} SET {column} = ? WHERE {key} = ? AND {column} IS ?"  # noqa: S608 - the same
    _run(path, change, damage, name, value)

    def put_back() -> None:
        _run(path, change, value, name, damage)

    return put_back


def _run(path: Path, statement: str, *values: object) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path, isolation_level=None)) as store:
        return store.execute(statement, values).fetchall()


KINDS: dict[str, Kind] = {
    "asked-by-command": Kind(_asked_by_command, 10),
    "row-damaged": Kind(_row_damaged, 5, 40.0),
}
