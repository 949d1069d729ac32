"""Tell a serial number from what stands in its place.

A printer whose memory was reset, or that was never given a number, shows a mask such as XXXXXXXXXX. A printer is known
by its serial number alone: two that show one mask would be taken for each other. No printer is asked.
"""

from __future__ import annotations

import re
import unicodedata

from esolutions_client.readings.text import clean_text

__all__ = ["LONGEST_SERIAL", "canonical_serial", "serial_number"]

# What a message has room for. No maker's numbers come near it: whatever is longer is text of another kind.
LONGEST_SERIAL = 32

# What takes no room on a screen, and comes along when a number is copied from a page or a document.
_WITHOUT_WIDTH = dict.fromkeys(map(ord, "\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff"))
_SHORTEST_RUN = 5
_SEPARATORS = re.compile(r"[\W_]+")
_DIGITS = "0123456789" * 2
_RUNS = (_DIGITS, _DIGITS[::-1])
# Without case and without what separates words: "N/A", "not available", "S/N: unknown".
_WORDS = frozenset(
    {
        *("na", "nil", "null", "none", "no", "nan", "void", "empty", "blank", "unknown", "undefined", "unset"),
        *("unassigned", "unavailable", "unspecified", "unsupported", "invalid", "error", "missing", "tbd", "tba"),
        *("notavailable", "notapplicable", "notset", "notspecified", "notsupported", "notfound", "notassigned"),
        *("noserial", "noserialnumber", "nonumber", "default", "defaultstring", "dummy", "test", "sample", "example"),
        *("serial", "serialnumber", "serialno", "sn", "number", "printer", "systemserialnumber", "tobefilledbyoem"),
    }
)
_LABEL = re.compile(r"(?:s/?n|serial(?:\s*(?:number|no\.?))?)\s*[:#=]\s*(?P<rest>.*)", re.IGNORECASE)


def canonical_serial(text: str) -> str:
    """Return the form by which serial numbers are compared: what was typed, what a printer shows and what is known.

    Upper case, single blanks inside, none around, full-width letters as they look. Shown and sent is the printer's own.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_WITHOUT_WIDTH)
    return " ".join(plain.split()).upper()


def serial_number(value: object) -> str | None:
    """Return what a printer shows as its serial number, as text, or None where that is none.

    None are: nothing that can be read, one character repeated (XXXXXXXXXX, zeros, nines, dashes), a word such as "N/A"
    or "unknown", the digits in their order up or down, and what is longer than any serial number or holds more than
    ASCII: that is debris.
    """
    text = clean_text(value, longest=LONGEST_SERIAL + 1)
    if len(text) > LONGEST_SERIAL or not text.isascii():
        return None
    label = _LABEL.fullmatch(text)
    core = _SEPARATORS.sub("", label["rest"] if label else text).casefold()
    is_masked = len(set(core)) < 2 or core in _WORDS
    is_run = len(core) >= _SHORTEST_RUN and any(core in run for run in _RUNS)
    return None if is_masked or is_run else text
