"""Other spellings of one serial number or GUID, and whether two are one: written apart from the product's own."""

from __future__ import annotations

import re
import unicodedata
from zlib import crc32

__all__ = ["plain", "respelled", "respellings"]


def respellings(text: str) -> tuple[str, ...]:
    """Return how people, documents and printers spell the same: case, blanks, no width, full width."""
    wide = "".join(chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter for letter in text)
    return (text.lower(), f" {text}", f"{text} ", f"{text[:3]}\u200b{text[3:]}", wide, text.swapcase())


def respelled(text: str) -> str:
    """Return one of them: for each text always the same, so that no run depends on who typed before."""
    found = respellings(text)
    return found[crc32(text.encode()) % len(found)]


def plain(text: str) -> str:
    """Return what is left of a text when only its ASCII letters and digits count, in one case."""
    return re.sub("[^0-9a-z]", "", unicodedata.normalize("NFKC", text).lower())
