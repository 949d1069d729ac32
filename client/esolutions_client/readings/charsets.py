"""Decode the texts of a printer with the character set that it declares.

It raises nothing: a charset that is unknown, or that the octets contradict, leaves what was right without one, UTF-8
where that fits and Latin-1 otherwise.
"""

from __future__ import annotations

import codecs
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["codec_of", "decoded"]

# IANA character sets registry, MIBenum (RFC 3808, IANACharset), to the codec of Python that reads it. The East Asian
# ones are read by their vendors' supersets, which is what firmware really sends.
_CODECS: Mapping[int, str] = MappingProxyType(
    {
        3: "ascii",
        **{3 + part: f"iso8859-{part}" for part in range(1, 11)},
        15: "cp932",
        17: "cp932",
        18: "euc_jp",
        36: "cp949",
        37: "iso2022_kr",
        38: "cp949",
        39: "iso2022_jp",
        40: "iso2022_jp_2",
        57: "gbk",
        **dict.fromkeys((81, 82), "iso8859-6"),
        **dict.fromkeys((84, 85), "iso8859-8"),
        106: "utf-8",
        **{96 + part: f"iso8859-{part}" for part in range(13, 17)},
        113: "gbk",
        114: "gb18030",
        1000: "utf-16",
        1001: "utf-32",
        1012: "utf-7",
        1013: "utf-16-be",
        1014: "utf-16-le",
        1015: "utf-16",
        1017: "utf-32",
        1018: "utf-32-be",
        1019: "utf-32-le",
        **dict.fromkeys((2000, 2001), "cp1252"),
        2002: "cp1250",
        2003: "cp1254",
        2004: "hp_roman8",
        2009: "cp850",
        2010: "cp852",
        2011: "cp437",
        2012: "cp865",
        2013: "cp862",
        2024: "cp932",
        2025: "gbk",
        2026: "cp950",
        2027: "mac_roman",
        2046: "cp855",
        2047: "cp857",
        2048: "cp860",
        2049: "cp861",
        2050: "cp863",
        2051: "cp864",
        2052: "cp865",
        2054: "cp869",
        2084: "koi8_r",
        2085: "hz",
        2086: "cp866",
        2087: "cp775",
        2088: "koi8_u",
        2089: "cp858",
        2101: "big5hkscs",
        2109: "cp874",
        **{2000 + page: f"cp125{page - 250}" for page in range(250, 259)},
        2259: "tis_620",
        2260: "cp932",
    }
)
# Latin-1 is what firmware declares without a thought, and every octet string is some Latin-1: UTF-8 is tried first.
_SAID_OF_ANYTHING = frozenset({"ascii", "iso8859-1", "iso8859-15", "cp1252"})
_BY_ESCAPES = frozenset({"hz", "iso2022_jp", "iso2022_jp_2", "iso2022_kr", "utf-7"})
_MULTIBYTE = frozenset({"big5hkscs", "cp932", "cp949", "cp950", "euc_jp", "gb18030", "gbk"})
_FIRST_PRINTABLE, _LAST_PRINTABLE = 0x20, 0x7E
_BYTE_ORDER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_BE)
_C1_CONTROLS = frozenset(map(chr, range(0x80, 0xA0)))


def codec_of(mib_enum: object) -> str | None:
    """Return the codec for a prtLocalizationCharacterSet, None for one that is unknown or no number."""
    return _CODECS.get(mib_enum) if type(mib_enum) is int else None


def decoded(octets: bytes, codec: str | None = None) -> str:
    """Return octets as text, by the declared codec where they agree with it; NULs are left out."""
    padded = octets.rstrip(b"\0")
    if codec not in _BY_ESCAPES and all(_FIRST_PRINTABLE <= octet <= _LAST_PRINTABLE for octet in padded):
        # Firmware that declares a charset still sends its plain texts plainly, in UTF-16 even.
        return padded.decode("ascii")
    text = None if codec is None or codec in _SAID_OF_ANYTHING else _declared(octets, codec)
    if text is None:
        octets = octets.replace(b"\0", b"")
        text = _by(octets, "utf-8") or _by(octets, codec or "latin-1") or octets.decode("latin-1")
    return text.replace("\0", "")


def _declared(octets: bytes, codec: str) -> str | None:
    if codec.startswith(("utf-16", "utf-32")):
        return _wide(octets, codec)
    octets = octets.replace(b"\0", b"")
    text = _by(octets, codec)
    if text is None and codec in _MULTIBYTE:
        # A field is cut by octets: half a character at the end does not spoil the others.
        text = _by(octets[:-1], codec)
        return None if text is None or text.isascii() else text
    return text


def _by(octets: bytes, codec: str) -> str | None:
    """Return the text, None where these octets are none."""
    try:
        text = octets.decode(codec)
    except UnicodeError:
        return None
    # No name has C1 controls in it: octets of another charset look like that.
    return None if codec != "utf-8" and _C1_CONTROLS.intersection(text) else text


def _wide(octets: bytes, codec: str) -> str | None:
    """Return UTF-16 or UTF-32, whose order of octets is declared, marked, or told by where the NULs are."""
    width = 4 if codec.startswith("utf-32") else 2
    octets = octets[: len(octets) - len(octets) % width]
    if codec in {"utf-16", "utf-32"} and not octets.startswith(_BYTE_ORDER_MARKS):
        is_little = octets[::width].count(0) < octets[width - 1 :: width].count(0)
        codec += "-le" if is_little else "-be"
    text = _by(octets, codec)
    return None if text is None else text.lstrip("\ufeff")
