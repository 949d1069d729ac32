"""A store and a database that the previous version wrote are taken over, and nobody notices.

Covers: "The Xerox SMart eSolutions client will resume this activity when the PC
    is powered on again" - with another version of the program on it, too.

Story: For two months an office is billed. Then both sides are upgraded in place:
    the PC is switched off, and when it comes on, a newer client opens the store
    that the previous one wrote; the server is stopped, and a newer one opens its
    database. Both find the older form, bring it up to date, and go on: no
    printer is registered anew, no reading is missing, no bill is made twice.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import create_engine

from esolutions_client.store.database.schema import STEPS
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import START, old_fleet, open_office
from esolutions_scenarios.worlds.memory import MemoryWorld
from esolutions_server.store.engine.upgrade import take_back

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory",)
TWO_MONTHS = timedelta(days=61)
PRINTERS = 3
# Two month ends lie before the upgrade, two after it.
BILLS = 4 * PRINTERS

SETTING = Setting(fleet=old_fleet(PRINTERS, "colour-a3-mfp", "mono-workgroup", "nominal"), start=START)


def run(testbed: Testbed) -> None:
    """Live two months before the upgrade and two after it."""
    office = open_office(testbed)
    testbed.run_for(TWO_MONTHS)
    readings, proxy_id = office.store.readings.count(), office.proxy_id
    _upgrade_client(testbed, office)
    _upgrade_server(testbed)
    testbed.expect(
        "no reading is missing",
        kept=office.store.readings.count() == readings,
        found=office.store.readings.count(),
        wanted=readings,
    )
    testbed.expect("it is the same proxy", kept=office.proxy_id == proxy_id, found=office.proxy_id, wanted=proxy_id)
    testbed.run_for(TWO_MONTHS)
    answered = [request for request in testbed.administration.every.requests() if request.state == "answered"]
    testbed.expect(
        "every month is billed, before and after", kept=len(answered) == BILLS, found=len(answered), wanted=BILLS
    )
    registered = [row for row in office.store.outbox.sent() if row.operation.startswith("Register")]
    testbed.expect("nothing is registered anew", kept=len(registered) == 2, found=len(registered), wanted=2)


def _upgrade_client(testbed: Testbed, office: Machine) -> None:
    office.power_off()
    _write_as_before(office.path)
    office.power_on()
    with closing(sqlite3.connect(office.path)) as store:
        (version,) = store.execute("PRAGMA user_version").fetchone()
    testbed.expect("the client's store is brought up to date", kept=version == len(STEPS), found=version)
    testbed.note("a newer client opens the store of the previous one")


def _upgrade_server(testbed: Testbed) -> None:
    world = testbed.world
    assert isinstance(world, MemoryWorld)  # noqa: S101 - this story says so in WORLDS
    seen: list[Path] = []

    def give_back(database: Path) -> None:
        engine = create_engine(f"sqlite:///{database}")
        with engine.begin() as connection:
            take_back(connection, "first")
        engine.dispose()
        seen.append(database)

    world.restart_server(give_back)
    with closing(sqlite3.connect(seen[0])) as database:
        (version,) = database.execute("SELECT version_num FROM alembic_version").fetchone()
    testbed.expect("the server's database is brought up to date", kept=version != "first", found=version)
    testbed.note("a newer server opens the database of the previous one")


def _write_as_before(path: Path) -> None:
    """Write a store anew in the first schema there was: the same rows, in the tables of that time."""
    with closing(sqlite3.connect(":memory:")) as old:
        old.executescript(STEPS[0])
        old.execute("ATTACH ? AS newer", (str(path),))
        for (table,) in old.execute("SELECT name FROM main.sqlite_schema WHERE type = 'table'").fetchall():
            columns = ", ".join(name for _, name, *_ in old.execute("SELECT * FROM pragma_table_info(?)", (table,)))
            old.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM newer.{table}")  # noqa: S608 - our own
        old.execute("PRAGMA main.user_version = 1")
        old.commit()
        old.execute("DETACH newer")
        path.unlink()
        with closing(sqlite3.connect(path)) as written:
            old.backup(written)
