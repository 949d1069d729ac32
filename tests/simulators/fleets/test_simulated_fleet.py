"""A fleet is found by address and shared through a folder."""

import subprocess
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_simulators.clock import ClockFile
from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet, FleetError
from esolutions_simulators.fleets.fleet_file import load_fleet
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.toml_files.toml_file import TomlFileError

DAY = timedelta(days=1)
INSTALLED_AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")


def test_addresses_count_up_and_roll_over(installed_at: datetime) -> None:
    """After 127.0.0.255 comes 127.0.1.0."""
    fleet = build_fleet(300, "small-phaser", installed_at=installed_at)
    assert fleet.addresses[0] == "127.0.0.10"
    assert fleet.addresses[245:248] == ("127.0.0.255", "127.0.1.0", "127.0.1.1")
    assert len(set(fleet.addresses)) == 300


@given(st.integers(1, 60), st.integers(0, 2**32))
def test_serial_numbers_have_the_models_shape_and_are_unique(count: int, seed: int) -> None:
    """Three letters and six digits, or ten digits; no two alike."""
    fleet = build_fleet(count, ["nominal", "mono-workgroup"], seed=seed, installed_at=INSTALLED_AT)
    serials = [printer.serial for printer in fleet]
    assert len(set(serials)) == count
    for serial, printer in zip(serials, fleet, strict=True):
        letters = 3 if printer.model.name == "nominal" else 0
        assert serial[:letters].isalpha() == (letters > 0)
        assert serial[letters:].isdigit()
        assert len(serial) == (9 if letters else 10)


def test_the_same_seed_builds_the_same_fleet(installed_at: datetime) -> None:
    """And another seed another one."""
    one, same = (build_fleet(5, installed_at=installed_at, seed=3).to_json() for _ in range(2))
    assert one == same
    assert one != build_fleet(5, installed_at=installed_at, seed=4).to_json()


@pytest.mark.parametrize(("count", "base"), [(-1, "127.0.0.10"), (300, "127.255.255.1"), (2, "255.255.255.255")])
def test_a_fleet_that_has_no_room_is_refused(installed_at: datetime, count: int, base: str) -> None:
    """Fewer than none, and more than the network holds, are errors."""
    with pytest.raises(FleetError):
        build_fleet(count, base_address=base, installed_at=installed_at)


def test_two_printers_cannot_start_at_one_address(make_printer: Callable[..., SimulatedPrinter]) -> None:
    """The second would never be found."""
    with pytest.raises(FleetError, match="same first address"):
        Fleet([make_printer(), make_printer()])


def test_a_printer_is_found_where_it_stands_at_the_moment(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """After a move and the arrival of another at its old address, each is where it went."""
    mover, comer = make_printer(address="127.0.0.10"), make_printer(address="127.0.0.11", seed=8)
    fleet = Fleet([mover, comer])
    before, after = installed_at.timestamp(), (installed_at + DAY).timestamp()
    assert fleet.at("127.0.0.10", after) is mover
    mover.move(installed_at + DAY, "127.0.0.50")
    comer.move(installed_at + DAY, "127.0.0.10")
    assert fleet.at("127.0.0.10", after) is comer
    assert fleet.at("127.0.0.50", after) is mover
    assert fleet.at("127.0.0.11", after) is None
    assert fleet.at("127.0.0.10", before) is mover
    assert fleet.addresses == ("127.0.0.10", "127.0.0.11", "127.0.0.50")


def test_a_printer_is_found_by_any_serial_number_it_had(
    make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """That of the first machine and that of its replacement."""
    printer = make_printer()
    printer.replace(installed_at + DAY, "XYZ987654", 9)
    fleet = Fleet([printer])
    assert fleet.by_serial("ABC123456") is fleet.by_serial("XYZ987654") is printer
    with pytest.raises(FleetError):
        fleet.by_serial("NOT000000")


def test_a_clock_shows_what_was_set(tmp_path: Path, installed_at: datetime) -> None:
    """Moment and generation are independent of each other."""
    with ClockFile.create(tmp_path / "clock", installed_at) as clock:
        assert clock.now() == installed_at
        assert clock.bump() == 1
        clock.set(installed_at + DAY)
        assert clock.read() == ((installed_at + DAY).timestamp(), 1)
    assert (tmp_path / "clock").stat().st_size == 16


CHANGE_FROM_OUTSIDE = """
import sys
from datetime import timedelta
from pathlib import Path
from esolutions_simulators.fleets.directory import FleetDirectory

directory = FleetDirectory(Path(sys.argv[1]))
fleet = directory.read()
with directory.clock() as clock:
    clock.set(clock.now() + timedelta(days=1))
    fleet.printers[0].power_off(clock.now())
directory.write(fleet)
"""


def test_another_process_moves_the_clock_and_changes_the_fleet(
    tmp_path: Path, make_printer: Callable[..., SimulatedPrinter], installed_at: datetime
) -> None:
    """A reader sees the new moment, the new generation, and then the new fleet."""
    directory = FleetDirectory(tmp_path / "shared")
    with directory.create(Fleet([make_printer()]), installed_at) as clock:
        subprocess.run([sys.executable, "-c", CHANGE_FROM_OUTSIDE, directory.path], check=True)
        assert clock.read() == ((installed_at + DAY).timestamp(), 1)
        assert not directory.read().printers[0].is_answering_at(clock.now())


FLEET_TOML = """
installed_at = 2026-01-05T08:00:00Z

[[printers]]
model = "colour-a3-mfp"
count = 3

[[printers]]
model = "mono-workgroup"
serial = "1234567890"
address = "127.0.0.11"
community = "secret"
incidents = [{ at = 2026-02-01T09:00:00Z, kind = "replace", serial = "0987654321", seed = 4 }]
"""


def test_a_fleet_file_is_read(tmp_path: Path, installed_at: datetime) -> None:
    """Counted printers take the addresses that nobody named."""
    path = tmp_path / "FLEET.toml"
    path.write_text(FLEET_TOML, encoding="utf-8")
    fleet = load_fleet(path, installed_at=installed_at + 9 * DAY)
    assert [printer.address for printer in fleet] == ["127.0.0.10", "127.0.0.12", "127.0.0.13", "127.0.0.11"]
    named = fleet.printers[-1]
    assert (named.serial, named.community, named.installed_at) == ("1234567890", "secret", installed_at)
    assert named.serial_at(installed_at + 90 * DAY) == "0987654321"


@pytest.mark.parametrize(
    "text",
    [
        "printers = 3",
        "[[printers]]\ncount = 1",
        "[[printers]]\nmodel = 'nominal'\ncolour = true",
        "[[printers]]\nmodel = 'no-such-printer'",
        "[[printers]]\nmodel = 'nominal'\ncount = 2\nserial = 'ABC123456'",
        "[[printers]]\nmodel = 'nominal'\nincidents = [{ at = 2030-01-01T00:00:00Z, kind = 'explode' }]",
        "not toml",
    ],
)
def test_a_fleet_file_that_makes_no_sense_is_refused(tmp_path: Path, installed_at: datetime, text: str) -> None:
    """The error names the file and the line."""
    path = tmp_path / "FLEET.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TomlFileError, match=r"FLEET\.toml:\d: "):
        load_fleet(path, installed_at=installed_at)
    with pytest.raises(TomlFileError, match="absent"):
        load_fleet(tmp_path / "absent", installed_at=installed_at)
