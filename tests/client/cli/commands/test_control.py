"""Commands that change something: what they print for programs, and how they end."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.store.store import Store
from esolutions_scenarios.faults.http import Refuse
from esolutions_scenarios.faults.printer import ControllerSwap
from esolutions_scenarios.faults.snmp import Drop
from esolutions_scenarios.testbed.office import happen, open_account, printers

if TYPE_CHECKING:
    from tests.client.cli.support.command_line import CommandLine

HELD_PAGES = 12


def test_discovery_lists_printers_and_registers_none(command: CommandLine) -> None:
    """What was found is listed with its state; the server has heard nothing."""
    serials = printers(command.testbed)
    document = command.json("discover", *command.targets)
    assert document["asked"] == 2
    assert [(x["serial_number"], x["state"]) for x in document["found"]] == [(s, "discovered") for s in serials]
    assert set(document["found"][0]) == {"host", "port", "serial_number", "vendor", "model", "state"}
    assert command.net.messages_sent == 0


def test_nobody_at_the_addresses_is_said(command: CommandLine) -> None:
    """It is no failure to find nothing."""
    assert command("discover", "127.0.0.200-203:1161") == 0
    assert "no printer answered at 4 addresses" in command.out


def test_registration_names_what_was_registered(command: CommandLine) -> None:
    """`--all` takes every printer that was discovered."""
    command("discover", *command.targets)
    serials = printers(command.testbed)
    assert command.json("register", "--all") == {
        "registered": serials,
        "unreachable": {},
        "refused": {},
        "failure": None,
    }
    assert command("register", "--all") == 2
    assert "no printer waits" in command.err


@pytest.mark.parametrize("arguments", [(), ("--all", "ABC123456"), ("NOBODY",)])
def test_a_registration_of_nothing_or_nobody_is_asked_wrongly(command: CommandLine, arguments: tuple[str, ...]) -> None:
    """Exit code 2, a sentence on stderr, and nothing is sent."""
    command("discover", *command.targets)
    assert command("register", *arguments) == 2
    assert command.err.startswith("esolutions-client: ")
    assert command.out == ""
    assert command.net.messages_sent == 0


def test_a_printer_that_does_not_answer_is_not_registered(command: CommandLine) -> None:
    """The other one is; the exit code says that not all went well."""
    command("discover", *command.targets)
    silent, sound = printers(command.testbed)
    command.net.break_printers(Drop(), [command.testbed.fleet.addresses[0]])
    document = command.json("register", "--all", code=1)
    assert document["registered"] == [sound]
    assert list(document["unreachable"]) == [silent]


def test_a_registration_without_a_server_waits(command: CommandLine) -> None:
    """It failed now, it says so, and the next sync delivers it."""
    command("discover", *command.targets)
    fault = Refuse()
    command.net.break_server(fault)
    document = command.json("register", "--all", code=1)
    assert document["registered"] == []
    assert "connection refused" in document["failure"]
    command.net.lift(fault)
    assert command("sync") == 0
    assert {x["state"] for x in command.json("devices")["devices"]} == {"registered"}


def test_a_sync_before_any_registration_is_asked_wrongly(command: CommandLine) -> None:
    """The sentence says what to do first."""
    assert command("sync") == 2
    assert "esolutions-client register" in command.err


def test_a_sync_lists_what_the_server_asked_for(registered: CommandLine) -> None:
    """As many commands as there are printers that were signed up."""
    testbed = registered.testbed
    serials = printers(testbed)
    open_account(testbed, dict.fromkeys(serials, "monthly"))
    testbed.run_for(timedelta(hours=1))
    for serial in serials:
        testbed.administration.sign_up(serial)
    document = registered.json("sync")
    assert document["commands"] == [{"action": "TurnOn", "serial_number": serial} for serial in sorted(serials)]
    assert re.fullmatch(r"[0-9a-f-]{36}", document["receipt_id"])
    assert {x["state"] for x in registered.json("devices")["devices"]} == {"active"}


def test_a_sync_that_fails_ends_with_1(registered: CommandLine) -> None:
    """The reason is on stderr, and stdout is empty for the program that reads it."""
    registered.net.break_server(Refuse())
    assert registered("sync", "--json") == 1
    assert "connection refused" in registered.err
    assert registered.out == ""


def test_a_poll_names_who_answered_and_who_did_not(registered: CommandLine) -> None:
    """A silent printer is no failure of the poll."""
    silent, sound = printers(registered.testbed)
    registered.net.break_printers(Drop(), [registered.testbed.fleet.addresses[0]])
    assert registered.json("poll") == {"answered": [sound], "silent": [silent]}


def test_run_does_what_is_due_and_waits_for_the_next(registered: CommandLine) -> None:
    """With `--once` it ends; without, it looks every second whether another command has changed something."""
    registered.testbed.run_for(timedelta(days=1))
    assert registered("run", "--once") == 0
    assert registered.waits == []
    status = registered.json("status")
    assert status["last_poll_at"] == status["last_sync_at"] == "2026-01-06T09:00:00Z"
    assert registered("run") == 0
    assert registered.waits == [1.0]


def test_a_server_that_is_down_does_not_end_run(registered: CommandLine) -> None:
    """It goes on without one."""
    registered.net.break_server(Refuse())
    registered.testbed.run_for(timedelta(days=1))
    assert registered("run") == 0
    assert len(registered.waits) == 1
    assert registered.json("status")["failures"] == 1


def test_while_communication_is_off_no_command_sends_anything(registered: CommandLine) -> None:
    """Each is refused with exit code 1, and says how to turn communication on."""
    assert registered("disable") == 0
    before = registered.net.messages_sent, registered.net.conversations_begun
    for words in (["poll"], ["sync"], ["register", "--all"], ["discover", *registered.targets]):
        code = registered(*words)
        assert code in {1, 2}, words
    assert registered("poll") == 1
    assert "esolutions-client enable" in registered.err
    assert registered("run", "--once") == 0
    assert (registered.net.messages_sent, registered.net.conversations_begun) == before
    assert registered.json("status")["communication"] == "off"
    assert registered("enable") == 0
    assert registered("poll") == 0


def test_a_printer_is_retired_once(registered: CommandLine) -> None:
    """It is not polled any more; who is retired or unknown cannot be retired."""
    gone, stays = printers(registered.testbed)
    assert registered("retire", gone) == 0
    assert registered("retire", gone) == 2
    assert registered("retire", "NOBODY") == 2
    assert registered.json("poll") == {"answered": [stays], "silent": []}


def test_a_held_printer_is_accepted_by_a_person(registered: CommandLine) -> None:
    """Only one that is held can be accepted."""
    serial = printers(registered.testbed)[0]
    assert registered("accept", serial) == 2
    happen(registered.testbed, serial, ControllerSwap(HELD_PAGES))
    registered.testbed.run_for(timedelta(hours=2))
    registered("poll")
    listed = {x["serial_number"]: x for x in registered.json("devices")["devices"]}
    assert "counters went backwards" in listed[serial]["held_reason"]
    document = registered.json("accept", serial)
    assert document == {"serial_number": serial, "held_since": listed[serial]["held_since"], "accepted": True}
    assert registered("accept", serial) == 2


def test_two_programs_do_not_work_at_once(registered: CommandLine) -> None:
    """Each waits for its turn, and does nothing before; looking is always possible."""
    other = Store(registered.folder / "client.sqlite")
    other.settings.last_poll_at = None
    try:
        with other.exclusive():
            for words in (["poll"], ["sync"], ["register", registered.testbed.fleet.printers[0].serial]):
                assert registered(*words) == 1, words
            registered("run", "--once")
            assert registered("status") == 0
        assert registered.json("status")["last_poll_at"] is None
        assert registered("poll") == 0
        assert registered.json("status")["last_poll_at"] is not None
    finally:
        other.close()
