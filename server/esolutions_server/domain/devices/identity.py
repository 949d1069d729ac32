"""The canonical forms of serial numbers and GUIDs: two that a person or a printer means as one are one.

Whatever names a device or a client comes in here - from the wire, the command line, a file - and the canonical
form is what is compared and kept. How a client spells a serial number is kept beside, for speaking to that client.
Whether a number is known, or stands for none, is not decided here.
"""

from __future__ import annotations

import re
import unicodedata

__all__ = ["LONGEST_SERIAL", "IdentityError", "canonical_guid", "canonical_serial"]

LONGEST_SERIAL = 32
# NFKC makes some characters eighteen: what is far too long is not even looked at.
_LONGEST_TEXT = 256
# What takes no room on a screen, and comes along when text is copied from pages and documents.
_WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff"))
_BLANKS = " \t\r\n"
_HYPHENS_AFTER = (8, 12, 16, 20)
_CANONICAL_GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}")
# The left-to-right and right-to-left marks, embeddings, overrides and isolates of Unicode's bidirectional algorithm.
_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


class IdentityError(ValueError):
    """A text can be no serial number, or no GUID; the message says why and does not quote it."""


def canonical_serial(text: str) -> str:
    """Return the form by which a serial number is compared: printable ASCII in upper case, single blanks inside.

    Compatibility forms such as full-width letters are what they look like (NFKC), characters without width are none,
    and blanks around do not count.

    Raises:
        IdentityError: nothing is left, or a control character, one that turns the direction of writing, a letter
            beyond ASCII, or too much.
    """
    plain = _plain(text)
    if not plain:
        raise IdentityError("a serial number has at least one character")
    if any(character in _DIRECTIONS for character in plain):
        raise IdentityError("a serial number has no characters that turn the direction of writing")
    if any(unicodedata.category(character) == "Cc" for character in plain):
        raise IdentityError("a serial number has no control characters")
    if not plain.isascii() or not plain.isprintable():
        raise IdentityError("a serial number has letters, digits and signs of ASCII only")
    canonical = " ".join(plain.upper().split())
    if len(canonical) > LONGEST_SERIAL:
        raise IdentityError(f"a serial number has at most {LONGEST_SERIAL} characters")
    return canonical


def canonical_guid(text: str) -> str:
    """Return the form of RFC 9562: 36 characters in lower case; braces, `urn:uuid:` and missing hyphens are taken.

    Raises:
        IdentityError: it is no GUID.
    """
    if _CANONICAL_GUID.fullmatch(text):
        return text
    plain = _plain(text).lower().removeprefix("urn:uuid:")
    if plain[:1] == "{" and plain[-1:] == "}":
        plain = plain[1:-1]
    if not _GUID.fullmatch(plain):
        raise IdentityError("a GUID has 32 hexadecimal digits and four hyphens")
    digits = plain.replace("-", "")
    return "-".join(digits[a:b] for a, b in zip((0, *_HYPHENS_AFTER), (*_HYPHENS_AFTER, None), strict=True))


def _plain(text: str) -> str:
    if len(text) > _LONGEST_TEXT:
        raise IdentityError(f"that is longer than {_LONGEST_TEXT} characters")
    return unicodedata.normalize("NFKC", text).translate(_WITHOUT_WIDTH).strip(_BLANKS)
