"""Client and server, which share no code, mean the same serial numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.readings.serials import canonical_serial as at_the_client
from esolutions_client.readings.serials import serial_number
from esolutions_server.domain.devices.identity import IdentityError
from esolutions_server.domain.devices.identity import canonical_serial as at_the_server


@given(st.text(max_size=32))
def test_what_the_server_takes_for_one_number_the_client_does_too(text: str) -> None:
    """Whatever is typed here and there."""
    try:
        form = at_the_server(text)
    except IdentityError:
        return
    assert at_the_client(text) == form


@given(st.binary(min_size=1, max_size=40))
def test_whatever_a_printer_shows_as_its_number_the_server_takes(octets: bytes) -> None:
    """What the client takes for a serial number is none that the server finds odd."""
    shown = serial_number(octets)
    if shown is not None:
        assert at_the_server(shown) == at_the_client(shown)


@pytest.mark.parametrize("octets", [b"atk100017\0\0\0", b"  ATK100017 ", b"Atk100017\r\n", b"\0ATK100017\xff\0"[:-2]])
def test_padding_is_no_part_of_a_number(octets: bytes) -> None:
    """Trailing NULs, blanks and line ends, as printers send them."""
    shown = serial_number(octets)
    assert shown is not None
    assert at_the_server(shown) == "ATK100017"
