"""What happened in a run, in order: the story's own words, every exchange, what the clients noticed.

The transcript holds no id and no nonce, so that the same story leaves the same
transcript in every world.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.referee.accounting import Account, UnknownContentError, account

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["Entry", "SizeRow", "accounts", "size_rows", "transcript", "unaccounted"]


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a transcript."""

    at: str
    who: str
    what: str
    detail: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """Return the line as `run --json` prints it."""
        return {"at": self.at, "who": self.who, "what": self.what, **self.detail}


@dataclass(frozen=True, slots=True)
class SizeRow:
    """How many messages of a kind, with so many devices, had which size; bytes."""

    message: str
    devices: int
    published: int
    expected: int
    measured: int
    count: int

    def as_json(self) -> dict[str, Any]:
        """Return the row as `run --json` prints it."""
        return asdict(self)


def transcript(testbed: Testbed) -> list[Entry]:
    """Return all that happened, by time; at one time the story speaks first, then each machine in turn."""
    lines: list[tuple[str, int, int, Entry]] = []
    for order, (at, text) in enumerate(testbed.notes):
        lines.append((_spell(at), 0, order, Entry(_spell(at), "story", "note", {"text": text})))
    for number, machine in enumerate(testbed.machines, start=1):
        events = _settled(reversed(machine.store.events(-1)))
        entries = [*_exchanges(machine.name, machine.store.outbox.sent()), *_events(machine.name, events)]
        lines += [(entry.at, number, order, entry) for order, entry in enumerate(entries)]
    return [entry for *_, entry in sorted(lines, key=lambda line: line[:3])]


def accounts(testbed: Testbed) -> Iterator[tuple[SentRow, Account]]:
    """Yield every message that crossed, both ways, with what the specification says of its size."""
    for row, found in _bodies(testbed):
        if isinstance(found, Account):
            yield row, found


def unaccounted(testbed: Testbed) -> Iterator[tuple[SentRow, str]]:
    """Yield every message that holds what the specification does not know, with what that is."""
    for row, found in _bodies(testbed):
        if isinstance(found, str):
            yield row, found


def _bodies(testbed: Testbed) -> Iterator[tuple[SentRow, Account | str]]:
    for machine in testbed.machines:
        for row in reversed(machine.store.outbox.sent()):
            for body in (row.body, row.response):
                try:
                    found = account(body) if body else None
                except UnknownContentError as error:
                    yield row, str(error)
                else:
                    if found is not None:
                        yield row, found


def size_rows(testbed: Testbed) -> list[SizeRow]:
    """Return the sizes of all messages, those alike in one row."""
    counted = Counter(
        (found.message, found.devices, found.published, found.expected, found.measured)
        for _, found in accounts(testbed)
    )
    return [SizeRow(*key, count) for key, count in sorted(counted.items())]


def _exchanges(name: str, sent: list[SentRow]) -> Iterator[Entry]:
    for row in reversed(sent):
        detail = {
            "attempt": row.attempt,
            "outcome": (row.outcome or "unknown").split(":")[0],
            "bytes_sent": len(row.body),
            "bytes_received": len(row.response or b""),
        }
        yield Entry(_spell(row.sent_at), name, row.operation, detail)


def _settled(events: Iterable[Any]) -> Iterator[Any]:
    """Yield events, those of several printers at one time by serial number: who answers first is chance."""
    for _, alike in groupby(events, key=lambda event: (event[0], bool(event[2]))):
        yield from sorted(alike, key=lambda event: event[2] or "")


def _events(name: str, events: Any) -> Iterator[Entry]:
    for at, kind, serial, text in events:
        # How long a port was patient is its own business; that no reply came is what happened.
        shown = "no answer" if kind in {"no answer", "silent"} and "no answer" in text else text
        detail = {"serial_number": serial, "text": shown} if kind != "delivery" else {}
        yield Entry(_spell(datetime.fromisoformat(at)), name, kind, detail)


def _spell(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")
