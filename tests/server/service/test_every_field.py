"""Each field of a request has its use at the server: a decision, or a line of a command that a person runs."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from tests.server.support.envelopes import spell, tags, wrapped

if TYPE_CHECKING:
    from esolutions_server.service.people.presentation.views import ExchangeView
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

SERIAL = "ABC123456"
FEBRUARY = datetime(2026, 2, 1, 3, tzinfo=UTC)
CLIENT = "soap11env:Client"


def changed(payload: str, field: str, value: object) -> str:
    """Return a payload with another value in a field."""
    text, count = re.subn(rf"(<n:{field}>)[^<]*(?=</n:{field}>)", rf"\g<1>{value}", payload)
    assert count >= 1
    return text


def last_entry(world: World) -> ExchangeView:
    """Return the newest exchange of the journal."""
    return list(world.server.administration.every.journal())[-1]


def report(world: World, proxy: Proxy, month: int = 2) -> str:
    """Return the id of the request of a month."""
    world.clock.moment = datetime(2026, month, 1, 3, tzinfo=UTC)
    (command,) = proxy.sync().commands
    return str(command["CommandId"])


@pytest.mark.parametrize("seconds", [0, 90, 86_400])
def test_the_journal_shows_how_long_a_message_waited(world: World, seconds: int) -> None:
    """From when it was composed, also where it is refused."""
    proxy = world.proxy()
    proxy.register()
    composed = spell(world.clock() - timedelta(seconds=seconds))
    proxy.send(changed(proxy.sync_payload(), "ComposedAt", composed))
    assert last_entry(world).waited == seconds
    proxy.send(changed(changed(proxy.sync_payload(), "ComposedAt", composed), "Attempt", 0))
    assert (last_entry(world).outcome, last_entry(world).waited) == (CLIENT, seconds)


def test_a_device_shows_when_it_was_found_and_since_when_its_service_is_on(world: World) -> None:
    """As the client says; the server's own moments stand beside them."""
    found, on = datetime(2025, 12, 24, 8, tzinfo=UTC), datetime(2025, 12, 31, 23, tzinfo=UTC)
    proxy = world.proxy()
    proxy.register()
    proxy.fleet.add(SERIAL)
    proxy.send(changed(proxy.devices_payload([SERIAL]), "DetectedAt", spell(found)))
    world.know(SERIAL)
    world.clock.move(hours=1)
    world.server.administration.sign_up(SERIAL)
    (command,) = proxy.sync().commands
    proxy.send(changed(proxy.status_payload(SERIAL, command["CommandId"]), "TurnedOn", spell(on)))
    device = world.server.administration.one.device(SERIAL)
    assert (device.detected_at, device.turned_on_at, device.activated_at) == (found, on, world.clock())


def test_a_proxy_that_polls_at_another_interval_than_it_was_told_is_noted(world: World) -> None:
    """What a status says is what the server goes by from then on."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(hours=1)
    world.server.administration.sign_up(SERIAL)
    (command,) = proxy.sync().commands
    proxy.send(changed(proxy.status_payload(SERIAL, command["CommandId"]), "PollInterval", "PT10800S"))
    assert "polls every 180 minutes, not 120" in last_entry(world).note
    assert world.server.administration.one.proxy(proxy.guid).poll_interval == 10_800


@pytest.mark.parametrize(
    ("minutes", "hours", "is_old"), [(120, 4, False), (120, 5, True), (60, 3, True), (240, 5, False)]
)
def test_readings_that_are_old_for_what_was_announced_are_noted(
    world: World, minutes: int, hours: int, *, is_old: bool
) -> None:
    """The poll interval of the registration says how fresh a reading can be."""
    proxy = world.proxy()
    proxy.send(changed(proxy.register_payload(), "PollInterval", f"PT{minutes * 60}S"))
    read_at = spell(world.clock() - timedelta(hours=hours))
    proxy.send(proxy.sync_payload().replace("<n:Queue>", f"<n:LastPollAt>{read_at}</n:LastPollAt><n:Queue>"))
    assert ("printers were read" in last_entry(world).note) is is_old


def test_a_registration_of_another_fleet_than_the_servers_is_noted(world: World) -> None:
    """With the printers it brings the digest is that of both; what else one side counts, the other has not."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    assert "fleet differs" not in last_entry(world).note
    proxy.fleet.add("LOST00001")
    proxy.send(proxy.devices_payload(["ABC000002"]))
    assert "fleet differs" in last_entry(world).note


@pytest.mark.parametrize(
    ("begins", "window", "announced", "until"),
    [
        ("00:00:00Z", "PT9H", 26, 33),  # in its window: to the end of it
        ("22:00:00Z", "PT9H", 26, 31),  # over midnight
        ("00:00:00Z", "PT9H", 36, 36),  # outside, after a back-off: at that moment
        ("02:00:00Z", "PT1H", 26, 27),
    ],
)
def test_a_proxy_is_silent_when_its_window_is_over(
    world: World, begins: str, window: str, announced: int, until: int
) -> None:
    """The beginning and length of its window and the moment it announced say when; hours since midnight."""
    world.clock.moment = midnight = datetime(2026, 1, 1, tzinfo=UTC)
    proxy = world.proxy()
    payload = changed(changed(proxy.register_payload(), "DailySyncTime", begins), "SyncWindow", window)
    proxy.send(changed(payload, "NextContactAt", spell(midnight + timedelta(hours=announced))))
    grace = timedelta(hours=1)
    for moment, is_silent in ((timedelta(0), False), (timedelta(seconds=1), True)):
        world.clock.moment = midnight + timedelta(hours=until) + grace + moment
        assert world.server.administration.one.proxy(proxy.guid).is_silent is is_silent
    assert world.server.administration.one.proxy(proxy.guid).expected_until == midnight + timedelta(hours=until)


@pytest.mark.parametrize(
    ("field", "make"),
    [
        ("InstalledAt", "register_payload"),
        ("ConsentGivenAt", "register_payload"),
        ("ComposedAt", "sync_payload"),
        ("DetectedAt", "devices"),
    ],
)
def test_a_date_that_only_a_wrong_clock_shows_is_noted_and_harms_nothing(world: World, field: str, make: str) -> None:
    """Its message is taken: lost, it would not come again."""
    proxy = world.proxy()
    if make != "register_payload":
        proxy.register()
    payload = proxy.devices_payload([SERIAL]) if make == "devices" else getattr(proxy, make)()
    assert not proxy.send(changed(payload, field, spell(world.clock() + timedelta(days=2)))).is_fault
    assert f"dated in the future: {field}" in last_entry(world).note


def transaction(proxy: Proxy, command_id: str, value: int, transaction_id: str) -> str:
    """Return a billing transaction under an id of its own choice."""
    return changed(proxy.reading_payload(SERIAL, command_id, value), "TransactionId", transaction_id)


def test_a_transaction_that_comes_twice_with_other_content_is_refused(world: World) -> None:
    """Whatever message carries it; nothing of it is taken, and the journal says why."""
    proxy = world.active_proxy(SERIAL)
    same = proxy.new_id()
    first = report(world, proxy, 2)
    assert proxy.send(transaction(proxy, first, 1234667, same), is_signed=True).texts("Outcome") == ["Accepted"]
    second = report(world, proxy, 3)
    bills = list(world.server.administration.every.bills())
    answer = proxy.send(transaction(proxy, second, 1234700, same), is_signed=True)
    assert answer.is_fault
    assert last_entry(world).outcome == CLIENT
    assert last_entry(world).note == f"the transaction {same} came before with other content"
    assert list(world.server.administration.every.bills()) == bills
    assert proxy.submit(SERIAL, second, 1234700) == "Accepted"


def test_a_transaction_that_comes_twice_with_the_same_content_is_answered_as_before(world: World) -> None:
    """Under another message id, too; it counts once."""
    proxy = world.active_proxy(SERIAL)
    same, command_id = proxy.new_id(), report(world, proxy)
    payload = transaction(proxy, command_id, 1234667, same)
    again = changed(payload, "MessageId", proxy.new_id())
    for each in (payload, again):
        assert proxy.send(each, is_signed=True).texts("Outcome") == ["Accepted"]
    assert len({bill.id for bill in world.server.administration.every.bills()}) == 5


def test_another_proxy_may_use_the_same_id(world: World) -> None:
    """Ids of transactions are each proxy's own."""
    proxy = world.active_proxy(SERIAL)
    same, command_id = proxy.new_id(), report(world, proxy)
    proxy.send(transaction(proxy, command_id, 1234667, same), is_signed=True)
    other = world.proxy(2)
    other.register()
    answer = other.send(transaction(other, command_id, 7, same), is_signed=True)
    assert answer.texts("Outcome") == ["Refused"]


OUT_OF_RANGE = [
    ("register_payload", "SyncWindow", "PT25H"),
    ("register_payload", "PollInterval", "PT0S"),
    ("register_payload", "PollInterval", "P2D"),
    ("register_payload", "DailySyncTime", "24:00:00"),
    ("register_payload", "NextContactAt", "2026-06-01T00:00:00Z"),
    ("register_payload", "NextContactAt", "2025-06-01T00:00:00Z"),
    ("register_payload", "InstalledAt", "0001-01-01T00:00:00Z"),
    ("register_payload", "ConsentGivenAt", "9999-12-31T23:59:59Z"),
    ("sync_payload", "Queue", "4294967295"),
    ("sync_payload", "Attempt", "0"),
    ("sync_payload", "ComposedAt", "1969-12-31T23:59:59Z"),
    ("sync_payload", "Reason", "Bored"),
]


@pytest.mark.parametrize(("make", "field", "value"), OUT_OF_RANGE)
def test_a_message_that_says_what_cannot_be_gets_a_fault(world: World, make: str, field: str, value: str) -> None:
    """And changes nothing but the journal."""
    proxy = world.proxy()
    if make != "register_payload":
        proxy.register()
    before = world.snapshot()
    answer = proxy.send(changed(getattr(proxy, make)(), field, value))
    assert answer.is_fault
    assert last_entry(world).outcome == CLIENT
    assert world.snapshot() == before


@pytest.mark.parametrize(
    ("field", "value"), [("ReadDate", "2026-01-01T03:06:00Z"), ("ReadDate", "1980-01-01T00:00:00Z")]
)
def test_a_device_is_not_registered_with_a_reading_of_no_such_moment(world: World, field: str, value: str) -> None:
    """Opened in the future, every bill after it would be too old."""
    proxy = world.proxy()
    proxy.register()
    answer = proxy.send(changed(proxy.devices_payload([SERIAL]), field, value))
    assert answer.texts("Outcome") == ["Refused"]
    assert answer.texts("Reason")[0].startswith(f"{field} is ")


@pytest.mark.parametrize("name", [" ", "&#10;", "&#x202e;", "&#x7f;&#x9b;"])
def test_a_meter_whose_name_shows_nothing_is_refused(world: World, name: str) -> None:
    """Nobody could tell what was billed."""
    proxy = world.proxy()
    proxy.register()
    moment = spell(world.clock())
    meters = f'<n:Meter Name="{name}">5</n:Meter>'
    device = tags(Device=tags(SerialNumber=SERIAL, ReadDate=moment) + meters)
    rest = tags(ConsentGivenAt=moment, DetectedAt=moment, FleetDigest=proxy.digest()) + device
    answer = proxy.send(wrapped("RegisterProxyDevices", proxy.header() + rest))
    assert answer.texts("Outcome") == ["Refused"]
    assert "nothing is to be seen" in answer.texts("Reason")[0]


@pytest.mark.parametrize(("field", "value"), [("PollInterval", "PT30S"), ("TurnedOn", "2026-03-01T00:00:00Z")])
def test_a_status_that_cannot_be_is_refused(world: World, field: str, value: str) -> None:
    """The device is not active for it, and is told again."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(hours=1)
    world.server.administration.sign_up(SERIAL)
    (command,) = proxy.sync().commands
    answer = proxy.send(changed(proxy.status_payload(SERIAL, command["CommandId"]), field, value))
    assert answer.texts("Outcome") == ["Refused"]
    assert answer.texts("Reason")[0].startswith(f"{field} is ")
    assert world.states() == {SERIAL: "activating"}
    assert world.server.administration.one.proxy(proxy.guid).poll_interval == 7200


@pytest.mark.parametrize(
    ("make", "field", "value", "line"),
    [
        ("register_payload", "InstalledAt", "2025-11-05T10:00:00Z", "installed_at"),
        ("register_payload", "ConsentGivenAt", "2025-12-05T10:00:00Z", "consent_given_at"),
        ("devices", "ConsentGivenAt", "2025-12-06T10:00:00Z", "consent_given_at"),
        ("devices", "LastPollAt", "2025-12-31T10:00:00Z", "last_poll_at"),
        ("sync_payload", "Reason", "Requested", "reason"),
        ("sync_payload", "Queue", "17", "queue"),
    ],
)
def test_what_a_proxy_says_of_itself_is_shown(world: World, make: str, field: str, value: str, line: str) -> None:
    """Each on its line of `proxies PROXY`."""
    proxy = world.proxy()
    if make != "register_payload":
        proxy.register()
    payload = proxy.devices_payload([SERIAL]) if make == "devices" else getattr(proxy, make)()
    if field == "LastPollAt":
        payload = payload.replace("<n:FleetDigest>", "<n:LastPollAt>2025-12-31T00:00:00Z</n:LastPollAt><n:FleetDigest>")
    proxy.send(changed(payload, field, value))
    shown = getattr(world.server.administration.one.proxy(proxy.guid), line)
    assert (spell(shown) if isinstance(shown, datetime) else str(shown)) == value
