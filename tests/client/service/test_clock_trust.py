"""No reading is sent under a date that a wrong clock gave it, whenever the clock was wrong and whenever it was set."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import DeliveryError, UnreachableError
from esolutions_client.service.clock_trust import ClockTrust
from esolutions_client.store.store import Store
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esolutions_client.wire.http.transport import HttpResponse

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


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


def refuse(_body: bytes, _proceed: Callable[[bytes], HttpResponse]) -> HttpResponse:
    """Let no server listen."""
    raise UnreachableError("connection refused")


def refuse_billing(body: bytes, proceed: Callable[[bytes], HttpResponse]) -> HttpResponse:
    """Let no reading through."""
    return refuse(body, proceed) if b":SubmitBilling" in body else proceed(body)


def request_while_off(office: Any, serial: str) -> None:
    """Let a request arrive that its printer, which is off for another four hours, cannot answer yet."""
    office.fleet.by_serial(serial).power_off(office.now + MINUTE)
    office.fleet.by_serial(serial).power_on(office.now + 4 * HOUR)
    office.pass_time(2 * MINUTE)
    office.administration.request_billing(serial)
    office.agent.sync()
    assert office.open_requests() == [serial]


def expect_right_dates(office: Any, serial: str) -> None:
    """Every bill says what the printer showed at that moment."""
    bills = office.administration.bills(serial)
    assert bills
    for bill in some(bills):
        assert bill.value == office.fleet.by_serial(serial).counters_at(bill.read_at)[bill.meter]


def answers(office: Any) -> list[bytes]:
    """The readings that were sent."""
    return [body for body in office.line.sent if b":SubmitBilling" in body]


@pytest.mark.parametrize("minutes", [-60, -10, 10, 60])
def test_a_reading_that_waited_while_the_clock_was_set_right_is_taken_anew(office: Any, minutes: int) -> None:
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
def test_a_reading_by_a_confirmed_clock_waits(office: Any, then: str) -> None:
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


def test_a_reading_by_an_unconfirmed_clock_does_not_wait_through_a_restart(office: Any) -> None:
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
    assert all(bill.read_at >= restarted_at for bill in some(office.administration.bills(serial)))


def test_a_reading_from_before_a_restart_answers_nothing(office: Any) -> None:
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


def test_a_refused_clock_dates_no_answer(office: Any) -> None:
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


def expect_opened_rightly(office: Any, not_before: datetime) -> None:
    """Every printer is registered, once, with what it showed at a moment after that."""
    devices = office.administration.devices()
    assert sorted(device.serial for device in devices) == sorted(office.serials)
    for device in some(devices):
        for meter in some(device.meters):
            shown = office.fleet.by_serial(device.serial).counters_at(meter.opening_read_at)
            assert (meter.opening_value, meter.opening_read_at >= not_before) == (shown[meter.name], True)
    assert office.store.devices.awaiting_registration() == []


def register_in_vain(office: Any) -> bytes:
    """Register everything while no server listens, and return the consent that waits."""
    office.discover()
    office.line.fault = refuse
    with pytest.raises(DeliveryError):
        office.agent.register(office.serials)
    office.line.fault = None
    return f"{office.now:%Y-%m-%dT%H:%M:%SZ}".encode()


def test_a_registration_by_an_unconfirmed_clock_is_made_anew(new_office: Any) -> None:
    """A person chose once; after a restart the opening readings are new, and the consent is what it was."""
    consent = register_in_vain(new_office)
    new_office.pass_time(3 * HOUR)
    new_office.reboot()
    new_office.line.sent.clear()
    restarted_at = new_office.now
    new_office.run_for(MINUTE)
    expect_opened_rightly(new_office, restarted_at)
    (registration,) = (body for body in new_office.line.sent if b":RegisterProxyDevices" in body)
    assert b"ConsentGivenAt>" + consent in registration
    for serial in some(new_office.serials):
        assert any("registered anew" in text for _, _, _, text in new_office.store.events(10, serial))


def test_a_registration_whose_clock_was_confirmed_meanwhile_waits_through_a_restart(new_office: Any) -> None:
    """The server took the message before it: the opening readings are right, and stay the first there were."""
    new_office.discover()
    new_office.line.fault = lambda body, proceed: (
        refuse(body, proceed) if b":RegisterProxyDevices" in body else proceed(body)
    )
    with pytest.raises(UnreachableError):
        new_office.agent.register(new_office.serials)
    read_at = new_office.now
    new_office.pass_time(HOUR)
    new_office.reboot()
    new_office.line.fault = None
    new_office.run_for(MINUTE)
    expect_opened_rightly(new_office, read_at)
    opened = {meter.opening_read_at for device in new_office.administration.devices() for meter in device.meters}
    assert opened == {read_at}


def test_a_registration_refused_for_the_clock_is_made_anew_when_it_is_right(new_office: Any) -> None:
    """The server sees that the clock is wrong: nothing is opened by it, nothing is tried over and over."""
    new_office.discover()
    new_office.skew = 2 * DAY
    with pytest.raises(DeliveryError, match="MessageExpired"):
        new_office.agent.register(new_office.serials)
    new_office.run_for(DAY)
    assert new_office.administration.devices() == []
    assert {device.state for device in new_office.store.devices.all()} == {"discovered"}
    assert [row.operation for row in new_office.store.outbox.sent()].count("RegisterProxyDevices") == 0
    new_office.skew = timedelta(0)
    right_at = new_office.now
    new_office.run_for(DAY)
    expect_opened_rightly(new_office, right_at)


def test_a_printer_that_is_off_when_it_is_to_be_registered_anew_is_not_forgotten(new_office: Any) -> None:
    """The others are registered; it follows when it answers, without being asked again."""
    register_in_vain(new_office)
    off = new_office.serials[1]
    new_office.fleet.by_serial(off).power_off(new_office.now + MINUTE)
    new_office.fleet.by_serial(off).power_on(new_office.now + DAY)
    new_office.pass_time(HOUR)
    new_office.reboot()
    new_office.run_for(12 * HOUR)
    assert [device.serial for device in new_office.administration.devices()] == new_office.serials[:1]
    assert [device.serial_number for device in new_office.store.devices.awaiting_registration()] == [off]
    new_office.run_for(DAY)
    expect_opened_rightly(new_office, START)


def test_a_printer_owed_alone_is_looked_for_at_every_poll(new_office: Any) -> None:
    """Without a registered printer there would be no poll, and without a message no contact."""
    register_in_vain(new_office)
    for printer in new_office.fleet:
        printer.power_off(new_office.now + MINUTE)
        printer.power_on(new_office.now + DAY)
    new_office.pass_time(HOUR)
    new_office.reboot()
    new_office.run_for(DAY)
    new_office.run_for(3 * HOUR)
    expect_opened_rightly(new_office, START + DAY)
