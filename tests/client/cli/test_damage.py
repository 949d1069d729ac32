"""A store that is damaged, or has vanished, is said in one line that names the file and what to do."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from esolutions_client.store.store import Store
from esolutions_scenarios.faults.http import Refuse
from esolutions_scenarios.testbed.office import enter_equipment
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.cli.support.command_line import CommandLine

_TABLES = {
    "setting": ("name", "value"),
    "device": (
        *("serial_number", "state", "host", "port", "community", "snmp_version", "vendor", "model", "layout_id"),
        *("discovered_at", "registered_at", "active_since", "silent_since", "silent_reason", "held_since"),
        *(
            "held_reason",
            "low_percent",
            "replaced_by",
            "reregister_since",
            "hardware_addresses",
            "sighted",
            "doubt",
            "also_at",
            "silent_after",
            "called_silent_at",
        ),
    ),
    "layout": ("body",),
    "reading": ("read_at", "layout_id", "uptime", "flag", "body"),
    "transmitted": ("meter", "value", "read_date"),
    "command": (
        *("serial_number", "action", "received_at", "read_not_before", "answer_by", "period_end", "bounds"),
        *("state", "note", "issued_at", "frequency", "period_start", "repeat"),
    ),
    "outbox": ("message_id", "operation", "composed_at", "body", "state", "attempts", "clock_origin", "offered"),
    "sent": ("message_id", "operation", "attempt", "sent_at", "body", "outcome", "answer", "receipt_id"),
    "wish": ("kind", "arguments", "asked_at", "state", "attempts", "outcome"),
    "event": ("moment", "kind", "serial_number", "text"),
}
_ODD = st.sampled_from(
    [
        *("", "2026-13-41T99:00:00+00:00", "2026-01-05T09:00:00", "0001-01-01T00:00:00+00:00", "{", "[]", "null"),
        *(
            '127.0.0.1:161 {"a": 1}',
            '{"a": 1}',
            "[[1],[2]]",
            "[[-5],[],[]]",
            "no",
            "\x00",
            "\x01\x02",
            "\ud7ff",
            -1,
            0,
            2**63 - 1,
            -(2**63),
            1.5,
        ),
        *(b"", b"\xff\xfe", b"2026-01-05T09:00:00+00:00", "9" * 400),
    ]
)
_PROPERTY = settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    phases=[Phase.explicit, Phase.generate],
)


@pytest.fixture
def lived(registered: CommandLine) -> CommandLine:
    """Return a client with a bill, an open request, a message that waits, and every table filled."""
    bed = registered.testbed
    bed.administration.add_account("Office", "key.user@customer.example")
    serials = [printer.serial for printer in bed.fleet]
    enter_equipment(bed, dict.fromkeys(serials, "monthly"))
    bed.run_for(timedelta(hours=1))
    for serial in serials:
        bed.administration.sign_up(serial)
    assert registered("sync") == 0
    bed.administration.request_billing(serials[0])
    assert registered("sync") == 0
    assert registered("poll") == 0
    bed.administration.request_billing(serials[1])
    registered.net.break_server(away := Refuse(), operations=["SubmitBillingTransaction"])
    registered("sync")
    registered.net.lift(away)
    with closing(Store(registered.folder / "client.sqlite")) as ours:
        ours.wishes.put("poll", {}, bed.now)
    with closing(sqlite3.connect(registered.folder / "client.sqlite")) as store:
        assert store.execute("SELECT count(*) FROM outbox WHERE state = 'waiting'").fetchone() == (1,)
        assert store.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0] == 0
        for table in _TABLES:
            assert store.execute(f"SELECT count(*) FROM {table}").fetchone()[0], f"{table} is empty"  # noqa: S608
    return registered


def _commands(line: CommandLine) -> list[tuple[str, ...]]:
    serial = line.testbed.fleet.printers[0].serial
    return [
        *(("status",), ("devices",), ("meters", serial), ("history",), ("history", serial), ("sent",), ("sent", "1")),
        *(("poll",), ("run", "--once"), ("sync",), ("register", serial), ("accept", serial), ("retire", serial)),
        *(("discover", *line.targets), ("disable",), ("enable",)),
    ]


def _every_command_says_it_in_a_line(line: CommandLine, whole: Path, damage: Any) -> int:
    """Damage the store anew before each command; return how many of them noticed."""
    store = line.folder / "client.sqlite"
    noticed = 0
    for words in some(_commands(line)):
        for stale in line.folder.iterdir():
            stale.unlink()
        shutil.copytree(whole, line.folder, dirs_exist_ok=True)
        damage(store)
        code = line(*words)
        complaints = [text for text in line.err.splitlines() if text.startswith("esolutions-client: ")]
        assert code in {0, 1, 2}, words
        assert "Traceback" not in line.err
        assert len(complaints) == (1 if code else 0), (words, line.err)
        if code and "is damaged" in line.err:
            noticed += 1
            assert str(store) in complaints[0]
            assert "backup" in complaints[0]
    return noticed


@pytest.fixture
def whole(lived: CommandLine, tmp_path: Path) -> Path:
    """Return a copy of the data folder as it was."""
    shutil.copytree(lived.folder, tmp_path / "whole")
    return tmp_path / "whole"


@given(data=st.data())
@_PROPERTY
def test_no_damaged_row_is_met_with_a_traceback(lived: CommandLine, whole: Path, data: st.DataObject) -> None:
    """Any column of any table with anything in it: each command does its work or says in a line what is damaged."""
    table = data.draw(st.sampled_from(sorted(_TABLES)))
    column = data.draw(st.sampled_from(_TABLES[table]))
    odd = data.draw(_ODD)

    def damage(store: Path) -> None:
        with closing(sqlite3.connect(store, isolation_level=None)) as connection:
            # Where the column refuses it, as a key does, nothing is damaged, which is as good.
            connection.execute(f"UPDATE OR IGNORE {table} SET {column} = ?", (odd,))  # noqa: S608 - names of this test

    _every_command_says_it_in_a_line(lived, whole, damage)


@given(data=st.data())
@_PROPERTY
def test_no_flipped_byte_is_met_with_a_traceback(lived: CommandLine, whole: Path, data: st.DataObject) -> None:
    """Wherever in the file it lies, in a row or between them."""
    size = (whole / "client.sqlite").stat().st_size
    flips = data.draw(st.lists(st.tuples(st.integers(0, size - 1), st.integers(1, 255)), min_size=1, max_size=40))

    def damage(store: Path) -> None:
        octets = bytearray(store.read_bytes())
        for place, mask in flips:
            octets[place] ^= mask
        store.write_bytes(octets)

    _every_command_says_it_in_a_line(lived, whole, damage)
