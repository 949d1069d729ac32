"""The database: made, upgraded, durable, and one transaction at a time."""

from __future__ import annotations

import random
import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine
from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateTable

from esolutions_server import open_server
from esolutions_server.service.errors import StartError
from esolutions_server.store.engine.database import open_store
from esolutions_server.store.engine.errors import StoreError, StoreUnavailableError
from esolutions_server.store.engine.upgrade import MIGRATIONS, migrate, newest_version, take_back
from esolutions_server.store.repositories import commands, devices
from esolutions_server.store.repositories.exchanges import idempotency, journal
from esolutions_server.store.schema import UtcTime, metadata
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

START = datetime(2026, 1, 1, tzinfo=UTC)


def difference(connection: Connection) -> list[object]:
    """Return what Alembic would have to change to come to the tables of the code."""
    context = MigrationContext.configure(connection, opts={"compare_type": False})
    changes: list[object] = []
    for change in compare_metadata(context, metadata):
        # What differs about one column comes as a list of its own.
        changes += change if isinstance(change, list) else [change]
    return changes


def test_the_migrations_make_the_tables_the_code_has() -> None:
    """From nothing to the newest schema, with nothing left to change."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
        assert difference(connection) == []
    engine.dispose()


def test_the_newest_version_is_the_one_that_the_migrations_lead_to() -> None:
    """It is read from their files without running them; Alembic comes to the same."""
    assert newest_version() == ScriptDirectory(str(MIGRATIONS)).get_current_head()


@pytest.mark.parametrize("version", ["first", "binding"])
def test_a_database_of_an_older_version_is_brought_up_to_date_when_it_is_opened(tmp_path: Path, version: str) -> None:
    """And is left as it is the next time."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    open_store(url).close()
    engine = create_engine(url)
    with engine.begin() as connection:
        take_back(connection, version)
    engine.dispose()
    for _ in range(2):
        store = open_store(url)
        with store.transaction() as connection:
            assert difference(connection) == []
            assert (
                connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar_one() == newest_version()
            )
        store.close()


def test_only_billing_transactions_are_in_the_index_that_finds_them() -> None:
    """A sync, as most messages are, adds no page to it; the statement that looks for one goes by it."""
    store = open_store("sqlite://")
    with store.transaction() as connection:
        spelled = idempotency._OF_TRANSACTION._for(connection.dialect, ())
        (step,) = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {spelled.text}", ("a", "b")).all()
        assert "INDEX messages_by_transaction (proxy_id=? AND transaction_id=?)" in step[3]
        index = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE name = 'messages_by_transaction'")
        assert index.scalar_one().endswith("WHERE transaction_id IS NOT NULL")
    store.close()


def test_migrations_can_be_taken_back_and_made_again() -> None:
    """Back to the first schema, which lacks something, and forth to the newest."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        migrate(connection)
        take_back(connection, "first")
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == ["first"]
        kinds: list[Any] = list(difference(connection))
        assert {change[0] for change in kinds} == {
            "add_index",
            "add_column",
            "modify_nullable",
        }
        migrate(connection)
        assert difference(connection) == []
    engine.dispose()


def test_a_new_database_is_what_the_migrations_make() -> None:
    """The short way and the long way give the same, version included."""
    engine = create_engine("sqlite://")
    store = open_store("sqlite://")
    query = "SELECT name, sql FROM sqlite_master ORDER BY name"
    with engine.begin() as connection, store.transaction() as made:
        migrate(connection)
        assert made.exec_driver_sql(query).all() == connection.exec_driver_sql(query).all()
        version = "SELECT * FROM alembic_version"
        assert made.exec_driver_sql(version).all() == connection.exec_driver_sql(version).all()
    store.close()
    engine.dispose()


def test_a_database_survives_closing_and_opening(tmp_path: Path) -> None:
    """What was committed is there again."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    for _ in range(2):
        with open_server(url, now=lambda: START, rng=random.Random(1)) as server:
            if not server.administration.pages.accounts(limit=1).rows:
                server.administration.add_account("Acme", "key@acme.example")
    with open_server(url, now=lambda: START, rng=random.Random(1)) as server:
        assert [account.name for account in server.administration.every.accounts()] == ["Acme"]


def test_sqlite_is_durable_by_default(tmp_path: Path) -> None:
    """Write-ahead logging, foreign keys, and the flush at each commit taken over by the store (test_durability)."""
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    with store.transaction() as connection:
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")]
        foreign_keys = connection.exec_driver_sql("PRAGMA foreign_keys").scalar()
    store.close()
    assert (values, foreign_keys) == (["wal", 1], 1)


def test_an_error_in_a_transaction_leaves_nothing_behind() -> None:
    """All or nothing."""
    store = open_store("sqlite://")

    def change() -> None:
        with store.transaction() as connection:
            connection.exec_driver_sql("INSERT INTO settings VALUES ('a', 'b')")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change()
    with store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT * FROM settings").all() == []
    store.close()


def test_threads_take_turns() -> None:
    """A hundred increments by four threads are four hundred."""
    store = open_store("sqlite://")
    with store.transaction() as connection:
        connection.exec_driver_sql("INSERT INTO settings VALUES ('count', '0')")

    def count() -> None:
        for _ in range(100):
            with store.transaction() as connection:
                value = int(connection.exec_driver_sql("SELECT value FROM settings").scalar_one())
                connection.exec_driver_sql(f"UPDATE settings SET value = '{value + 1}'")  # noqa: S608

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.transaction() as connection:
        assert connection.exec_driver_sql("SELECT value FROM settings").scalar() == "400"
    store.close()


def test_what_is_no_database_is_a_plain_error(tmp_path: Path) -> None:
    """No foreign exception leaves the store."""
    broken = tmp_path / "broken.sqlite"
    broken.write_bytes(b"this is no database" * 100)
    for url in ("nonsense", "sqlite:////no/such/place/x.sqlite", f"sqlite:///{broken}", "marvel://x"):
        with pytest.raises(StartError):
            open_server(url, now=lambda: START, rng=random.Random(1))


@pytest.mark.parametrize("seed", range(12))
def test_a_damaged_database_is_a_plain_error(tmp_path: Path, seed: int) -> None:
    """Flipped bytes, in the schema or in a table: whoever opens or reads it gets a line, or what is whole."""
    path = tmp_path / "damaged.sqlite"
    open_server(f"sqlite:///{path}", now=lambda: START, rng=random.Random(1)).close()
    octets = bytearray(path.read_bytes())
    rng = random.Random(seed)
    for _ in range(1 + 40 * seed):
        octets[rng.randrange(100, len(octets))] ^= rng.randrange(1, 256)
    path.write_bytes(octets)
    complaints: list[str] = []
    store = None
    try:
        store = open_store(f"sqlite:///{path}")
    except StoreError as error:
        complaints.append(str(error))
    for table in metadata.tables:
        if store is None:
            break
        try:
            with store.transaction() as connection:
                connection.exec_driver_sql(f"SELECT * FROM {table}").fetchall()  # noqa: S608 - a name of our own
        except StoreError as error:
            complaints.append(str(error))
    assert all(len(complaint.splitlines()) == 1 for complaint in some(complaints))
    if store is not None:
        store.close()


def test_a_foreign_database_is_not_taken_over(tmp_path: Path) -> None:
    """Tables of somebody else are left alone, and the server does not start."""
    path = tmp_path / "other.sqlite"
    other = sqlite3.connect(path)
    other.execute("CREATE TABLE accounts (id INTEGER)")
    other.close()
    with pytest.raises(StartError):
        open_server(f"sqlite:///{path}", now=lambda: START, rng=random.Random(1))


def test_every_table_can_be_made_on_postgresql() -> None:
    """The schema has nothing that only SQLite knows."""
    from sqlalchemy.dialects import postgresql

    for table in some(metadata.sorted_tables):
        assert str(
            CreateTable(table).compile(
                dialect=postgresql.dialect()  # type: ignore[no-untyped-call]
            )
        )


@given(st.integers(0, 4_102_444_800), st.integers(-14, 14))
def test_moments_come_back_as_they_were(seconds: int, offset: int) -> None:
    """To the second, in UTC, and sorted as text as they are in time."""
    column, dialect = UtcTime(), sqlite.dialect()
    aware = datetime.fromtimestamp(seconds, timezone(timedelta(hours=offset)))
    kept = column.process_bind_param(aware, dialect)
    assert column.process_result_value(kept, dialect) == aware
    later = column.process_bind_param(aware + timedelta(seconds=1), dialect)
    assert kept is not None
    assert later is not None
    assert kept < later


def test_what_falls_due_every_minute_is_found_by_an_index(tmp_path: Path) -> None:
    """Years of exchanges must not make the chores slower."""
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    with store.transaction() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        asked: list[str] = []
        driver.set_trace_callback(asked.append)
        devices.needing_attention(connection, START, "a")
        devices.page_needing_attention(connection, START, after=None, limit=10)
        commands.page_of_overdue(connection, START, after=None, limit=10)
        commands.is_overdue_told(connection, "a")
        idempotency.prune(connection, now=START, responses_before=START)
        journal.prune(connection, strangers_kept=10)
        driver.set_trace_callback(None)
        plans = {query: [step[3] for step in driver.execute(f"EXPLAIN QUERY PLAN {query}")] for query in asked}
    store.close()
    of_nonces = [query for query in plans if " nonces " in query]
    assert len(plans) == 7
    assert len(of_nonces) == 1, "they live for minutes only, and may be looked through"
    for query, plan in some(plans.items()):
        if query not in of_nonces:
            assert not any(step.startswith("SCAN") and "INDEX" not in step for step in some(plan)), (query, plan)


def test_who_comes_after_a_database_was_closed_is_told(tmp_path: Path) -> None:
    """As by one that cannot be used at the moment, which every caller knows how to take; closing again is nothing."""
    store = open_store(f"sqlite:///{tmp_path / 'server.sqlite'}")
    store.close()
    store.close()
    with pytest.raises(StoreUnavailableError), store.transaction():
        pass
    with pytest.raises(StoreUnavailableError):
        store.copy_to(tmp_path / "copy.sqlite")
    with pytest.raises(StoreUnavailableError):
        store.replace_with(None)
