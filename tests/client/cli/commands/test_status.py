"""`status` and the log say what a person needs: what waits, why, until when, and what to do."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.cli.app import LogFormatter
from esolutions_scenarios.faults.http import Refuse
from esolutions_scenarios.faults.printer import ControllerSwap, CounterAt, Off, Replace
from esolutions_scenarios.testbed.office import enter_equipment, happen, printers, sign_up
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.client.cli.support.command_line import CommandLine

_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def active(registered: CommandLine) -> CommandLine:
    """Return a command line whose printers are in service."""
    bed = registered.testbed
    bed.administration.add_account("Office", "key.user@customer.example")
    enter_equipment(bed, dict.fromkeys(printers(bed), "monthly"))
    bed.run_for(_HOUR)
    sign_up(bed, printers(bed))
    assert registered("sync") == 0
    return registered


def text_of(line: CommandLine) -> dict[str, str]:
    """Return the status as a person reads it: by the words before the value, with the lines below it."""
    assert line("status") == 0
    found: dict[str, str] = {}
    name = ""
    for row in line.out.splitlines():
        if row.startswith("  "):
            found[name] += "\n" + row.strip()
        else:
            name = row[:18].strip()
            found[name] = row[18:].strip()
    return found


def test_a_held_printer_names_the_command_that_accepts_it(active: CommandLine) -> None:
    """In the list of printers, in the status, and where its request waits; accepting it ends all three."""
    bed = active.testbed
    serial = printers(bed)[0]
    happen(bed, serial, ControllerSwap(5))
    bed.run_for(_HOUR)
    assert active("poll") == 0
    bed.administration.request_billing(serial)
    assert active("sync") == 0
    accept = f"`esolutions-client accept {serial}`"
    assert active("devices") == 0
    assert accept in " ".join(active.out.split())
    status = active.json("status")
    (held,) = status["held"]
    assert held["serial_number"] == serial
    assert "counters went backwards" in held["reason"]
    assert accept in held["reason"]
    (request,) = status["open_requests"]
    assert accept in request["why"]
    assert {"period_end", "answer_by", "note"} <= set(request)
    assert accept in text_of(active)["held"]
    assert active("accept", serial) == 0
    assert active("poll") == 0
    status = active.json("status")
    assert status["held"] == status["open_requests"] == []


def test_a_reading_that_is_not_credible_can_be_accepted_by_the_command_it_names(active: CommandLine) -> None:
    """The status says which bound it breaks; a person accepts it, and it is sent."""
    bed = active.testbed
    serial = printers(bed)[0]
    happen(bed, serial, CounterAt(8_000_000))
    bed.run_for(_HOUR)
    bed.administration.request_billing(serial)
    assert active("sync") == 0
    (request,) = active.json("status")["open_requests"]
    assert "credible" in request["why"]
    assert f"`esolutions-client accept {serial}`" in request["why"]
    assert active("accept", serial) == 0
    assert active("poll") == 0
    assert active.json("status")["open_requests"] == []


def test_a_stranger_at_an_address_names_the_command_that_registers_it(active: CommandLine) -> None:
    """A person who looks why a printer is silent reads what to do about the one that stands there."""
    bed = active.testbed
    serial = printers(bed)[0]
    happen(bed, serial, Replace("ZZA123456", 3))
    bed.run_for(_HOUR)
    assert active("poll") == 0
    listed = {x["serial_number"]: x for x in active.json("devices")["devices"]}
    assert "`esolutions-client register ZZA123456`" in listed[serial]["silent_reason"]
    assert active("register", "ZZA123456") == 0


def test_open_requests_say_why_they_wait(active: CommandLine) -> None:
    """A printer that is off is named as silent, with the reason and since when."""
    bed = active.testbed
    serial = printers(bed)[0]
    off = happen(bed, serial, Off())
    bed.administration.request_billing(serial)
    assert active("sync") == 0
    (request,) = active.json("status")["open_requests"]
    assert request["serial_number"] == serial
    assert request["why"].startswith("no answer since ")
    assert request["why"] in text_of(active)["open requests"]
    off()
    bed.run_for(_HOUR)
    assert active("poll") == 0
    assert active.json("status")["open_requests"] == []


def test_nothing_is_announced_for_a_moment_that_has_passed(active: CommandLine) -> None:
    """What is overdue is due now, at every program."""
    bed = active.testbed
    bed.run_for(3 * _DAY)
    status = active.json("status")
    now = bed.now.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert status["next_poll_at"] == status["next_sync_at"] == status["next_contact_at"] == now
    assert text_of(active)["next sync at"] == "due now"
    assert text_of(active)["at work"] == "no"


def test_a_back_off_is_shown_with_its_end(active: CommandLine) -> None:
    """After failures the next sync is not before the next attempt; how many failures there were is told."""
    bed = active.testbed
    active.net.break_server(away := Refuse())
    bed.run_for(_DAY)
    first = bed.now
    for _ in range(3):
        assert active("run", "--once") == 0
        bed.run_for(3 * _HOUR)
    status = active.json("status")
    assert status["back_off"]["failures"] == status["failures"] == 3
    assert status["back_off"]["since"] == first.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert status["back_off"]["until"] == status["next_contact_at"] == status["next_sync_at"]
    assert "not reached 3 times since" in text_of(active)["back off"]
    active.net.lift(away)
    assert active("sync") == 0
    status = active.json("status")
    assert (status["back_off"], status["failures"]) == (None, 0)


def test_the_first_failure_is_logged_once_and_so_is_the_end_of_it(
    active: CommandLine, caplog: pytest.LogCaptureFixture
) -> None:
    """A server that is away for a night is one line in the evening and one in the morning."""
    bed = active.testbed
    active.net.break_server(away := Refuse())
    bed.run_for(_DAY)
    caplog.clear()
    for _ in range(4):
        assert active("run", "--once") == 0
        bed.run_for(3 * _HOUR)
    complaints = [r.getMessage() for r in caplog.records if "connection refused" in r.getMessage()]
    assert sum(text.startswith("SyncProxy was not delivered") for text in complaints) == 1
    assert all(text.startswith(("SyncProxy was not", "the server was not reached last")) for text in some(complaints))
    active.net.lift(away)
    bed.run_for(_DAY)
    assert active("run", "--once") == 0
    assert "the server is reached again, after 4 failures" in [r.getMessage() for r in caplog.records]
    assert "started" in caplog.text


@pytest.mark.parametrize(("skew", "words"), [(timedelta(days=-2), "2 days behind"), (timedelta(hours=5), "5 h ahead")])
def test_a_wrong_clock_is_called_a_wrong_clock_by_how_much(active: CommandLine, skew: timedelta, words: str) -> None:
    """The answer's date says so; nothing is done by it, and it is forgotten when the clock is right."""
    active.skew = skew
    assert active("sync") == 1
    assert "this machine's clock is wrong" in active.err
    assert words in active.err
    assert words in active.json("status")["clock"]
    active.skew = timedelta(0)
    active.testbed.run_for(_DAY)
    assert active("sync") == 0
    assert active.json("status")["clock"] == "agrees with the server's"


def test_log_lines_bear_utc_and_no_password() -> None:
    """Whatever the machine's time zone; a proxy's password is not shown."""
    record: Any = logging.makeLogRecord(
        {"msg": "no answer through http://user:pass@proxy:3128", "levelname": "ERROR", "created": 0.0}
    )
    formatter = LogFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ")
    assert formatter.format(record) == "1970-01-01T00:00:00Z ERROR no answer through http://proxy:3128"


def test_open_requests_say_for_which_period_how_often_they_were_asked_and_by_when(active: CommandLine) -> None:
    """Each field of the command is a word of the line; what is overdue is called so."""
    bed = active.testbed
    serial = printers(bed)[0]
    happen(bed, serial, Off())
    bed.administration.request_billing(serial)
    asked_at = bed.now
    assert active("sync") == 0
    (asked,) = (request for request in bed.administration.every.requests() if request.serial == serial)
    (request,) = active.json("status")["open_requests"]
    spelled = {
        name: f"{getattr(asked, name):%Y-%m-%dT%H:%M:%SZ}" for name in ("period_start", "period_end", "answer_by")
    }
    assert {name: request[name] for name in spelled} == spelled
    line = (
        f"{serial}: the Monthly period {spelled['period_start']} to {spelled['period_end']},"
        f" asked for once since {asked_at:%Y-%m-%dT%H:%M:%SZ}, to be answered by {spelled['answer_by']}: no answer"
    )
    assert line in text_of(active)["open requests"]
    bed.run_for(4 * _DAY)
    assert active("sync") == 0
    text = text_of(active)["open requests"]
    assert "asked for 2 times since" in text
    assert f"overdue since {spelled['answer_by']}" in text


def test_the_clock_is_compared_with_the_moment_of_a_signed_answer(active: CommandLine) -> None:
    """A difference that the server bears is told in seconds."""
    active.skew = timedelta(seconds=90)
    assert active("sync") == 0
    assert active.json("status")["clock"] == "agrees with the server's: 90 s ahead"
