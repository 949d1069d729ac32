"""Say where in a run something is: the exchange, numbered as in the transcript and the report, the day, the printer.

And say what was found there in words, not in a program's own notation of
rows. It judges nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Places", "in_words"]

_SHOWN_AT_MOST = 5
_LONGEST_TEXT = 200
# Which of a row's times says best where it belongs.
_TIMES = ("moment", "answered_at", "read_at", "sent_at", "at", "period_end")


class Places:
    """The exchanges of a run in their order."""

    def __init__(self, testbed: Testbed) -> None:
        rows = [
            (row.sent_at, order, row.sent_id, machine.name, row)
            for order, machine in enumerate(testbed.machines)
            for row in machine.store.outbox.sent()
        ]
        self._began = testbed.began
        self._exchanges = [(name, row) for *_, name, row in sorted(rows, key=lambda row: row[:3])]

    def of_message(self, row: SentRow) -> str:
        """Return where a message was sent."""
        for number, (machine, sent) in enumerate(self._exchanges, start=1):
            if sent == row:
                return f"{self.day(row.sent_at)}, exchange {number} ({row.operation} of {machine})"
        return self.day(row.sent_at)

    def of_command(self, command_id: str, otherwise: datetime) -> str:
        """Return where a billing request was answered."""
        for _, row in reversed(self._exchanges):
            if row.operation == "SubmitBillingTransaction" and command_id.encode() in row.body:
                return self.of_message(row)
        return self.at(otherwise)

    def of_found(self, found: object, otherwise: datetime) -> str:
        """Return where the first row of what was found belongs."""
        first = _as_row(found)
        if first is None and isinstance(found, Iterable) and not isinstance(found, str):
            first = _as_row(next(iter(found), None))
        if first is None:
            return self.at(otherwise)
        time = next((first[name] for name in _TIMES if isinstance(first.get(name), datetime)), otherwise)
        command_id = first.get("command_id")
        place = self.of_command(command_id, time) if isinstance(command_id, str) else self.at(time)
        serial = first.get("serial") or first.get("serial_number")
        return f"{place}, printer {serial}" if serial else place

    def at(self, time: datetime) -> str:
        """Return where a time is in the run."""
        before = sum(1 for _, row in self._exchanges if row.sent_at <= time)
        return f"{self.day(time)}, after exchange {before}" if before else self.day(time)

    def day(self, time: datetime) -> str:
        """Return the day of a run, the first being 1."""
        return f"day {(time - self._began).days + 1} ({time:%Y-%m-%d %H:%M})"


def _as_row(found: object) -> Mapping[str, Any] | None:
    """Return a row by the names of its columns, whether it is a mapping or a value; None for what is no row."""
    if is_dataclass(found) and not isinstance(found, type):
        return asdict(found)
    return found if isinstance(found, Mapping) else None


def in_words(value: object) -> str:
    """Return what was found as a person would write it down."""
    if value is None or value == "":
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, bytes):
        return value.decode(errors="backslashreplace")
    row = _as_row(value)
    if row is not None:
        return _row(row)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return _several(list(value))
    text = str(value)
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."


def _row(row: Mapping[Any, Any]) -> str:
    parts = [f"{str(name).replace('_', ' ')} {in_words(value)}" for name, value in row.items() if value is not None]
    return ", ".join(parts) or "nothing"


def _several(values: list[Any]) -> str:
    if not values:
        return "none"
    shown = "; ".join(in_words(value) for value in values[:_SHOWN_AT_MOST])
    more = len(values) - _SHOWN_AT_MOST
    return f"{shown}; and {more} more" if more > 0 else shown
