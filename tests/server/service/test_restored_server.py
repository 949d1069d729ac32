"""A server that was restored from a backup says so, and takes up what it forgot; nothing else looks like that."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

SERIAL = "ABC123456"
FORGOTTEN = "77777777-2222-4333-8444-555555555555"
PERIOD_END = datetime(2026, 2, 1, tzinfo=UTC)


def synced(proxy: Proxy, last_receipt: str | None) -> tuple[str, list[str]]:
    """Sync with a receipt in the header; return the new receipt and what the answer says of resuming."""
    answer = proxy.send(proxy.sync_payload(last_receipt=last_receipt))
    return answer.texts("ReceiptId")[0], answer.texts("ResumeAfter")


def offered(proxy: Proxy, command_id: str, value: int = 1234667, *, end: datetime = PERIOD_END) -> str:
    """Offer a reading again that answered a request which this server forgot; return the outcome."""
    payload = proxy.reading_payload(SERIAL, command_id, value)
    said = f"<n:PeriodEnd>{end:%Y-%m-%dT%H:%M:%SZ}</n:PeriodEnd><n:Meter"
    return proxy.send(payload.replace("<n:Meter", said, 1), is_signed=True).texts("Outcome")[0]


def test_a_receipt_that_this_server_never_gave_is_answered_with_the_last_one_it_did(world: World) -> None:
    """From there on the proxy offers again; and it is said until the proxy holds a receipt of this server."""
    proxy = world.active_proxy(SERIAL)
    known, said = synced(proxy, None)
    assert said == []
    assert synced(proxy, known)[1] == []
    newest, said = synced(proxy, FORGOTTEN)
    assert said == [known]
    assert synced(proxy, FORGOTTEN)[1] == [known]
    assert synced(proxy, newest)[1] == []
    notes = [entry.note for entry in world.server.administration.every.journal() if "restored" in entry.note]
    assert len(notes) == 2


def test_a_server_that_knows_no_later_receipt_names_that_of_the_registration(world: World) -> None:
    """The backup is from right after it: everything else is to be offered again."""
    proxy = world.proxy()
    registered = proxy.send(proxy.register_payload()).texts("ReceiptId")
    assert synced(proxy, FORGOTTEN)[1] == registered


def test_a_receipt_forgotten_for_its_age_does_not_look_like_a_restore(world: World) -> None:
    """The newest that a proxy holds is kept however old it is, after months without a word, too."""
    proxy = world.active_proxy(SERIAL)
    held, _ = synced(proxy, None)
    for _ in range(3):
        world.clock.move(days=100)
        world.server.run_due_work()
        held, said = synced(proxy, held)
        assert said == []


def test_a_copied_installation_is_not_told_a_receipt_of_its_own(world: World) -> None:
    """It names a receipt that the other one let be forgotten: what it is told it does not know, and leaves alone."""
    proxy = world.active_proxy(SERIAL)
    copied, _ = synced(proxy, None)
    world.clock.move(days=61)
    newer, _ = synced(proxy, copied)
    world.clock.move(days=61)
    synced(proxy, newer)
    world.server.run_due_work()
    assert synced(proxy, copied)[1] == [newer]


def test_a_reading_offered_again_is_billed_for_the_period_it_was_for(world: World) -> None:
    """Under the request's old id; and nobody asks for that period again."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    assert offered(proxy, FORGOTTEN) == "Accepted"
    (request,) = world.server.administration.every.requests()
    assert (request.id, request.state, request.period_end) == (FORGOTTEN, "answered", PERIOD_END)
    assert proxy.sync().commands == []
    assert {bill.value for bill in world.server.administration.every.bills()} == {1234667}


def test_a_reading_offered_again_answers_the_request_that_was_made_anew(world: World) -> None:
    """The restored server has asked for the period already: what was billed before is billed, and nothing newer."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    anew = proxy.sync().commands[0]["CommandId"]
    assert offered(proxy, FORGOTTEN) == "Accepted"
    assert proxy.submit(SERIAL, anew, 1234999) == "Refused"
    assert [request.id for request in world.server.administration.every.requests()] == [anew]
    assert {bill.value for bill in world.server.administration.every.bills()} == {1234667}


def test_a_reading_offered_again_is_billed_though_its_sign_up_is_forgotten(world: World) -> None:
    """A person signs it up again; billing goes on with the period after it, and the device is not active until then."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know(SERIAL)
    world.clock.move(days=31)
    assert offered(proxy, FORGOTTEN) == "Accepted"
    assert world.states() == {SERIAL: "registered"}
    world.server.administration.sign_up(SERIAL)
    command = proxy.sync().commands[0]
    assert proxy.status(SERIAL, command["CommandId"]) == "Accepted"
    (device,) = world.server.administration.every.devices()
    assert device.billed_until == PERIOD_END


@pytest.mark.parametrize(
    ("serial", "end", "value"),
    [
        ("ABC999999", PERIOD_END, 1234667),
        (SERIAL, datetime(2027, 1, 1, tzinfo=UTC), 1234667),
    ],
)
def test_what_cannot_have_been_billed_before_is_refused(world: World, serial: str, end: datetime, value: int) -> None:
    """A device that is not this proxy's, a period that has not ended: no request is made for it."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    payload = proxy.reading_payload(serial, FORGOTTEN, value)
    said = f"<n:PeriodEnd>{end:%Y-%m-%dT%H:%M:%SZ}</n:PeriodEnd><n:Meter"
    answer = proxy.send(payload.replace("<n:Meter", said, 1), is_signed=True)
    assert answer.texts("Outcome") == ["Refused"]
    assert list(world.server.administration.every.requests()) == []


def test_a_reading_older_than_what_is_billed_is_not_billed_behind_it(world: World) -> None:
    """Bills stay in order, whatever is offered again."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    older = world.clock()
    world.clock.move(hours=2)
    assert proxy.submit(SERIAL, proxy.sync().commands[0]["CommandId"], 1234700) == "Accepted"
    payload = proxy.reading_payload(SERIAL, FORGOTTEN, read_at=older)
    said = f"<n:PeriodEnd>{PERIOD_END:%Y-%m-%dT%H:%M:%SZ}</n:PeriodEnd><n:Meter"
    answer = proxy.send(payload.replace("<n:Meter", said, 1), is_signed=True)
    assert answer.texts("Outcome") == ["Refused"]
    assert len(list(world.server.administration.every.requests())) == 1
