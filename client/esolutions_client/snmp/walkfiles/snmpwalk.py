"""Put together what snmpwalk prints: rows `OID = TYPE: VALUE`, some of them over several lines.

A value ends at its closing quote, at the next row and at a message of the tool. What a value means is not decided here.
"""

from __future__ import annotations

import re

from esolutions_client.snmp.walkfiles.messages import is_message, is_prompt, without_messages
from esolutions_client.snmp.walkfiles.names import resolve
from esolutions_client.snmp.walkfiles.source import LONGEST_LINE
from esolutions_client.snmp.walkfiles.values import closing_quote

__all__ = ["OpenRow", "row_begins"]

# A row may be quoted in a mail ("> ") or indented. -Oq leaves the equals sign out: then only a whole OID is one.
_NUMERIC = re.compile(r"[\s>]*(?P<oid>\.?(?:iso|[0-2])(?:\.[0-9]+)+)[ \t]*=(?:[ \t]+|$)(?P<rest>.*)", re.DOTALL)
_NAMED = re.compile(
    r"[\s>]*(?P<oid>[A-Za-z][\w-]*::[^\s=]+|\.?[A-Za-z][\w-]*[.\[][\w.\[\]-]*)[ \t]*=(?:[ \t]+|$)(?P<rest>.*)",
    re.DOTALL,
)
_QUICK = re.compile(
    r"[\s>]*(?P<oid>\.?(?:iso|1)\.3\.6\.1(?:\.[0-9]+)+|[A-Za-z][\w-]*(?:::[\w.\[\]-]+|(?:\.[0-9]+)+))"
    r"[ \t]+(?P<rest>[^=\s].*)",
    re.DOTALL,
)
_WRONG_TYPE = r"(?:Wrong Type \([^)]*\):[ \t]*)*"
_HEX_STRING = re.compile(_WRONG_TYPE + "Hex-STRING:", re.IGNORECASE)
_HEX_LINE = re.compile(r"(?:[0-9A-Fa-f]{2}(?:[ \t]+|$))+(?:\[.*)?")
_STRING = re.compile(_WRONG_TYPE + r"STRING:[ \t]?", re.IGNORECASE)


class OpenRow:
    """A row whose value may go on in the next line; `oid` is None where its name is not known."""

    def __init__(self, number: int, oid: str | None, rest: str) -> None:
        self.number = number
        self.oid = oid
        self._lines = [rest]
        self._length = len(rest)
        string = _STRING.match(rest)
        begin = string.end() if string else 0
        self._is_hex = _HEX_STRING.match(rest) is not None
        self._is_text = string is not None
        self._is_quoted = rest.startswith('"', begin)
        self._is_closed = self._is_quoted and closing_quote(rest, begin + 1) is not None

    @property
    def text(self) -> str:
        """What stands behind the equals sign; messages that were written into a text in quotes are left out."""
        text = "\n".join(self._lines)
        return without_messages(text) if self._is_quoted and len(self._lines) > 1 else text

    def takes(self, line: str) -> bool:
        """Add a line that belongs to the value; tell whether it does."""
        if self._is_quoted:
            goes_on = not self._is_closed
            self._is_closed = self._is_closed or closing_quote(line, 0) is not None
        elif self._is_hex:
            goes_on = _HEX_LINE.fullmatch(line.strip()) is not None
        else:
            goes_on = self._is_text and not (is_message(line) or is_prompt(line))
        self._length += len(line)
        if goes_on and self._length <= LONGEST_LINE:
            self._lines.append(line)
        return goes_on


def row_begins(line: str, number: int) -> OpenRow | None:
    """Return the row that begins with this line, None where none does."""
    match = _NUMERIC.fullmatch(line) or _NAMED.fullmatch(line) or _QUICK.fullmatch(line)
    if match is None:
        return None
    oid = resolve(match["oid"])
    if oid is None and "::" not in match["oid"]:
        return None
    return OpenRow(number, oid, match["rest"])
