"""Messages that come again: lost answers, retries, replays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.support.world import World

SERIAL = "ABC123456"


def test_a_message_sent_again_gets_its_first_receipt_and_changes_nothing(world: World) -> None:
    """The answer was lost, the client tries again with the same message id."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    message_id = proxy.new_id()
    first = proxy.send(proxy.sync_payload(message_id))
    before = world.snapshot()
    world.clock.move(hours=5)
    again = proxy.send(proxy.sync_payload(message_id))
    assert again.payload == first.payload
    assert [replace(device, meters=()) for device in world.snapshot()["devices"]] == [
        replace(device, meters=()) for device in before["devices"]
    ]
    assert world.snapshot()["commands"] == before["commands"]
    assert list(world.server.administration.every.journal())[-1].outcome == "repeated"


def test_a_billing_transaction_sent_again_is_billed_once(world: World) -> None:
    """Same message id, same receipt, one bill."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    command_id = proxy.sync().commands[0]["CommandId"]
    message_id = proxy.new_id()
    payload = proxy.reading_payload(SERIAL, command_id, message_id=message_id)
    first = proxy.send(payload, is_signed=True)
    again = proxy.send(payload, is_signed=True)
    assert (again.payload, len(list(world.server.administration.every.bills()))) == (first.payload, 5)


def test_registering_again_with_the_same_secret_is_the_same_proxy(world: World) -> None:
    """With another message id too; nothing is doubled."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    proxy.register(SERIAL)
    assert len(list(world.server.administration.every.proxies())) == 1
    assert world.states() == {SERIAL: "registered"}


def test_the_same_bytes_again_are_a_replay(world: World) -> None:
    """Whoever repeats an envelope letter by letter did not write it: the nonce is known."""
    proxy = world.proxy()
    proxy.register()
    envelope = proxy.envelope(proxy.sync_payload())
    assert not proxy.post(envelope).is_fault
    assert proxy.post(envelope).fault == "wsse:FailedAuthentication"


def test_a_message_id_belongs_to_one_operation(world: World) -> None:
    """A receipt for a sync never answers a registration."""
    proxy = world.proxy()
    proxy.register()
    message_id = proxy.new_id()
    assert not proxy.send(proxy.sync_payload(message_id)).is_fault
    assert proxy.send(proxy.devices_payload([SERIAL], message_id=message_id)).fault == "soap11env:Client"


def test_two_proxies_may_use_one_message_id(world: World) -> None:
    """Ids are only the sender's own."""
    message_id = "99999999-2222-4333-8444-555555555555"
    receipts = set()
    for number in (1, 2):
        proxy = world.proxy(number)
        proxy.register()
        receipts.update(proxy.send(proxy.sync_payload(message_id)).texts("ReceiptId"))
    assert len(receipts) == 2


def test_old_answers_are_forgotten_once_a_later_one_is_acknowledged(world: World) -> None:
    """What is kept for repetitions does not grow for ever, and the newest is always there."""
    proxy = world.proxy()
    proxy.register()
    old, new = proxy.new_id(), proxy.new_id()
    first = proxy.send(proxy.sync_payload(old))
    world.clock.move(days=61)
    receipt = proxy.send(proxy.sync_payload(new)).texts("ReceiptId")[0]
    world.server.run_due_work()
    assert proxy.send(proxy.sync_payload(old)).payload == first.payload
    proxy.send(proxy.sync_payload(last_receipt=receipt))
    world.server.run_due_work()
    assert proxy.send(proxy.sync_payload(old)).payload != first.payload
    assert proxy.send(proxy.sync_payload(new)).texts("ReceiptId")[0] == receipt


def test_one_proxy_never_makes_the_server_forget_what_it_answered_another(world: World) -> None:
    """Only the one that acknowledged a later answer can do without the earlier."""
    proxies = [world.proxy(number) for number in (1, 2)]
    for proxy in proxies:
        proxy.register()
    ids = [proxy.new_id() for proxy in proxies]
    first = [proxy.send(proxy.sync_payload(of)).payload for proxy, of in zip(proxies, ids, strict=True)]
    world.clock.move(days=61)
    receipts = [proxy.send(proxy.sync_payload()).texts("ReceiptId")[0] for proxy in proxies]
    proxies[0].send(proxies[0].sync_payload(last_receipt=receipts[0]))
    world.server.run_due_work()
    again = [proxy.send(proxy.sync_payload(of)).payload for proxy, of in zip(proxies, ids, strict=True)]
    assert [now == then for now, then in zip(again, first, strict=True)] == [False, True]


def test_nonces_are_forgotten_only_when_their_messages_are_too_old_anyway(world: World) -> None:
    """A replay is refused at every moment, first for its nonce and then for its age."""
    proxy = world.proxy()
    proxy.register()
    envelope = proxy.envelope(proxy.sync_payload())
    assert not proxy.post(envelope).is_fault
    faults = []
    for _ in range(12):
        world.clock.move(minutes=1)
        world.server.run_due_work()
        faults.append(proxy.post(envelope).fault)
    assert set(faults) == {"wsse:FailedAuthentication", "wsu:MessageExpired"}
