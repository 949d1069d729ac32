"""Recordings of real devices, read through the same parser as printers on the network.

The expected numbers were read from the recordings by hand. Serial numbers of real machines are compared as digests.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.snmp.pdus import run
from esolutions_client.snmp.read_once import read_walk
from esolutions_client.snmp.replay import ReplayPort
from esolutions_client.snmp.rows.identify import identify
from esolutions_client.snmp.rows.layout import steady
from esolutions_client.snmp.walkfile import read_walk_file
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

Now = Callable[[], datetime]

# Recording: vendor, model, value and unit of the life count, number of supplies.
DEVICES = {
    "brother": ("Brother", "MFC-L2710DW series", None, 2),
    "canonprinter_lbp": ("Canon", "LBP6670", None, 1),
    "dell-laser_s5830dn": ("Dell", "S5830dn", None, 4),
    "epson": ("EPSON", "WF-C5790BA", None, 4),
    "fujifilmprinter_c810": ("FUJIFILM", "ApeosPro C810", None, 10),
    "jetdirect": ("HP", "Color LaserJet M452nw", None, 4),
    "jetdirect_m130nw": ("HP", "LaserJet MFP M130nw", (15232, "impressions"), 2),
    "jetdirect_m252dw": ("HP", "Color LaserJet Pro M252dw", None, 4),
    "konica": ("KONICA MINOLTA", "bizhub C3110", None, 17),
    "konica_c250i": ("KONICA MINOLTA", "bizhub C250i", (33810, None), 5),
    "kyocera": ("KYOCERA", "FS-1028MFP", None, 0),
    "lexmarkprinter": ("Lexmark", "T640", None, 0),
    "okilan_9450g": ("OKI", "MC873", None, 10),
    "ricoh_mpc2503": ("RICOH", "MP C2503", (580249, "sheets"), 5),
    "sharp": ("SHARP", "MX-3570N", (121104, "impressions"), 14),
    "utax": ("KYOCERA", "P-4532DN", (427, "impressions"), 2),
    "xerox": ("Xerox", "AltaLink C8045", None, 12),
    "xerox_color": ("Xerox", "Color 570", None, 0),
    "xerox_workcentre": ("Xerox", "WorkCentre 6605DN", None, 0),
    "zebra": ("Zebra", "TLP 2824 Plus", None, 0),
}
SERIAL_DIGESTS = {
    "canonprinter_lbp": "e7b6b63c649d",
    "dell-laser_s5830dn": "bf54c73b5439",
    "epson": "79b70668e19d",
    "fujifilmprinter_c810": "fdc4d6435a46",
    "jetdirect_m130nw": "ac08d142aa22",
    "konica_c250i": "87fa57b96181",
    "sharp": "df62a2aa5983",
}


@pytest.fixture(params=sorted(DEVICES))
def device(request: pytest.FixtureRequest) -> str:
    """The name of a recording."""
    name: str = request.param
    return name


def test_every_recording_has_its_expectation(recordings: Path) -> None:
    """A new recording is a new line in the table above."""
    assert {path.stem for path in recordings.glob("*.snmprec")} == set(DEVICES)


def test_a_recorded_device_shows_what_its_file_says(recordings: Path, now: Now, device: str) -> None:
    """Vendor, model, the labelled life count and the number of supplies."""
    reading = read_walk(recordings / f"{device}.snmprec", now=now)
    vendor, model, life_count, supplies = DEVICES[device]
    assert (reading.vendor, reading.model) == (vendor, model)
    assert [(meter.name, (meter.value, meter.unit)) for meter in reading.meters] == (
        [("Marker Life Count", life_count)] if life_count else []
    )
    assert len(reading.supplies) == supplies


def test_serial_numbers_of_recordings(recordings: Path, now: Now, device: str) -> None:
    """The serial number is what the file says, and None where it says none."""
    serial = read_walk(recordings / f"{device}.snmprec", now=now).serial_number
    digest = hashlib.sha256(serial.encode()).hexdigest()[:12] if serial else None
    assert digest == SERIAL_DIGESTS.get(device)


@pytest.mark.parametrize(
    ("recording", "index", "shown"),
    [
        ("xerox", 1, {"name": "Black Toner", "capacity": 5300, "level": 1060, "percent": 20, "state": "low"}),
        ("xerox", 8, {"name": "Drum Cartridge (R4)", "capacity": 100, "level": 93, "percent": 93, "state": "ok"}),
        ("xerox", 9, {"name": "Fuser", "percent": 90}),
        ("brother", 1, {"type": "toner", "capacity": None, "level": None, "percent": None, "state": "some-remaining"}),
        ("brother", 2, {"type": "opc", "capacity": 12000, "level": 11501, "percent": 95, "state": "ok"}),
        ("epson", 1, {"type": "ink", "level": 1, "percent": 1, "state": "low"}),
        ("fujifilmprinter_c810", 5, {"type": "waste-toner", "state": "some-remaining"}),
        ("fujifilmprinter_c810", 31, {"name": "Black Toner 2", "capacity": 23000, "level": 20700, "percent": 90}),
        ("jetdirect_m252dw", 4, {"unit": "percent", "level": 36, "percent": 36}),
        ("ricoh_mpc2503", 1, {"name": "黑色碳粉", "percent": 80}),
        ("dell-laser_s5830dn", 1, {"name": "Black Toner", "capacity": 45000, "level": 22050, "percent": 49}),
    ],
)
def test_supplies_of_recordings(recordings: Path, now: Now, recording: str, index: int, shown: dict[str, Any]) -> None:
    """Single rows, read by hand from the files."""
    supplies = {s.index: s.as_json() for s in read_walk(recordings / f"{recording}.snmprec", now=now).supplies}
    assert {key: supplies[index][key] for key in shown} == shown


# Recordings of a part of what the device has.
_WITHOUT_SUPPLIES = {"kyocera", "lexmarkprinter", "xerox_color", "xerox_workcentre", "zebra"}


def test_no_recording_shows_a_negative_number_or_a_cartridge_serial(recordings: Path, now: Now, device: str) -> None:
    """Unknown numbers are None, names are distinct and carry no numbers of parts or cartridges."""
    reading = read_walk(recordings / f"{device}.snmprec", now=now)
    if device in _WITHOUT_SUPPLIES:
        assert reading.supplies == ()
        return
    for supply in some(reading.supplies):
        assert all(number is None or number >= 0 for number in (supply.level, supply.capacity, supply.percent))
        assert ", PN" not in supply.name
        assert ";SN" not in supply.name
    assert len({supply.name for supply in reading.supplies}) == len(reading.supplies)


def test_a_steady_poll_of_a_recording_equals_its_identification(recordings: Path, now: Now, device: str) -> None:
    """The layout leads back to the same numbers."""
    agent = ReplayPort(read_walk_file(recordings / f"{device}.snmprec")).answer
    met = run(identify(now=now), agent)
    poll = run(steady(met.layout, met.poll), agent)
    assert met.layout.reading(poll, now()) == replace(met.reading, status=None, conditions=None)
