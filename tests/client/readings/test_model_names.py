"""The name that stands on the machine, out of what its firmware says."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.readings.model_names import best_name, known_vendor, model_name, without_vendor
from esolutions_client.snmp.rows.mib import VENDORS


@pytest.mark.parametrize(
    ("described", "model"),
    [
        ("Dell S5830dn 7XQ1R92 LW62.DN4.P636", "Dell S5830dn"),
        ("RICOH MP C2503 1.35 / RICOH Network Printer C model", "RICOH MP C2503"),
        ("Lexmark T640 version NS.NP.N219 kernel 2.6.6 All-N-1", "Lexmark T640"),
        ("Lexmark MX511de 701666HH0B6G6 LW80.SB7.P231", "Lexmark MX511de"),
        ("Xerox DocuPrint N2125 Network Laser Printer - 2.12-02 ", "Xerox DocuPrint N2125"),
        ("Xerox WorkCentre 5632 v1 Multifunction System; System Software 025.054", "Xerox WorkCentre 5632"),
        ("Xerox Phaser 3320;Sys SW Version Phaser3320_V53.002.05.000", "Xerox Phaser 3320"),
        ("Samsung CLX-3180 Series; V2.01.00.22", "Samsung CLX-3180 Series"),
        ("FUJI XEROX ApeosPort-IV C3370 v 2.11.3", "FUJI XEROX ApeosPort-IV C3370"),
        ("Canon iR-ADV C5235 /P", "Canon iR-ADV C5235"),
        ("TOSHIBA e-STUDIO3005AC", "TOSHIBA e-STUDIO3005AC"),
        ("Brother HL-L2350DW series, Firmware Ver.1.14", "Brother HL-L2350DW series"),
        ("HP ETHERNET MULTI-ENVIRONMENT,SN:AAA,FN:BB,SVCID:1,PID:HP LaserJet M130nw", "HP LaserJet M130nw"),
        ("OKI OkiLAN 9450g Rev.00.69 PrintServer: Attached to MC873 Rev.07.87 : Copyright", "MC873"),
        ("Document Centre 220/230ST", "Document Centre 220/230ST"),
        ("4127 Enterprise Printing System", "4127 Enterprise Printing System"),
        ("Ricoh Pro V20000", "Ricoh Pro V20000"),
        ("Phaser 7300 DN", "Phaser 7300 DN"),
        ("", ""),
    ],
)
def test_no_version_and_no_serial_number_stays_behind_a_model(described: str, model: str) -> None:
    """From descriptions of real machines."""
    assert model_name(described, "7XQ1R92") == model


def test_a_name_of_the_machine_is_better_than_one_of_its_card_or_driver() -> None:
    """Where there is no better one, it is the first there is."""
    assert best_name(["Generic 28C-1", "", "bizhub C3110"]) == "bizhub C3110"
    assert best_name(["", "OkiLAN 9450g", "MC873"]) == "MC873"
    assert best_name(["EPSON Built-in", ""]) == "EPSON Built-in"
    assert best_name([]) == ""


@pytest.mark.parametrize(
    ("model", "vendor", "shown"),
    [
        ("HP LaserJet", "HP", "LaserJet"),
        ("Hewlett-Packard LaserJet", "HP", "LaserJet"),
        ("HPLJ 4", "HP", "HPLJ 4"),
        ("ZTC TLP 2824 Plus", "Zebra", "TLP 2824 Plus"),
        ("xerox", "Xerox", None),
        ("Phaser", None, "Phaser"),
    ],
)
def test_a_model_is_shown_without_its_makers_name(model: str, vendor: str | None, shown: str | None) -> None:
    """It stands beside it."""
    assert without_vendor(model, vendor) == shown


@pytest.mark.parametrize(
    ("text", "vendor"),
    [("Hewlett-Packard", "HP"), ("toshiba e-STUDIO", "TOSHIBA"), ("Xerox Corporation", "Xerox"), ("Nectar 5", None)],
)
def test_a_makers_name_is_a_whole_word(text: str, vendor: str | None) -> None:
    """NEC makes no Nectar."""
    assert known_vendor(text, VENDORS.values()) == vendor


@given(st.text(max_size=200), st.text(max_size=20))
def test_any_description_gives_some_name(text: str, serial: str) -> None:
    """Printable, short, and without a semicolon's rest."""
    name = model_name(text, serial)
    assert len(name) <= 64
    assert re.search("[;,:]", name) is None
