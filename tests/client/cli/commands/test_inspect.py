"""Commands that only look: the JSON that programs rely on, the tables for people, and nothing sent."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.store.store import Store
from esolutions_scenarios.faults.printer import ControllerSwap
from esolutions_scenarios.testbed.office import happen, printers
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.client.cli.support.command_line import CommandLine

COUNTER = "Total Impressions"
STATUS = {
    "proxy_id",
    "not_accepted",
    "communication",
    "registered",
    "server_url",
    "devices",
    "last_poll_at",
    "poll_minutes",
    "next_poll_at",
    "last_sync_at",
    "next_sync_at",
    "last_result",
    "unknown_since",
    "failures",
    "waiting_messages",
    "open_requests",
    "at_work",
    "next_contact_at",
    "back_off",
    "clock",
    "held",
    "wishes",
}
DEVICE = {
    "refused_reason",
    "serial_number",
    "state",
    "address",
    "vendor",
    "model",
    "discovered_at",
    "registered_at",
    "active_since",
    "silent_since",
    "silent_reason",
    "held_since",
    "held_reason",
    "doubted_at",
    "replaced_by",
}
METER = {"name", "transmitted", "transmitted_at", "current", "unit", "oid", "source"}
SUPPLY = {"index", "name", "type", "class", "colorant", "unit", "capacity", "level", "percent", "state"}
SENT = {"id", "sent_at", "operation", "message_id", "attempt", "bytes", "outcome"}


def test_the_status_of_a_new_client(command: CommandLine) -> None:
    """It has an id, knows no printer, and has nothing to do."""
    status = command.json("status")
    assert set(status) == STATUS
    assert (status["registered"], status["communication"], status["devices"]) == (False, "on", {})
    assert status["next_poll_at"] is status["next_sync_at"] is None
    assert command.json("status")["proxy_id"] == status["proxy_id"]


def test_the_status_of_a_registered_client(registered: CommandLine) -> None:
    """It says what was done last and what comes next; while communication is off, nothing does."""
    status = registered.json("status")
    assert set(status) == STATUS
    assert (status["registered"], status["devices"]) == (True, {"registered": 2})
    assert (status["waiting_messages"], status["open_requests"], status["last_result"]) == (0, [], "acknowledged")
    assert "2026-01-05T09:00:00Z" < status["next_poll_at"] <= "2026-01-05T11:00:00Z"
    assert "2026-01-06T00:00:00Z" <= status["next_sync_at"] < "2026-01-06T09:00:00Z"
    registered("disable")
    status = registered.json("status")
    assert status["next_poll_at"] is status["next_sync_at"] is None


def test_printers_are_listed_with_all_that_is_known(registered: CommandLine) -> None:
    """In the order of their discovery."""
    listed = registered.json("devices")["devices"]
    assert [x["serial_number"] for x in listed] == printers(registered.testbed)
    assert all(set(x) == DEVICE for x in some(listed))
    assert listed[0]["address"] == registered.targets[0]
    assert listed[0]["registered_at"] == "2026-01-05T09:00:00Z"


def test_meters_show_what_was_transmitted_and_what_is_current(registered: CommandLine) -> None:
    """Two columns of two moments."""
    serial = printers(registered.testbed)[0]
    opened = registered.testbed.printer(serial).counters_at(registered.testbed.now)[COUNTER]
    registered.testbed.run_for(timedelta(days=1))
    registered("poll")
    document = registered.json("meters", serial)
    assert set(document) == {"serial_number", "read_at", "meters", "supplies"}
    assert all(set(x) == METER for x in some(document["meters"]))
    assert document["supplies"]
    assert all(set(x) == SUPPLY for x in some(document["supplies"]))
    total = next(x for x in document["meters"] if x["name"] == COUNTER)
    assert (total["transmitted"], total["transmitted_at"]) == (opened, "2026-01-05T09:00:00Z")
    assert total["current"] == registered.testbed.printer(serial).counters_at(registered.testbed.now)[COUNTER]
    assert total["current"] > opened
    assert document["read_at"] == "2026-01-06T09:00:00Z"


def test_a_printer_that_was_not_read_yet_has_no_meters(command: CommandLine) -> None:
    """It is known, so this is no error."""
    command("discover", *command.targets)
    serial = printers(command.testbed)[0]
    document = command.json("meters", serial)
    assert (document["read_at"], document["meters"], document["supplies"]) == (None, [], [])
    assert command("meters", serial) == 0
    assert "was not read yet" in command.out


def test_the_history_of_a_printer_and_of_all(registered: CommandLine) -> None:
    """Readings of one, newest first, with what was wrong with them; events of all."""
    serial = printers(registered.testbed)[0]
    happen(registered.testbed, serial, ControllerSwap(12))
    registered.testbed.run_for(timedelta(hours=2))
    registered("poll")
    document = registered.json("history", serial)
    assert document["serial_number"] == serial
    assert [(x["read_at"], x["flag"]) for x in document["readings"]] == [
        ("2026-01-05T11:00:00Z", "backwards"),
        ("2026-01-05T09:00:00Z", None),
    ]
    assert len(registered.json("history", serial, "--limit", "1")["readings"]) == 1
    events = registered.json("history")["events"]
    assert all(set(x) == {"moment", "kind", "serial_number", "text"} for x in some(events))
    assert (events[0]["kind"], events[0]["serial_number"]) == ("held", serial)


def test_what_was_sent_is_listed_and_shown_as_it_was_but_for_the_secret(registered: CommandLine) -> None:
    """The archive holds the secret once, where the client registers; no screen ever shows it."""
    rows = registered.json("sent")["sent"]
    assert [x["operation"] for x in rows] == ["RegisterProxyDevices", "RegisterProxy"]
    assert all(set(x) == SENT for x in some(rows))
    store = Store(registered.folder / "client.sqlite")
    secret = store.settings.secret
    archived = store.outbox.sent_by_id(1)
    store.close()
    assert secret is not None
    assert archived is not None
    assert secret.encode() in archived.body
    document = registered.json("sent", "1")
    assert set(document) == SENT | {"body", "answer"}
    assert document["body"] == archived.body.decode().replace(secret, "********")
    assert document["bytes"] == len(archived.body)
    assert registered("sent", "1") == 0
    assert registered.out == document["body"] + "\n"
    assert registered("sent", "99") == 2


def test_unknown_printers_are_asked_for_wrongly(command: CommandLine) -> None:
    """The sentence says where the known ones are listed."""
    for name in ("meters", "history"):
        assert command(name, "NOBODY") == 2
        assert "esolutions-client devices" in command.err


@pytest.mark.parametrize("name", ["status", "devices", "history", "sent"])
def test_every_list_is_readable_with_and_without_content(registered: CommandLine, name: str) -> None:
    """As tables for people, which are no JSON."""
    assert registered(name) == 0
    assert len(registered.out.splitlines()) > 1
    folder, registered.folder = registered.folder, registered.folder / "new"
    assert registered(name) == 0
    assert registered.out
    registered.folder = folder


def test_looking_sends_nothing(registered: CommandLine) -> None:
    """Neither to a printer nor to the server."""
    serial = printers(registered.testbed)[0]
    before = registered.net.messages_sent, registered.net.conversations_begun
    for words in (["status"], ["devices"], ["meters", serial], ["history"], ["history", serial], ["sent"]):
        assert registered(*words) == 0
    assert (registered.net.messages_sent, registered.net.conversations_begun) == before
