"""A store that an older version wrote is taken over with everything in it, in the order it was written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.store.database.schema import STEPS
from esolutions_client.store.store import Store

if TYPE_CHECKING:
    from pathlib import Path

_BY_MOMENT, _BY_POSITION, _BEFORE_REREGISTER_SINCE = 2, 4, 11
# Two printers polled three times; then the clock was set back to the second poll, and both were polled twice more.
_READINGS = [(device_id, read_at) for read_at in (100, 200, 300, 200, 300) for device_id in (1, 2)]


def write(path: Path, steps: int, rows: list[tuple[int, int]]) -> None:
    """Write a store of an older schema with these readings, device and moment."""
    with closing(sqlite3.connect(path)) as old:
        for step in STEPS[:steps]:
            old.executescript(step)
        for number, (device_id, read_at) in enumerate(rows):
            old.execute(
                "INSERT INTO reading (device_id, read_at, layout_id, uptime, flag, body) VALUES (?, ?, 7, ?, NULL, ?)",
                (device_id, read_at, number, f"[{number}]"),
            )
        old.execute(f"PRAGMA user_version = {steps}")
        old.commit()


def newest(path: Path) -> tuple[list[list[str]], int]:
    """Open a store, and return the bodies of each printer's readings, newest first, and how many rounds there are."""
    with closing(Store(path)) as store:
        bodies = [[row.body for row in store.readings.newest(device_id, -1)] for device_id in (1, 2)]
        return bodies, store.readings.begin_round() - 1


def test_readings_of_the_first_schemas_stand_by_moment(tmp_path: Path) -> None:
    """One of each printer a second was all they could hold."""
    rows = [(device_id, read_at) for device_id in (2, 1) for read_at in (300, 100, 200)]
    write(tmp_path / "client.sqlite", _BY_MOMENT, rows)
    assert newest(tmp_path / "client.sqlite") == ([["[3]", "[5]", "[4]"], ["[0]", "[2]", "[1]"]], 3)


def test_readings_by_position_keep_their_order(tmp_path: Path) -> None:
    """Whatever the clock showed; what was polled together is a round."""
    write(tmp_path / "client.sqlite", _BY_POSITION, _READINGS)
    assert newest(tmp_path / "client.sqlite") == (
        [["[8]", "[6]", "[4]", "[2]", "[0]"], ["[9]", "[7]", "[5]", "[3]", "[1]"]],
        5,
    )


def test_two_readings_of_a_printer_in_one_second_are_two_rounds(tmp_path: Path) -> None:
    """A round has one of each."""
    write(tmp_path / "client.sqlite", _BY_POSITION, [(1, 100), (1, 100), (2, 100), (1, 100)])
    assert newest(tmp_path / "client.sqlite") == ([["[3]", "[1]", "[0]"], ["[2]"]], 3)


@pytest.mark.parametrize("steps", range(1, len(STEPS) + 1))
def test_a_store_of_every_schema_opens(tmp_path: Path, steps: int) -> None:
    """With nothing in it, too, and it can be written to."""
    path = tmp_path / "client.sqlite"
    write(path, steps, [])
    with closing(Store(path)) as store, store.transaction():
        store.readings.add(store.readings.begin_round(), [(1, 100, 7, None, None, "[1]")])
    assert newest(path) == ([["[1]"], []], 1)


def test_a_message_that_waits_is_sent_as_it_would_have_been(tmp_path: Path) -> None:
    """An older version did not note by which clock it was dated: it is taken for confirmed."""
    path = tmp_path / "client.sqlite"
    write(path, _BY_MOMENT, [])
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "INSERT INTO outbox (message_id, operation, composed_at, body, state)"
            " VALUES ('id', 'SubmitBillingTransaction', '2026-01-05T09:00:00+00:00', '{}', 'waiting')"
        )
        old.commit()
    with closing(Store(path)) as store:
        waiting = store.outbox.first()
    assert waiting is not None
    assert (waiting.message_id, waiting.clock_origin) == ("id", None)


def test_receipts_of_old_attempts_are_found_by_their_ids(tmp_path: Path) -> None:
    """A server that was restored names one of them: what was acknowledged after it is known, syncs or not."""
    path = tmp_path / "client.sqlite"
    write(path, _BY_MOMENT, [])
    receipts = [f"0000000{number}-0000-4000-8000-000000000000" for number in range(3)]
    with closing(sqlite3.connect(path)) as old:
        for number, (receipt_id, operation) in enumerate(
            zip(receipts, ("SyncProxy", "SyncProxyStatus", "SyncProxy"), strict=True)
        ):
            answer = f"<tns:ReceiptId>{receipt_id}</tns:ReceiptId>".encode()
            old.execute(
                "INSERT INTO sent (message_id, operation, attempt, sent_at, body, outcome, answer)"
                " VALUES (?, ?, 1, '2026-01-05T09:00:00+00:00', x'', 'acknowledged', ?)",
                (f"message {number}", operation, answer),
            )
        old.execute(
            "INSERT INTO outbox (message_id, operation, composed_at, body, state, receipt_id)"
            " VALUES ('message 1', 'SyncProxyStatus', '2026-01-05T09:00:00+00:00', '{}', 'acknowledged', ?)",
            (receipts[1],),
        )
        old.commit()
    with closing(Store(path)) as store:
        found = [store.outbox.acknowledged_after(receipt_id) for receipt_id in (*receipts, "never given")]
    assert found == [["message 1"], [], [], None]


def test_a_printer_that_waits_to_be_registered_anew_still_does(tmp_path: Path) -> None:
    """Since the same time, whatever the column was called."""
    path = tmp_path / "client.sqlite"
    write(path, _BEFORE_REREGISTER_SINCE, [])
    with closing(sqlite3.connect(path)) as old:
        old.execute(
            "INSERT INTO device (serial_number, state, host, port, community, snmp_version, discovered_at, chosen_at)"
            " VALUES ('ABC123456', 'discovered', '127.0.0.10', 161, 'public', '2c', ?, ?)",
            ("2026-01-05T09:00:00+00:00", "2026-01-06T10:00:00+00:00"),
        )
        old.commit()
    with closing(Store(path)) as store:
        (device,) = store.devices.awaiting_registration()
    assert (device.serial_number, device.reregister_since) == ("ABC123456", datetime(2026, 1, 6, 10, tzinfo=UTC))
