"""A search says what is new, moved, gone, held, shown twice, and what could not be read."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.faults.printer import ControllerSwap, CopiedSerial, Move, Off
from esolutions_scenarios.faults.snmp import Truncate
from esolutions_scenarios.testbed.office import happen, printers

if TYPE_CHECKING:
    from tests.client.cli.support.command_line import CommandLine

ELSEWHERE = "127.0.0.99:1161"
KEYS = {"asked", "found", "unreadable", "new", "moved", "held", "gone", "duplicates"}


def test_the_document_of_a_search_has_the_promised_shape(command: CommandLine) -> None:
    """Other programs read it; the second search finds nothing new."""
    serials = printers(command.testbed)
    document = command.json("discover", *command.targets)
    assert set(document) == KEYS
    assert document["new"] == serials
    again = command.json("discover", *command.targets)
    empty: dict[str, list[object]] = {key: [] for key in KEYS - {"asked", "found"}}
    assert again == {"asked": 2, "found": document["found"], **empty}


def test_a_printer_that_moved_and_one_that_is_gone_are_named(registered: CommandLine) -> None:
    """By serial number; the address that is kept is the new one."""
    moves, goes = printers(registered.testbed)
    happen(registered.testbed, moves, Move("127.0.0.99"))
    happen(registered.testbed, goes, Off())
    document = registered.json("discover", *registered.targets, ELSEWHERE)
    assert (document["moved"], document["gone"], document["new"]) == ([moves], [goes], [])
    listed = {x["serial_number"]: x["address"] for x in registered.json("devices")["devices"]}
    assert listed[moves] == ELSEWHERE


def test_one_serial_at_two_addresses_is_said_and_nothing_is_overwritten(registered: CommandLine) -> None:
    """In the document and in words, with both addresses; nothing failed, so that the exit code is 0."""
    original, copy = printers(registered.testbed)
    before = registered.json("devices")["devices"]
    happen(registered.testbed, copy, CopiedSerial(original))
    document = registered.json("discover", *registered.targets)
    assert document["duplicates"] == [{"serial_number": original, "addresses": registered.targets}]
    assert [x["state"] for x in document["found"]] == ["registered", None]
    assert registered.json("devices")["devices"] == before
    assert registered("discover", *registered.targets) == 0
    assert f"{original} is shown at {' and at '.join(registered.targets)}" in registered.out
    assert "another's serial" in registered.out


@pytest.mark.parametrize("at", [0, 1])
def test_what_answers_and_cannot_be_read_costs_the_exit_code(command: CommandLine, at: int) -> None:
    """Host, port and reason are in the document, and in words, whether the first question fails or a later one."""
    broken, sound = command.testbed.fleet.addresses
    command.net.break_printers(Truncate(at), [broken])
    document = command.json("discover", *command.targets, code=1)
    assert [(x["host"], x["port"]) for x in document["unreadable"]] == [(broken, 1161)]
    assert document["unreadable"][0]["reason"]
    assert [x["host"] for x in document["found"]] == [sound]
    assert command("discover", *command.targets) == 1
    assert f"{broken}:1161 answers, but cannot be read" in command.out


def test_a_printer_that_may_be_another_is_accepted_where_it_was_seen(registered: CommandLine) -> None:
    """`devices` and `discover` say where and what to run; `accept` takes the address over."""
    serial, _ = printers(registered.testbed)
    happen(registered.testbed, serial, Move("127.0.0.99"))
    happen(registered.testbed, serial, ControllerSwap(7))
    document = registered.json("discover", *registered.targets, ELSEWHERE)
    assert (document["held"], document["moved"]) == ([serial], [])
    held = next(x for x in registered.json("devices")["devices"] if x["serial_number"] == serial)
    assert held["doubted_at"] == ELSEWHERE
    assert registered("devices") == 0
    assert f"accept {serial}" in " ".join(registered.out.split())
    assert registered("accept", serial) == 0
    assert f"it is the machine at {ELSEWHERE}" in registered.out
    taken = next(x for x in registered.json("devices")["devices"] if x["serial_number"] == serial)
    assert (taken["address"], taken["held_since"], taken["doubted_at"]) == (ELSEWHERE, None, None)
    registered.testbed.run_for(timedelta(hours=2))
    assert serial in registered.json("poll")["answered"]
