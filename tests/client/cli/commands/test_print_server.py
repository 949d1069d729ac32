"""Two printers behind one print server, as a person meets them at the command line."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.faults.printer import MemoryReset
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import START, happen, old_fleet, printers
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esolutions_scenarios.testbed.testbed import Testbed
    from tests.client.cli.support.command_line import CommandLine


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    """A printer, and a second one behind the same address."""
    folder = tmp_path / "world"
    folder.mkdir()
    models = ("mono-workgroup", "quirk-two-printers")
    opened = open_testbed(Setting(fleet=old_fleet(2, *models), start=START), "memory", folder=folder)
    yield opened
    opened.close()


def test_reading_an_address_shows_the_first_printer_and_says_that_there_is_another(
    command: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    """The document is that of one printer; the other one is read by its index."""
    first, second = printers(command.testbed)
    assert command.json("read", command.targets[0])["serial_number"] == first
    assert f"{second}, answers at {command.targets[0]}: read it with --device 2" in caplog.text
    document = command.json("read", command.targets[0], "--device", "2")
    assert document["serial_number"] == second
    life = command.testbed.printer(second).counters_at(command.testbed.now)["prtMarkerLifeCount"]
    assert [(meter["name"], meter["value"]) for meter in document["meters"]] == [("Marker Life Count", life)]
    assert {supply["name"]: supply["class"] for supply in document["supplies"]} == {
        "Black Toner": "consumed",
        "Waste Toner Box": "receptacle",
    }
    assert command("read", command.targets[0], "--device", "7") == 1
    assert "no printer is at hrDeviceIndex 7" in command.err


def test_both_are_listed_registered_and_polled_each_by_its_own_rows(command: CommandLine) -> None:
    """Registering the second does not take the first for replaced."""
    serials = printers(command.testbed)
    found = command.json("discover", *command.targets)["found"]
    assert [(x["serial_number"], x["device_index"]) for x in found] == list(zip(serials, (1, 2), strict=True))
    assert command("register", serials[0]) == 0
    assert command("register", serials[1]) == 0
    command.testbed.run_for(timedelta(hours=3))
    assert sorted(command.json("poll")["answered"]) == sorted(serials)
    for serial in some(serials):
        shown = command.testbed.printer(serial).counters_at(command.testbed.now).values()
        assert next(m["current"] for m in command.json("meters", serial)["meters"]) in shown
    assert [x["state"] for x in command.json("devices")["devices"]] == ["registered", "registered"]


def test_a_printer_that_lost_its_serial_number_is_said_to_have_none(command: CommandLine) -> None:
    """It is listed without one, is silent with the reason, and is itself again when the number is."""
    first, second = printers(command.testbed)
    command("discover", *command.targets)
    command("register", "--all")
    back = happen(command.testbed, first, MemoryReset())
    assert {x["serial_number"] for x in command.json("discover", *command.targets)["found"]} == {None, second}
    command.testbed.run_for(timedelta(hours=3))
    report = command.json("poll")
    assert (report["answered"], report["silent"]) == ([second], [first])
    reasons = {x["serial_number"]: x["silent_reason"] for x in command.json("devices")["devices"]}
    assert reasons[first] is not None
    assert "XXXXXXXXXX" not in {x["serial_number"] for x in command.json("devices")["devices"]}
    back()
    command.testbed.run_for(timedelta(hours=3))
    assert sorted(command.json("poll")["answered"]) == sorted((first, second))
