"""A serial number is typed in any case, and copied with what comes along: the same printer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.faults.printer import ControllerSwap
from esolutions_scenarios.testbed.office import happen, printers

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.client.cli.support.command_line import CommandLine

SPELLINGS = pytest.mark.parametrize("spell", [str.lower, " {} ".format, "{}\u200b".format])


@SPELLINGS
def test_every_command_about_a_printer_takes_any_spelling(registered: CommandLine, spell: Callable[[str], str]) -> None:
    """`meters`, `history` and `retire`: each names it as it is known."""
    serial = registered.json("devices")["devices"][0]["serial_number"]
    assert registered.json("meters", spell(serial)) == registered.json("meters", serial)
    assert registered.json("history", spell(serial)) == registered.json("history", serial)
    assert registered.json("meters", serial)["meters"][0]["transmitted"] is not None
    assert registered("retire", spell(serial)) == 0
    assert registered.out == f"{serial} is retired\n"


@SPELLINGS
def test_a_printer_is_registered_under_any_spelling(command: CommandLine, spell: Callable[[str], str]) -> None:
    """What is printed is its own."""
    assert command("discover", *command.targets) == 0
    serial = command.json("devices")["devices"][0]["serial_number"]
    assert command.json("register", spell(serial), "--server-url", "https://server.example/x")["registered"] == [serial]


@SPELLINGS
def test_a_held_printer_is_accepted_under_any_spelling(registered: CommandLine, spell: Callable[[str], str]) -> None:
    """And is held no more."""
    printer = printers(registered.testbed)[0]
    happen(registered.testbed, printer, ControllerSwap())
    registered.json("poll")
    (held,) = registered.json("status")["held"]
    document = registered.json("accept", spell(held["serial_number"]))
    assert (document["serial_number"], document["accepted"]) == (held["serial_number"], True)
    assert registered.json("status")["held"] == []
