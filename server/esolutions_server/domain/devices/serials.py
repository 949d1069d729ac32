"""Tell a serial number from what a printer shows in its place.

After a reset of their memory whole families show one text, such as XXXXXXXXXX. The server bills by serial number, so
two printers that show one would get each other's bills. How serial numbers are spelled is not judged here.
"""

from __future__ import annotations

import re

__all__ = ["stands_for_none"]

_SHORTEST_RUN = 5
_SEPARATORS = re.compile(r"[\W_]+")
_DIGITS = "0123456789" * 2
_WORDS = frozenset(
    {"na", "nil", "none", "null", "unknown", "undefined", "default", "notavailable", "notset", "serialnumber", "tbd"}
)


def stands_for_none(serial: str) -> bool:
    """Whether it is no number: one character repeated, a word such as "unknown", or the digits in order."""
    core = _SEPARATORS.sub("", serial).casefold()
    is_run = len(core) >= _SHORTEST_RUN and (core in _DIGITS or core in _DIGITS[::-1])
    return len(set(core)) < 2 or core in _WORDS or is_run
