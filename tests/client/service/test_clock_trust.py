"""No reading is sent under a date that a wrong clock gave it, whenever the clock was wrong and whenever it was set."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import UnreachableError
from esolutions_client.service.clock_trust import ClockTrust
from esolutions_client.store.store import Store
from tests.client.service.support.clocks import DAY, HOUR, MINUTE
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esolutions_client.wire.http.transport import HttpResponse
    from tests.support.office import Office
from tests.client.service.support.clocks import START, refuse


class Wall:
    """A clock to set, on a machine to start."""

    def __init__(self) -> None:
        self.passed = 100_000.0
        self.started = 0.0
        self.ahead = 0.0

    def now(self) -> datetime:
        """What the clock shows."""
        return START + timedelta(seconds=self.passed + self.ahead)

    def monotonic(self) -> float:
        """Seconds since the machine started."""
        return self.passed - self.started


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    store = Store(tmp_path / "client.sqlite", synchronous="OFF")
    yield store
    store.close()


@pytest.mark.parametrize(
    ("happens", "is_the_same"),
    [
        ("nothing", True),
        ("ten days pass", True),
        ("it drifts by half a minute", True),
        ("it is set by two minutes", False),
        ("it is set back by two minutes", False),
        ("it is set and put right again", True),
        ("the machine starts anew", False),
    ],
)
def test_an_origin_tells_when_the_clock_was_set(store: Store, happens: str, *, is_the_same: bool) -> None:
    """It changes when the clock is set or the machine starts, and not because time passes."""
    wall = Wall()
    clock = ClockTrust(store.settings, now=wall.now, monotonic=wall.monotonic)
    origin = clock.origin()
    changes: dict[str, dict[str, float]] = {
        "nothing": {},
        "ten days pass": {"passed": 964_000.0},
        "it drifts by half a minute": {"ahead": 30.0},
        "it is set by two minutes": {"ahead": 120.0},
        "it is set back by two minutes": {"ahead": -120.0},
        "it is set and put right again": {"passed": 200_000.0, "ahead": 0.0},
        "the machine starts anew": {"started": 100_000.0},
    }
    vars(wall).update(changes[happens])
    assert clock.is_set_as(origin) is is_the_same


def test_what_the_server_said_of_a_clock_counts_until_it_is_set(store: Store) -> None:
    """Confirmed or refused, never both; another process of the same machine knows it too."""
    wall = Wall()
    clock = ClockTrust(store.settings, now=wall.now, monotonic=wall.monotonic)
    assert (clock.is_confirmed, clock.is_refused) == (False, False)
    assert clock.confirm()
    assert not clock.confirm()
    other = ClockTrust(store.settings, now=wall.now, monotonic=wall.monotonic)
    assert (other.is_confirmed, other.is_refused) == (True, False)
    clock.refuse()
    assert (other.is_confirmed, other.is_refused) == (False, True)
    wall.ahead = 3600.0
    assert (other.is_confirmed, other.is_refused) == (False, False)
    wall.ahead = 0.0
    assert other.is_refused
    assert clock.confirm()
    assert (other.is_confirmed, other.is_refused) == (True, False)


def refuse_billing(body: bytes, proceed: Callable[[bytes], HttpResponse]) -> HttpResponse:
    """Let no reading through."""
    return refuse(body, proceed) if b":SubmitBilling" in body else proceed(body)


def request_while_off(office: Office, serial: str) -> None:
    """Let a request arrive that its printer, which is off for another four hours, cannot answer yet."""
    office.fleet.by_serial(serial).power_off(office.now + MINUTE)
    office.fleet.by_serial(serial).power_on(office.now + 4 * HOUR)
    office.pass_time(2 * MINUTE)
    office.administration.request_billing(serial)
    office.agent.sync()
    assert office.open_requests() == [serial]


def expect_right_dates(office: Office, serial: str) -> None:
    """Every bill says what the printer showed at that moment."""
    bills = list(office.administration.every.bills(serial))
    assert bills
    for bill in some(bills):
        assert bill.value == office.fleet.by_serial(serial).counters_at(bill.read_at)[bill.meter]


def answers(office: Office) -> list[bytes]:
    """The readings that were sent."""
    return [body for body in office.line.sent if b":SubmitBilling" in body]


@pytest.mark.parametrize("minutes", [-60, -10, 10, 60])
def test_a_reading_that_waited_while_the_clock_was_set_right_is_taken_anew(office: Office, minutes: int) -> None:
    """The server could not notice the clock, being away, and would not notice it any more."""
    serial = office.serials[0]
    request_while_off(office, serial)
    office.skew = minutes * MINUTE
    office.line.fault = refuse
    office.run_for(8 * HOUR)
    assert answers(office), "no reading waits under a wrong date: the test tries nothing"
    office.skew = timedelta(0)
    office.line.fault = None
    office.run_for(2 * DAY)
    assert office.open_requests() == []
    expect_right_dates(office, serial)
    assert any("the clock was set" in text for _, _, _, text in office.store.events())


@pytest.mark.parametrize("then", ["the machine starts anew", "the clock is wrong for a day"])
def test_a_reading_by_a_confirmed_clock_waits(office: Office, then: str) -> None:
    """The server took messages while the clock was set like this: the reading keeps its date, and its message id."""
    office.administration.request_billing(office.serials[0])
    office.line.fault = refuse_billing
    with pytest.raises(UnreachableError):
        office.agent.sync()
    (first,) = answers(office)
    office.pass_time(6 * HOUR)
    if then == "the machine starts anew":
        office.reboot()
    office.line.fault = None
    if then == "the clock is wrong for a day":
        office.skew = HOUR
        office.run_for(DAY)
        assert office.store.settings.clock_refused
        office.skew = timedelta(0)
    office.run_for(DAY)
    assert office.open_requests() == []
    _, *later = answers(office)
    for field in (b"MessageId", b"ReadDate"):
        assert {body.split(field)[1] for body in later} == {first.split(field)[1]}


def test_a_reading_by_an_unconfirmed_clock_does_not_wait_through_a_restart(office: Office) -> None:
    """Whether its date was right cannot be told any more: the request is open again, and the next poll answers it."""
    serial = office.serials[0]
    request_while_off(office, serial)
    office.reboot()
    office.line.fault = refuse
    office.run_for(5 * HOUR)
    assert len(answers(office)) >= 1
    office.reboot()
    restarted_at = office.now
    office.line.fault = None
    office.run_for(DAY)
    assert office.open_requests() == []
    assert all(bill.read_at >= restarted_at for bill in some(office.administration.every.bills(serial)))


def test_a_reading_from_before_a_restart_answers_nothing(office: Office) -> None:
    """However young it seems: the clock may have been set while the machine was off."""
    serial = office.serials[0]
    request_while_off(office, serial)
    office.skew = HOUR
    office.line.fault = refuse
    office.run_for(3 * HOUR + 50 * MINUTE)
    office.agent.turn(on=False)
    office.pass_time(10 * MINUTE)
    office.agent.turn(on=True)
    office.agent.polling.poll()
    office.pass_time(HOUR + MINUTE)
    office.skew = timedelta(0)
    office.reboot()
    office.line.fault = None
    office.line.sent.clear()
    office.agent.sync()
    office.run_for(DAY)
    assert office.open_requests() == []
    expect_right_dates(office, serial)


def test_a_refused_clock_dates_no_answer(office: Office) -> None:
    """The client goes on asking and reading, but composes no answer that would be given up."""
    serial = office.serials[0]
    request_while_off(office, serial)
    office.skew = HOUR
    office.line.sent.clear()
    office.run_for(DAY)
    assert office.line.sent
    given_up = [text for _, kind, _, text in office.store.events(1000) if kind == "undated" and "Submit" in text]
    assert len(answers(office)) == len(given_up) <= 1
    office.skew = timedelta(0)
    office.run_for(DAY)
    assert office.open_requests() == []
    expect_right_dates(office, serial)
