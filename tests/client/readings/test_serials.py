"""A serial number, and what stands in its place."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.readings.serials import serial_number


@pytest.mark.parametrize(
    "shown",
    [
        *(b"XXXXXXXXXX", b"xxxxxxxxx", b"0000000000", b"999999999", b"0", b"7", b"----------", b"??????", b"........"),
        *(b"000-000-000", b"XX:XX:XX", b"\xff" * 10, b"\0\0\0\0", b"", b"   ", b"N/A", b"n.a.", b"NONE", b"unknown"),
        *(b"Not Available", b"not set", b"S/N: none", b"Serial Number: UNKNOWN", b"NULL", b"To be filled by O.E.M."),
        *(b"0123456789", b"1234567890", b"123456789", b"12345", b"9876543210", b"987654321"),
        *(b"A1" * 30, b"\xffgarbage", "Gerät 4711".encode(), 1234, None),
    ],
)
def test_a_placeholder_is_no_serial_number(shown: object) -> None:
    """Masks, words, one character repeated, the digits in order: two printers may show the same."""
    assert serial_number(shown) is None


@pytest.mark.parametrize(
    ("shown", "number"),
    [
        (b"ABC123456", "ABC123456"),
        (b"3359187654", "3359187654"),
        (b" CNB8K1234\0\0", "CNB8K1234"),
        (b"AAA111111", "AAA111111"),
        (b"XXX000001", "XXX000001"),
        (b"1234567891", "1234567891"),
        (b"NONE12345", "NONE12345"),
    ],
)
def test_a_serial_number_is_one(shown: bytes, number: str) -> None:
    """Numbers that only resemble a mask are numbers."""
    assert serial_number(shown) == number


@given(st.from_regex(r"[A-Z]{3}[0-9]{6}", fullmatch=True))
def test_every_serial_number_of_the_usual_shape_is_one(number: str) -> None:
    """Three letters and six digits, as most makers give them."""
    assert serial_number(number.encode()) == number


@given(st.characters(), st.integers(1, 40))
def test_one_character_repeated_is_never_a_serial_number(character: str, times: int) -> None:
    """Whichever character it is."""
    assert serial_number((character * times).encode("utf-8", errors="replace")) is None
