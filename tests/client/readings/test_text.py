import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.readings.text import LONGEST_NAME, clean_text, distinct_names, supply_name


@pytest.mark.parametrize(
    ("described", "name"),
    [
        (b"Black Toner, PN 006R01509;SN48178080E0000481", "Black Toner"),
        (b"Drum Cartridge (R1), PN 013R00662;SN5238EF80E000048E", "Drum Cartridge (R1)"),
        (b"Fuser, PN unknown;SNunknown", "Fuser"),
        (b"Black Toner Cartridge S/N:CRUM-13071312345", "Black Toner Cartridge"),
        (b"Toner (Black); Serial Number 12345678", "Toner (Black)"),
        (b"Cyan Cartridge 5238EF80E000048E", "Cyan Cartridge"),
        (b"Black Cartridge HP CF410A", "Black Cartridge HP CF410A"),
        (b"Black Ink Supply Unit T9441/T9451/T9461", "Black Ink Supply Unit T9441/T9451/T9461"),
        (b"Snow White Toner", "Snow White Toner"),
        (b"PK-3010S", "PK-3010S"),
    ],
)
def test_a_supply_name_loses_its_part_and_serial_numbers_and_nothing_else(described: bytes, name: str) -> None:
    """The serial number of a cartridge never leaves the site; names that only look like one stay whole."""
    assert supply_name(described) == name


def test_text_is_utf8_where_it_fits_and_latin_1_otherwise() -> None:
    """Both occur on real printers, and neither may stop a reading."""
    assert clean_text("黑色碳粉".encode()) == "黑色碳粉"
    assert clean_text("Toner grün".encode("latin-1")) == "Toner grün"


def test_padding_and_control_characters_are_gone() -> None:
    """NULs pad fixed-length strings; line ends and escapes have no place in a name."""
    assert clean_text(b"Waste\x1b[2J Toner\r\nBox\0\0\0") == "Waste [2J Toner Box"


@given(st.binary(max_size=200))
def test_whatever_a_printer_sends_becomes_a_short_printable_line(octets: bytes) -> None:
    """No octets at all raise, overflow a name or carry a control character."""
    name = supply_name(octets)
    assert len(name) <= LONGEST_NAME
    assert name == name.strip()
    assert all(character.isprintable() for character in name)


@given(st.lists(st.sampled_from(["Drum", "Drum 2", "Toner", "x" * LONGEST_NAME]), max_size=12))
def test_names_become_distinct_and_unique_ones_stay_as_they_are(names: list[str]) -> None:
    """Two supplies never share a name, and a name that was never repeated is not touched."""
    distinct = distinct_names(names)
    assert len(set(distinct)) == len(names)
    assert all(len(name) <= LONGEST_NAME for name in distinct)
    assert [new for old, new in zip(names, distinct, strict=True) if names.count(old) == 1] == [
        name for name in names if names.count(name) == 1
    ]


def test_the_second_of_two_equal_names_gets_a_number() -> None:
    """The number is the lowest that no other supply already has."""
    assert distinct_names(["Drum", "Drum", "Drum 2", "Drum"]) == ["Drum", "Drum 3", "Drum 2", "Drum 4"]
