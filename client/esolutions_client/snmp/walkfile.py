"""Read a recorded walk: a `.snmprec` file, or the text that `snmpwalk` prints.

A user can attach such a file as evidence. Lines that are no rows are counted and skipped; only a file without one
usable row is refused. Variation modules of a `.snmprec` are not run.
"""

from __future__ import annotations

import re
from collections import Counter
from io import StringIO
from typing import TYPE_CHECKING

from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.pdus import Unreadable
from esolutions_client.snmp.queries import oid_key
from esolutions_client.snmp.walkfiles.messages import is_message, is_prompt, without_terminal_codes
from esolutions_client.snmp.walkfiles.snmprec import SNMPREC_LINE, snmprec_value
from esolutions_client.snmp.walkfiles.snmpwalk import OpenRow, row_begins
from esolutions_client.snmp.walkfiles.source import WalkFileError, lines_of, open_lines
from esolutions_client.snmp.walkfiles.values import walk_value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from esolutions_client.snmp.pdus import Value

__all__ = ["MOST_WALKED_ROWS", "WalkFileError", "parse_walk", "read_walk_file"]

# The largest walks of printers have some 20,000 rows.
MOST_WALKED_ROWS = 500_000
_SHOWN = 60
_UNNAMED = "named by a MIB (run snmpwalk with -On)"
_VALUES_ALONE = "values without their OIDs (run snmpwalk with -On, without -Ov)"
_TYPE_ALONE = re.compile(r"(?:[A-Z][A-Za-z0-9-]*|Network Address): |\"")
# The last line of every walk.
_END_OF_VIEW = "No more variables left"
_EXPECTED = "expected OID|TAG|VALUE or OID = TYPE: VALUE, as `snmpwalk -On` prints it"


def _ignore(_: str) -> None:
    """Keep to oneself what was skipped."""


def read_walk_file(path: Path, *, tell: Callable[[str], None] = _ignore) -> dict[str, Value]:
    """Return the rows of a walk file, sorted as an agent sorts them.

    Args:
        path: a regular file.
        tell: called with one sentence where lines were skipped.

    Raises:
        WalkFileError: it cannot be read, is no file, is too large, or has not one usable row.
    """
    return _Walk(str(path)).read(open_lines(path), tell)


def parse_walk(text: str, name: str = "walk", *, tell: Callable[[str], None] = _ignore) -> dict[str, Value]:
    """Return the rows of a walk, sorted as an agent sorts them; `name` is for messages.

    Raises:
        WalkFileError: it has not one usable row.
    """
    return _Walk(name).read(lines_of(StringIO(text, newline="\n"), name), tell)


class _Walk:
    """The rows gathered so far, and what was skipped and why."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._rows: dict[str, Value] = {}
        self._skipped: Counter[str] = Counter()
        self._useless: Counter[str] = Counter()
        self._first = ""
        self._count = 0

    def read(self, lines: Iterable[str], tell: Callable[[str], None]) -> dict[str, Value]:
        """Take every line; return the rows."""
        for row in self._text_rows(lines):
            text = row.text
            if row.oid is None:
                self._skip(_UNNAMED, row.number, text)
            elif not text.startswith(_END_OF_VIEW):
                self._keep(row.oid, walk_value(row.oid, text), row.number)
        if all(isinstance(value, Unreadable) for value in self._rows.values()):
            raise WalkFileError(f"{self._name}: {self._no_row()}")
        if told := self._told():
            tell(f"{self._name}: {told}")
        return dict(sorted(self._rows.items(), key=lambda row: oid_key(row[0])))

    def _text_rows(self, lines: Iterable[str]) -> Iterator[OpenRow]:
        """Return the rows in the form of snmpwalk when they are whole; take every other line on the way."""
        row: OpenRow | None = None
        for line in lines:
            self._count += 1
            snmprec = SNMPREC_LINE.fullmatch(line)
            shown = without_terminal_codes(line)
            begun = None if snmprec else row_begins(shown, self._count)
            if row is not None and begun is None and snmprec is None and row.takes(shown):
                continue
            if row is not None:
                yield row
            row = begun
            if snmprec is not None:
                self._take_snmprec(snmprec)
            elif begun is None:
                self._take_other(shown)
        if row is not None:
            yield row

    def _take_snmprec(self, match: re.Match[str]) -> None:
        if match["module"] or not match["tag"]:
            self._skip("of a variation module", self._count, match[0])
        else:
            self._keep(match["oid"], snmprec_value(match["tag"], match["form"], match["value"]), self._count)

    def _take_other(self, line: str) -> None:
        if not line.strip() or line.startswith("#"):
            return
        reason = "messages of the tool" if is_message(line) else "prompts" if is_prompt(line) else "no rows"
        self._skip(_VALUES_ALONE if reason == "no rows" and _TYPE_ALONE.match(line) else reason, self._count, line)

    def _keep(self, oid: str, value: Value, number: int) -> None:
        try:
            oid_key(oid)
        except SnmpError:
            self._skip("no rows", number, oid)
            return
        if value is None:
            self._skip("of objects that the agent did not have", number, oid)
            return
        if isinstance(value, Unreadable):
            self._useless[value.reason] += 1
            self._first = self._first or f"; line {number} holds {value.reason}"
            if oid in self._rows:
                return
        if len(self._rows) >= MOST_WALKED_ROWS:
            raise WalkFileError(f"{self._name}, line {number}: more than {MOST_WALKED_ROWS} rows, expected one printer")
        self._rows[oid] = value

    def _skip(self, reason: str, number: int, line: str) -> None:
        self._skipped[reason] += 1
        if reason != "prompts":
            self._first = self._first or f"; line {number}: {_EXPECTED}, found {line.strip()[:_SHOWN]!r}"

    def _told(self) -> str:
        parts = []
        if self._skipped:
            reasons = ", ".join(f"{reason}: {count}" for reason, count in self._skipped.items())
            parts.append(f"{self._skipped.total()} of {self._count} lines skipped ({reasons})")
        if self._useless:
            reasons = ", ".join(f"{reason}: {count}" for reason, count in self._useless.items())
            parts.append(f"{self._useless.total()} values of no use ({reasons})")
        return "; ".join(parts)

    def _no_row(self) -> str:
        """Say why a file is refused, with what to do where that is known."""
        told = self._told() or f"{self._count} lines" if self._count else "the file is empty"
        return f"not one usable row of a walk: {told}{self._first}"
