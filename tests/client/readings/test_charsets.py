"""Texts in the character set that a printer declares."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.readings.charsets import codec_of, decoded


@pytest.mark.parametrize(
    ("mib_enum", "codec", "text"),
    [
        (4, "latin-1", "Unité tambour"),
        (5, "iso8859-2", "Zespół obraz."),
        (12, "iso8859-9", "Siyah toner kartuşu"),
        (17, "shift_jis", "ブラックトナー"),
        (18, "euc_jp", "ブラックトナー"),
        (38, "euc_kr", "검정 토너"),
        (106, "utf-8", "Zespół obraz. 黑色墨粉盒"),
        (111, "iso8859-15", "Toner à 50 €"),
        (113, "gbk", "黑色墨粉盒"),
        (114, "gb18030", "黑色墨粉盒"),
        (1013, "utf-16-be", "Zespół obraz."),
        (1014, "utf-16-le", "Zespół obraz."),
        (1015, "utf-16-be", "Zespół obraz."),
        (1015, "utf-16-le", "Zespół obraz."),
        (1015, "utf-16", "黑色墨粉盒"),
        (2004, "hp_roman8", "Unité tambour"),
        (2009, "cp850", "Unité tambour"),
        (2025, "gb2312", "黑色墨粉盒"),
        (2026, "big5", "黑色碳粉匣"),
        (2084, "koi8_r", "Чёрный тонер"),
        (2250, "cp1250", "Zespół obraz."),
        (2251, "cp1251", "Чёрный тонер"),
        (2252, "cp1252", "Toner „noir“"),
    ],
)
def test_a_text_comes_out_as_it_was_written(mib_enum: int, codec: str, text: str) -> None:
    """IANA's number names the character set that Python calls by another name; plain texts are plain in each."""
    assert decoded(text.encode(codec), codec_of(mib_enum)) == text
    assert decoded(b"Black Toner\0\0", codec_of(mib_enum)) == "Black Toner"


@pytest.mark.parametrize("undeclared", [None, 0, 1, 2, 9999, -2, "4", b"4", True])
def test_an_unknown_charset_is_none(undeclared: object) -> None:
    """Other (1), unknown (2), foreign numbers and whatever is no number."""
    assert codec_of(undeclared) is None


@pytest.mark.parametrize(
    ("octets", "mib_enum", "text"),
    [
        ("Unité".encode(), 2251, "UnitГ©"),
        ("Unité".encode(), 4, "Unité"),
        ("Unité".encode(), 3, "Unité"),
        ("Unité".encode("latin-1"), 3, "Unité"),
        ("Unité".encode("latin-1"), 106, "Unité"),
        ("Unité".encode("latin-1"), 113, "Unité"),
        ("黑色墨粉盒".encode(), 5, "黑色墨粉盒"),
        ("Toner".encode("utf-16-le"), 4, "Toner"),
    ],
)
def test_octets_that_contradict_the_declared_charset_are_read_without_it(
    octets: bytes, mib_enum: int, text: str
) -> None:
    """UTF-8 where that fits and Latin-1 otherwise; Latin-1 is declared by firmware that sends UTF-8."""
    assert decoded(octets, codec_of(mib_enum)) == text


def test_a_character_that_the_firmware_cut_in_half_does_not_spoil_the_rest() -> None:
    """Fields are cut by octets, not by characters."""
    assert decoded("黑色墨粉盒".encode("gbk")[:-1], codec_of(113)) == "黑色墨粉"


@given(st.binary(max_size=80), st.one_of(st.integers(0, 120), st.integers(1000, 1020), st.integers(2000, 2300)))
def test_any_octets_are_some_text(octets: bytes, mib_enum: int) -> None:
    """No printer crashes the reader, whatever it declares."""
    assert "\0" not in decoded(octets, codec_of(mib_enum))
