"""What a testbed's journal keeps of each exchange, and how it is found and followed."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from esolutions_server.store.repositories.exchanges.journal import JournalQuery
from esolutions_server.testbed.journal.journal import NoSuchExchangeError
from tests.server.support.envelopes import tags, wrapped
from tests.support.seen import some

if TYPE_CHECKING:
    from esolutions_server.http.observation import HttpExchange
    from esolutions_server.service.people.presentation.views import ExchangeView
    from esolutions_server.testbed.journal.journal import Follower, Journal
    from tests.server.support.proxy import Proxy
    from tests.server.support.testbed import Bed
    from tests.server.support.world import World

SERIAL, OTHER = "ABC123456", "XYZ123456"
_PATIENCE = 20.0


@pytest.fixture
def journal(bed: Bed) -> Journal:
    """Give the journal of the default namespace."""
    return bed.instrument.default.journal


@pytest.fixture
def world(bed: Bed) -> World:
    """Give the server of the default namespace and its proxies."""
    return bed.world()


def _newest_changes(journal: Journal) -> dict[tuple[str, str | None], tuple[object, object]]:
    kept = journal.exchange(journal.newest).kept
    assert kept is not None
    return {(change.kind, change.field): (change.before, change.after) for change in kept.changes}


def _numbers(journal: Journal, serial: str | None = None, query: JournalQuery | None = None) -> list[int]:
    return [row.number for row in journal.search(query or JournalQuery(), serial).rows]


def test_what_changed_is_told_from_the_state_before_and_after(bed: Bed, journal: Journal, world: World) -> None:
    """Of the proxy, the devices that the message names, those that the answer is about, and what hangs on them."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    changes = _newest_changes(journal)
    assert changes["device", None][1] == {
        "state": "registered",
        "proxy_id": proxy.guid,
        "registered_at": world.clock(),
        "detected_at": world.clock(),
        "spelled": SERIAL,
    }
    assert changes["proxy", "fleet_digest"][0] != changes["proxy", "fleet_digest"][1]
    assert ("meter", None) in changes
    world.know(SERIAL)
    bed.instrument.default.advance(timedelta(hours=1))
    world.server.administration.sign_up(SERIAL)
    (command,) = proxy.sync().commands
    assert _newest_changes(journal)["device", "state"] == ("signed up", "activating")
    assert ("command", None) in _newest_changes(journal)
    proxy.status(SERIAL, command["CommandId"])
    assert _newest_changes(journal)["device", "state"] == ("activating", "active")
    assert _newest_changes(journal)["command", "state"] == ("open", "answered")


def test_a_bill_is_among_what_changed(bed: Bed, journal: Journal, world: World) -> None:
    """And what the meters show now; a repetition changes nothing but when the proxy was heard last."""
    proxy = _active(bed, world)
    command = world.server.administration.request_billing(SERIAL)
    proxy.sync()
    message = proxy.new_id()
    for _ in range(2):
        assert proxy.submit(SERIAL, command, message_id=message) == "Accepted"
    kept = journal.exchange(journal.newest - 1).kept
    assert kept is not None
    values = [change for change in kept.changes if change.kind == "value"]
    assert {change.name for change in values} >= {f"{SERIAL} Total Impressions", f"{SERIAL} Fax Impressions"}
    assert _newest_changes(journal) == {}
    assert journal.exchange(journal.newest).row.outcome == "repeated"


def test_a_refused_message_changes_nothing_and_is_kept_whole(journal: Journal, world: World) -> None:
    """With why it was refused."""
    proxy = world.proxy()
    assert proxy.send(proxy.sync_payload()).is_fault
    whole = journal.exchange(journal.newest)
    assert whole.kept is not None
    assert (whole.kept.changes, whole.kept.status) == ((), "500 Internal Server Error")
    assert "Fault" in (whole.kept.response.body or "")
    assert "SyncProxy" in (whole.kept.request.body or "")
    assert whole.row.note


def test_what_could_not_even_be_read_is_kept_as_far_as_it_was(journal: Journal, world: World) -> None:
    """What is no text, what is no XML, and what is no SOAP message by its content type."""
    proxy = world.proxy()
    for body, kind in ((b"\xff\xfe\xfd", "text/xml"), (b"<a><b></a>", "text/xml"), (b'{"a": 1}', "application/json")):
        assert proxy.post(body, CONTENT_TYPE=kind).is_fault
        kept = journal.exchange(journal.newest).kept
        assert kept is not None
        assert (kept.request.body or "").encode() == (body if body.isascii() else b"")
        assert kept.request.octets == len(body)
        assert [deviation.rule for deviation in kept.request.deviations] == ["envelope"]


def test_a_server_that_is_no_testbed_observes_nothing(world: World) -> None:
    """Neither messages nor changes: they would cost as much again as an exchange."""
    with open_server("sqlite://", now=world.clock, rng=random.Random(1)) as server:
        assert server.wsgi.observer is None
        seen: list[HttpExchange] = []
        server.wsgi.observer = seen.append
        replace(world.proxy(), server=server).register(SERIAL)
    assert [exchange.response.changes for exchange in some(seen)] == [(), ()]


def test_exchanges_are_found_by_what_they_are_about(bed: Bed, journal: Journal, world: World) -> None:
    """By proxy, operation, outcome, device, moment, and all of them together."""
    first, second = world.proxy(1), world.proxy(2)
    first.register(SERIAL)
    second.register(OTHER.lower())
    bed.instrument.default.advance(timedelta(days=1))
    first.sync()
    second.send(second.sync_payload(), digest="wrong")
    assert _numbers(journal) == [1, 2, 3, 4, 5, 6]
    assert _numbers(journal, query=JournalQuery(proxy_id=first.guid)) == [1, 2, 5]
    assert _numbers(journal, query=JournalQuery(operation="RegisterProxyDevices")) == [2, 4]
    assert _numbers(journal, query=JournalQuery(is_refused=True)) == [6]
    assert _numbers(journal, query=JournalQuery(is_refused=False, proxy_id=second.guid)) == [3, 4]
    assert _numbers(journal, query=JournalQuery(outcome="receipt")) == [1, 2, 3, 4, 5]
    assert _numbers(journal, OTHER) == [4]
    assert _numbers(journal, "NOBODY") == []
    day = world.clock() - timedelta(hours=1)
    assert _numbers(journal, query=JournalQuery(since=day)) == [5, 6]
    assert _numbers(journal, query=JournalQuery(until=day, proxy_id=second.guid)) == [3, 4]


def test_pages_are_turned_by_key(journal: Journal, world: World) -> None:
    """From either end; what comes meanwhile moves nothing."""
    proxy = world.proxy()
    proxy.register()
    for _ in range(4):
        proxy.sync()
    page = journal.search(JournalQuery(limit=2))
    assert ([row.number for row in page.rows], page.next) == ([1, 2], 2)
    assert _numbers(journal, query=JournalQuery(after=2, limit=2)) == [3, 4]
    newest = journal.search(JournalQuery(newest_first=True, limit=2))
    assert ([row.number for row in newest.rows], newest.next) == ([5, 4], 4)
    proxy.sync()
    rest = journal.search(JournalQuery(newest_first=True, before=4))
    assert ([row.number for row in rest.rows], rest.next) == ([3, 2, 1], None)
    assert [exchange.row.number for exchange in journal.every(JournalQuery(after=1))] == [2, 3, 4, 5, 6]


def test_one_that_is_not_there_is_not_found(journal: Journal) -> None:
    """And no other is given in its place."""
    with pytest.raises(NoSuchExchangeError, match="no exchange 7"):
        journal.exchange(7)


def test_a_follower_gets_what_comes(journal: Journal, world: World) -> None:
    """From now on, or from where it was; with a filter only that."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    now_on, all_of_it = journal.follow(JournalQuery()), journal.follow(JournalQuery(after=0))
    syncs = journal.follow(JournalQuery(operation="SyncProxy"))
    assert [row.number for row in next(all_of_it)] == [1, 2]
    proxy.sync()
    for follower in (now_on, all_of_it, syncs):
        assert [row.number for row in next(follower)] == [3]
    proxy.send(proxy.register_payload())
    assert [row.number for row in next(now_on)] == [4]
    assert next(syncs) == ()


def test_a_follower_gets_a_sign_where_nothing_happens(journal: Journal) -> None:
    """So that whoever waits knows that it is still there."""
    assert next(journal.follow(JournalQuery(), seconds_between_signs=0)) == ()


@pytest.mark.parametrize("ends", ["follower", "namespace"])
def test_a_follower_that_waits_ends_with_its_caller_and_with_the_journal(bed: Bed, ends: str) -> None:
    """At once, in whichever thread it waits."""
    namespace = bed.instrument.add("left")
    follower = namespace.journal.follow(JournalQuery(), seconds_between_signs=_PATIENCE)
    seen: list[tuple[ExchangeView, ...]] = []
    waiting = threading.Thread(target=_drain, args=(follower, seen))
    waiting.start()
    follower.close() if ends == "follower" else bed.instrument.remove("left")
    waiting.join(_PATIENCE / 2)
    assert (waiting.is_alive(), seen) == (False, [])


def _drain(follower: Follower, seen: list[tuple[ExchangeView, ...]]) -> None:
    seen.extend(follower)


def test_after_a_reset_nothing_is_left_of_what_was_kept(bed: Bed, journal: Journal, world: World) -> None:
    """Whose numbers are given again; a follower goes on with the new ones."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    follower = journal.follow(JournalQuery())
    bed.instrument.default.reset()
    assert _numbers(journal, SERIAL) == []
    assert next(follower) == ()
    world.proxy(2).register()
    assert [row.number for row in next(follower)] == [1]
    kept = journal.exchange(1).kept
    assert kept is not None
    assert world.proxy(2).guid in (kept.request.body or "")


def test_messages_are_validated_in_both_directions(journal: Journal, world: World) -> None:
    """Against the schema, with the line of the offence, and against the published sizes."""
    proxy = world.proxy()
    proxy.register()
    payload = wrapped(
        "SyncProxy", proxy.header() + "\n" + tags(Reason="Sometimes", Queue=0, FleetDigest=proxy.digest())
    )
    assert proxy.send(payload).is_fault
    kept = journal.exchange(journal.newest).kept
    assert kept is not None
    offence = kept.request.deviations[0]
    assert (offence.rule, offence.line) == ("schema", 3)
    assert "Sometimes" in offence.text
    assert kept.response.deviations == ()
    proxy.sync()
    answered = journal.exchange(journal.newest).kept
    assert answered is not None
    (size,) = answered.request.deviations
    measured, published = answered.request.octets, 1425
    assert (size.rule, size.text.startswith(f"{measured:,} bytes, {published - measured} fewer")) == ("size", True)
    assert answered.response.deviations == ()
    assert answered.response.octets == published


def _active(bed: Bed, world: World) -> Proxy:
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    bed.instrument.default.advance(timedelta(hours=1))
    world.server.administration.sign_up(SERIAL)
    for command in proxy.sync().commands:
        proxy.status(SERIAL, command["CommandId"])
    return proxy
