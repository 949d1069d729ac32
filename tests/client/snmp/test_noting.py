"""What cannot be read is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.snmp.errors import AgentError, SilentError
from esolutions_client.snmp.noting import noting
from esolutions_client.snmp.pdus import Get, Unreadable, run
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.queries import get, walk
from esolutions_client.snmp.read_once import read_printer
from esolutions_client.snmp.replay import ReplayPort

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.snmp.pdus import Conversation, Request, Value

ODD = Unreadable("an INTEGER of 5 octets instead of 1 to 4")


def both() -> Conversation[list[Any]]:
    """Ask for two rows, and walk over two."""
    got = yield from get(("1.3.6.1.1", "1.3.6.1.2"))
    walked = yield from walk("1.3.6.2", rows_at_once=2)
    return [got, walked]


def test_a_noted_conversation_is_the_same_conversation() -> None:
    """Its result is what it would be, and the notes say which rows are of no use, and why."""
    rows: dict[str, Value] = {"1.3.6.1.1": 7, "1.3.6.1.2": ODD, "1.3.6.2.1": Unreadable("NULL"), "1.3.6.2.2": b"x"}
    notes: dict[str, str] = {}
    assert run(noting(both(), notes), ReplayPort(rows).answer) == run(both(), ReplayPort(rows).answer)
    assert notes == {"1.3.6.1.2": ODD.reason, "1.3.6.2.1": "NULL"}


def test_refusals_and_silence_pass_through() -> None:
    """The conversation meets them as it would without notes."""

    def refuse(request: Request) -> Any:
        if isinstance(request, Get) and len(request.oids) > 1:
            raise AgentError(5)
        raise SilentError("off")

    with pytest.raises(SilentError, match="off"):
        run(noting(both(), {}), refuse)


def test_reading_a_printer_tells_of_each_value_that_cannot_be_read(
    xerox: dict[str, Value], now: Callable[[], datetime], caplog: pytest.LogCaptureFixture
) -> None:
    """The other numbers are there, and the one that is missing is no riddle."""
    level = "1.3.6.1.2.1.43.11.1.1.9.1.2"
    xerox[level] = ODD
    reading = read_printer(ReplayPort(xerox), Target("printer.example"), now=now)
    assert [supply.level is None for supply in reading.supplies[:2]] == [False, True]
    assert [record.getMessage() for record in caplog.records] == [
        f"printer.example: the value of {level} cannot be read: {ODD.reason}"
    ]


def test_a_printer_that_shows_nothing_but_nulls_does_not_fill_the_log(
    xerox: dict[str, Value], now: Callable[[], datetime], caplog: pytest.LogCaptureFixture
) -> None:
    """Twenty lines, and how many more there would be."""
    odd: dict[str, Value] = {oid: Unreadable("NULL") if ".43.11." in oid else value for oid, value in xerox.items()}
    read_printer(ReplayPort(odd), Target("printer.example"), now=now)
    assert len(caplog.records) == 21
    assert "more values cannot be read" in caplog.records[-1].getMessage()
