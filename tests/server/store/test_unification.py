"""A database from before serial numbers and GUIDs were normalised gets canonical keys, and nothing is lost."""

# ruff: noqa: S608 (the SQL is the test's own)

from __future__ import annotations

import random
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import create_engine

from esolutions_server import open_server
from esolutions_server.domain.policy import Policy
from esolutions_server.store.engine.upgrade import take_back

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esolutions_server import ReferenceServer
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

    Opened = Callable[[], World]

SERIAL = "ATK1"
OWN_KEYS = ("devices", "meters", "supplies", "commands", "bills", "equipment")
OF_PROXY = ("devices", "messages", "nonces", "journal")


@pytest.fixture
def opened(world: World, tmp_path: Path) -> Iterator[Opened]:
    """Open the server of one database file, as often as a test wants to."""
    servers: list[ReferenceServer] = []

    def open_again() -> World:
        if servers:
            servers[-1].close()
        rng = random.Random(len(servers))
        servers.append(open_server(f"sqlite:///{tmp_path}/s.sqlite", now=world.clock, rng=rng, policy=Policy()))
        return type(world)(servers[-1], world.clock)

    yield open_again
    servers[-1].close()


@pytest.fixture
def old(opened: Opened, tmp_path: Path) -> tuple[Proxy, Callable[[str], None]]:
    """Give the proxy of a device with a bill and an open request, and a way to run SQL on its database of before."""
    world = opened()
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    assert proxy.submit(SERIAL, proxy.sync().commands[0]["CommandId"]) == "Accepted"
    world.clock.move(days=31)
    proxy.sync()
    world.server.close()
    engine = create_engine(f"sqlite:///{tmp_path}/s.sqlite")
    with engine.begin() as connection:
        take_back(connection, "binding")
    engine.dispose()

    def run(script: str) -> None:
        connection = sqlite3.connect(tmp_path / "s.sqlite")
        connection.executescript(script)
        connection.close()

    return proxy, run


def _respell(old: str, new: str) -> str:
    return "".join(f"UPDATE {name} SET serial = '{new}' WHERE serial = '{old}';" for name in OWN_KEYS)


def test_keys_get_their_canonical_forms_and_the_client_is_served_as_before(
    opened: Opened, old: tuple[Proxy, Callable[[str], None]], caplog: pytest.LogCaptureFixture
) -> None:
    """The device with all that is its own, the client, the ids of messages: it goes on, in its own words."""
    proxy, run = old
    guid = proxy.guid.replace("2222", "abcd").upper()
    run(
        _respell(SERIAL, " atk1")
        + f"UPDATE proxies SET id = '{guid}';"
        + "".join(f"UPDATE {name} SET proxy_id = '{guid}' WHERE proxy_id IS NOT NULL;" for name in OF_PROXY)
        + "UPDATE messages SET message_id = upper(message_id);"
    )
    world = opened()
    proxy.server, proxy.guid = world.server, guid
    proxy.fleet = {" atk1"}
    (device,) = world.server.administration.every.devices()
    assert (device.serial, device.spelled, device.state) == (SERIAL, " atk1", "active")
    assert len(device.meters) == 5
    assert [row.serial for row in world.server.administration.every.equipment()] == [SERIAL]
    assert len(list(world.server.administration.every.bills(SERIAL))) == 5
    (command,) = proxy.sync().commands
    assert command["SerialNumber"] == " atk1"
    assert proxy.submit(" atk1", command["CommandId"]) == "Accepted"
    assert [row.id for row in world.server.administration.every.proxies()] == [guid.lower()]
    assert {row.proxy_id for row in world.server.administration.every.journal()} == {guid.lower()}
    assert caplog.messages == []


def test_a_message_that_is_sent_again_after_the_upgrade_gets_its_first_receipt(
    opened: Opened, old: tuple[Proxy, Callable[[str], None]]
) -> None:
    """Its id was kept in the case in which it came."""
    proxy, run = old
    run("UPDATE messages SET message_id = upper(message_id);")
    world = opened()
    proxy.server = world.server
    before = [
        str(row.message_id) for row in world.server.administration.every.journal() if row.operation == "SyncProxy"
    ]
    again = proxy.send(proxy.sync_payload(before[0].upper()))
    assert again.texts("InReplyTo") == [before[0]]
    assert list(world.server.administration.every.journal())[-1].outcome == "repeated"


def test_of_two_rows_of_one_device_the_one_in_use_goes_on_and_the_other_is_kept(
    opened: Opened, old: tuple[Proxy, Callable[[str], None]], caplog: pytest.LogCaptureFixture
) -> None:
    """Its bills are still listed, nothing is asked of it, and the log and the list of devices say what it is."""
    proxy, run = old
    run(
        _respell(SERIAL, "atk1")
        + "INSERT INTO devices (serial, proxy_id, state, registered_at)"
        + f" SELECT '{SERIAL}', id, 'registered', '2026-03-01T00:00:00Z' FROM proxies;"
        + "INSERT INTO commands (id, serial, action, state, issued_at, read_not_before, answer_by, frequency,"
        + " period_start, period_end, sent) SELECT '00000000-0000-4000-8000-000000000000', 'ATK1', action, state,"
        + " issued_at, read_not_before, answer_by, frequency, period_start, period_end, sent"
        + " FROM commands WHERE state = 'open';"
        + "INSERT INTO bills (command_id, serial, meter, value, impressions, read_at, received_at, outcome)"
        + " VALUES ('00000000-0000-4000-8000-000000000000', 'ATK1', 'Sheets', 7, 0, '2026-01-15T00:00:00Z',"
        + " '2026-01-15T00:00:00Z', 'Accepted');"
        + "INSERT INTO equipment SELECT 'ATK1', account_id, person, installed_on, 'Quarterly', 1, 'UTC' FROM equipment;"
    )
    world = opened()
    proxy.server = world.server
    administration = world.server.administration
    rows = {row.same_as: row for row in administration.every.devices()}
    assert (rows[None].serial, rows[None].state, rows[None].spelled) == (SERIAL, "active", "atk1")
    assert (rows[SERIAL].spelled, rows[SERIAL].state) == (SERIAL, "retired")
    assert {bill.meter for bill in administration.every.bills(SERIAL)} == {
        *(m.name for m in rows[None].meters),
        "Sheets",
    }
    cancelled = {row.id: row.reason for row in administration.every.commands() if row.state == "cancelled"}
    assert cancelled == {"00000000-0000-4000-8000-000000000000": f"it is the same device as {SERIAL}"}
    assert [command["SerialNumber"] for command in proxy.sync().commands] == ["atk1"]
    assert len(list(administration.every.equipment())) == 2
    assert any("are one device" in message for message in caplog.messages)
    opened()
    assert len(caplog.messages) == 2, "told once, when it is upgraded: the device and its equipment"


def test_of_two_clients_that_are_one_the_one_with_devices_goes_on(
    opened: Opened, old: tuple[Proxy, Callable[[str], None]], caplog: pytest.LogCaptureFixture
) -> None:
    """Whoever registered under the same GUID in another case is kept, and not heard any more."""
    proxy, run = old
    guid = proxy.guid.replace("2222", "abcd")
    columns = (
        "secret, registered_at, installed_at, consent_given_at, daily_sync_time, sync_window, poll_interval,"
        " instance_id, last_heard_at, next_contact_at, queue, fleet_digest"
    )
    run(
        f"UPDATE proxies SET id = '{guid.upper()}'; UPDATE devices SET proxy_id = '{guid.upper()}';"
        f"INSERT INTO proxies (id, {columns}) SELECT '{guid}', {columns} FROM proxies;"
        f"UPDATE proxies SET secret = '{'x' * 88}' WHERE id = '{guid}';"
    )
    world = opened()
    proxy.server, proxy.guid = world.server, guid
    assert proxy.sync().commands
    assert proxy.send(proxy.sync_payload(), secret="x" * 88).fault == "wsse:FailedAuthentication"
    assert len(list(world.server.administration.every.proxies())) == 2
    assert any("are one client" in message for message in caplog.messages)


def test_a_row_that_nothing_canonical_can_name_stays(
    opened: Opened, old: tuple[Proxy, Callable[[str], None]], caplog: pytest.LogCaptureFixture
) -> None:
    """It was accepted once: it is kept, and told."""
    _, run = old
    run(_respell(SERIAL, "Dr\u00fccker"))
    rows = list(opened().server.administration.every.devices())
    assert [(row.serial, row.same_as) for row in rows] == [("Dr\u00fccker", None)]
    assert any("stays as it is" in message for message in caplog.messages)
