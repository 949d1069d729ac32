"""Every command's exit code and the shape of its JSON: other programs rely on both."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from esolutions_client import __version__

HOUR = timedelta(hours=1)
SUPPLY = {"index", "name", "type", "colorant", "unit", "capacity", "level", "percent", "state"}
ADDRESSES = "127.0.0.10-11:1161"


def test_a_printer_is_read_from_the_network(desk: Any) -> None:
    """Exactly the documented fields; nothing is stored."""
    reading = desk.json("read", "127.0.0.10:1161", "--community", "public")
    assert list(reading) == ["serial_number", "vendor", "model", "read_at", "meters", "supplies"]
    assert reading["serial_number"] == desk.serials[0]
    assert reading["read_at"] == "2026-01-05T09:00:00Z"
    assert [set(meter) for meter in reading["meters"]] == [{"name", "value", "unit", "oid", "source"}] * 5
    assert [set(supply) for supply in reading["supplies"]] == [SUPPLY] * 5
    assert {meter["source"] for meter in reading["meters"]} == {"xcmi"}
    assert not desk.folder.exists()


def test_a_printer_that_does_not_answer_is_an_error(desk: Any) -> None:
    """Exit code 1, the reason on stderr, nothing on stdout."""
    code, out, err = desk.type("read", "127.0.0.99", "--json")
    assert (code, out) == (1, "")
    assert "127.0.0.99" in err


def test_discovery_lists_and_registers_nothing(desk: Any) -> None:
    """Each printer found, with its state; the same again changes nothing."""
    for _ in range(2):
        found = desk.json("discover", ADDRESSES)
        assert found["asked"] == 2
        assert [set(one) for one in found["found"]] == [
            {"host", "port", "serial_number", "vendor", "model", "state"}
        ] * 2
        assert {one["state"] for one in found["found"]} == {"discovered"}
    listed = desk.json("devices")["devices"]
    assert {one["serial_number"] for one in listed} == set(desk.serials)
    assert {one["address"] for one in listed} == {"127.0.0.10:1161", "127.0.0.11:1161"}
    assert desk.world.administration.proxies() == []


def test_registering_says_what_became_of_each(desk: Any) -> None:
    """The document names who is registered; a printer that is off makes the command fail, the other is registered."""
    desk.type("discover", ADDRESSES)
    off, on = desk.serials
    desk.fleet.by_serial(off).power_off(desk.now)
    desk.wait(HOUR)
    document = desk.json("register", off, on, code=1)
    assert document["registered"] == [on]
    assert list(document["unreachable"]) == [off]
    assert document["failure"] is None


def test_a_registration_without_a_server_waits(desk: Any, down: Any) -> None:
    """Exit code 1 and why; `run` sends it later."""
    desk.type("discover", ADDRESSES)
    working, desk.transport = desk.transport, down
    document = desk.json("register", "--all", code=1)
    assert document == {"registered": [], "unreachable": {}, "failure": "RegisterProxy: connection refused"}
    status = desk.json("status")
    assert (status["waiting_messages"], status["failures"]) == (2, 1)
    desk.transport = working
    desk.wait(HOUR)
    assert desk.type("run", "--once")[0] == 0
    assert desk.json("status")["devices"] == {"registered": 2}


@pytest.mark.parametrize(
    "words", [("register",), ("register", "--all", "ABC123456"), ("register", "NOBODY001"), ("register", "--all")]
)
def test_a_registration_of_nothing_is_wrong_usage(desk: Any, words: tuple[str, ...]) -> None:
    """No serial, both kinds, an unknown one, or none that waits: exit code 2 and what to do."""
    code, out, err = desk.type(*words)
    assert (code, out) == (2, "")
    assert "esolutions-client" in err


def test_polls_syncs_and_what_they_leave(desk: Any) -> None:
    """The life of an active printer, command by command."""
    desk.enrol()
    desk.wait(HOUR)
    assert desk.json("poll") == {"answered": desk.serials, "silent": []}
    for serial in desk.serials:
        desk.world.administration.request_billing(serial)
    synced = desk.json("sync")
    assert set(synced) == {"receipt_id", "commands"}
    assert synced["commands"] == [
        {"action": "Report", "serial_number": s} for s in sorted(desk.serials, key=desk.serials.index)
    ]
    meters = desk.json("meters", desk.serials[0])
    assert set(meters) == {"serial_number", "read_at", "meters", "supplies"}
    keys = {"name", "transmitted", "transmitted_at", "current", "unit", "oid", "source"}
    assert [set(meter) for meter in meters["meters"]] == [keys] * 5
    assert all(meter["transmitted"] == meter["current"] for meter in meters["meters"])
    readings = desk.json("history", desk.serials[0])
    assert readings["serial_number"] == desk.serials[0]
    assert [reading["flag"] for reading in readings["readings"]] == [None] * len(readings["readings"])
    assert readings["readings"][0]["read_at"] == "2026-01-05T11:00:00Z"
    events = desk.json("history", "--limit", "3")["events"]
    assert [set(event) for event in events] == [{"moment", "kind", "serial_number", "text"}] * 3


def test_the_status_says_who_what_and_when(desk: Any) -> None:
    """Its fields are fixed; a fresh installation has done nothing and plans nothing."""
    fresh = desk.json("status")
    assert set(fresh) == {
        "proxy_id",
        "communication",
        "registered",
        "server_url",
        "devices",
        "last_poll_at",
        "next_poll_at",
        "last_sync_at",
        "next_sync_at",
        "last_result",
        "failures",
        "waiting_messages",
        "open_requests",
    }
    assert (fresh["registered"], fresh["devices"], fresh["next_poll_at"], fresh["next_sync_at"]) == (
        False,
        {},
        None,
        None,
    )
    desk.enrol()
    status = desk.json("status")
    assert (status["registered"], status["devices"], status["last_result"]) == (True, {"active": 2}, "acknowledged")
    assert status["last_sync_at"] == "2026-01-05T10:00:00Z"
    assert status["next_sync_at"].startswith("2026-01-06T02:")
    assert status["proxy_id"] == fresh["proxy_id"]


def test_turned_off_nothing_can_be_asked_for(desk: Any) -> None:
    """Exit code 1 with what to do; looking is still possible; enabled again, it works."""
    desk.enrol()
    assert desk.type("disable")[0] == 0
    for words in (("sync",), ("poll",), ("register", desk.serials[0]), ("discover", ADDRESSES)):
        code, out, err = desk.type(*words)
        assert (code, out) == (1, ""), words
        assert "esolutions-client enable" in err
    status = desk.json("status")
    assert (status["communication"], status["next_poll_at"], status["next_sync_at"]) == ("off", None, None)
    assert desk.type("run", "--once")[0] == 0
    assert desk.type("enable")[0] == 0
    assert desk.type("sync")[0] == 0


def test_what_was_sent_is_shown_byte_for_byte_but_for_the_secret(desk: Any) -> None:
    """The list, and each message as it was; the registration shows no secret."""
    desk.enrol()
    rows = desk.json("sent")["sent"]
    keys = {"id", "sent_at", "operation", "message_id", "attempt", "bytes", "outcome"}
    assert [set(row) for row in rows] == [keys] * len(rows)
    assert [row["operation"] for row in rows] == [
        "SyncProxyStatus",
        "SyncProxy",
        "RegisterProxyDevices",
        "RegisterProxy",
    ]
    for row in rows:
        document = desk.json("sent", str(row["id"]))
        assert set(document) == keys | {"body", "answer"}
        assert document["body"].startswith("<?xml")
        if row["operation"] == "RegisterProxy":
            assert "<ns0:Secret>********</ns0:Secret>" in document["body"]
        else:
            assert len(document["body"].encode()) == row["bytes"]
    code, out, _ = desk.type("sent", str(rows[-1]["id"]))
    assert code == 0
    assert "********" in out
    assert desk.type("sent", "999")[0] == 2


def test_retiring_and_accepting(desk: Any) -> None:
    """A printer that is retired or not held cannot be retired or accepted; a held one can."""
    desk.enrol()
    retired, held = desk.serials
    assert desk.type("retire", retired)[0] == 0
    assert desk.type("retire", retired)[0] == 2
    assert desk.type("accept", held)[0] == 2
    desk.fleet.by_serial(held).swap_controller(desk.now + timedelta(minutes=1))
    desk.wait(HOUR)
    assert desk.json("poll") == {"answered": [held], "silent": []}
    (shown,) = (one for one in desk.json("devices")["devices"] if one["serial_number"] == held)
    assert shown["held_reason"].startswith("counters went backwards")
    assert desk.json("accept", held) == {"serial_number": held, "held_since": shown["held_since"], "accepted": True}


@pytest.mark.parametrize("command", ["devices", "history", "sent", "status", "poll"])
def test_a_fresh_installation_can_be_looked_at(desk: Any, command: str) -> None:
    """For people and for programs, before anything was done."""
    code, out, _ = desk.type(command)
    assert (code, bool(out)) == (0, True)
    code, out, _ = desk.type(command, "--json")
    assert code == 0
    json.loads(out)


@pytest.mark.parametrize("command", ["devices", "history", "sent", "status", "sync", "poll"])
def test_people_get_text(desk: Any, command: str) -> None:
    """Tables and sentences, and the serial numbers where they belong."""
    desk.enrol()
    code, out, _ = desk.type(command)
    assert code == 0
    assert not out.startswith("{")


def test_the_version_is_told(desk: Any) -> None:
    """As one line."""
    assert desk.type("version")[:2] == (0, f"{__version__}\n")
