"""A server that was restored from a backup gets again what it had acknowledged since."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esolutions_client.errors import UnreachableError
from tests.client.service.support.server_loss import DAY, Proceed, bills, operations
from tests.support.seen import some

if TYPE_CHECKING:
    import pytest

    from esolutions_client.wire.http.transport import HttpResponse
    from tests.support.office import Office


def lose_reply_of_billing(body: bytes, proceed: Proceed) -> HttpResponse:
    """Let the server take a billing transaction, and lose its answer."""
    answer = proceed(body)
    if b":SubmitBilling" in body:
        raise UnreachableError("the connection was lost")
    return answer


def field(name: str, body: bytes) -> str:
    """Return a field of a message."""
    return re.search(f":{name}>([^<]*)<".encode(), body)[1].decode()  # type: ignore[index]


def test_a_restored_server_bills_every_period_as_it_did_before(office: Office) -> None:
    """Requests of the cycle and by hand alike: same values, same order; nothing is asked for that was answered."""
    restore = office.world.back_up_server()
    office.run_for(28 * DAY)
    office.administration.request_billing(office.serials[0])
    office.run_for(32 * DAY)
    before = bills(office)
    requests = [(r.serial, r.period_end, r.state) for r in office.administration.every.requests()]
    assert len(requests) == 5
    restore()
    assert list(office.administration.every.bills()) == []
    office.line.sent.clear()
    office.run_for(2 * DAY)
    assert bills(office) == before
    assert [(r.serial, r.period_end, r.state) for r in office.administration.every.requests()] == requests
    assert office.open_requests() == []
    assert "RegisterProxy" not in operations(office.line.sent)


def test_what_is_offered_again_keeps_its_message_id_and_its_place(office: Office) -> None:
    """The oldest first, before anything new; the next attempt of the same message, each row with its period."""
    restore = office.world.back_up_server()
    office.run_for(60 * DAY)
    first = [body for body in office.line.sent if b":SubmitBilling" in body]
    restore()
    office.line.sent.clear()
    office.run_for(2 * DAY)
    again = [body for body in office.line.sent if b":SubmitBilling" in body]
    assert [field("MessageId", body) for body in again] == [field("MessageId", body) for body in first]
    assert [field("ReadDate", body) for body in again] == [field("ReadDate", body) for body in first]
    assert {field("Attempt", body) for body in again} == {"2"}
    assert all(b":PeriodEnd>" in body for body in some(again))
    assert not any(b":PeriodEnd>" in body for body in some(first))
    # The status was acknowledged after the last receipt that the server knew to have arrived.
    assert operations(office.line.sent)[:4] == ["SyncProxy", "SyncProxyStatus", *["SubmitBillingTransaction"] * 2]


def test_a_message_the_server_knows_after_all_counts_once(office: Office) -> None:
    """What was acknowledged before the backup, but later than what it knows to have arrived, gets its first receipt."""
    office.run_for(28 * DAY)
    restore = office.world.back_up_server()
    office.run_for(DAY)
    before = bills(office)
    restore()
    office.run_for(2 * DAY)
    assert bills(office) == before
    outcomes = [entry.outcome for entry in office.administration.every.journal() if entry.note.startswith("restored")]
    assert outcomes == ["receipt"]


def test_a_client_killed_while_it_offers_goes_on_where_it_was(office: Office) -> None:
    """What waits again waits in the store: a lost reply or a restart in the middle changes nothing but time."""
    restore = office.world.back_up_server()
    office.run_for(60 * DAY)
    before = bills(office)
    restore()

    office.line.fault = lose_reply_of_billing
    office.run_for(DAY)
    assert office.store.outbox.waiting() == 2
    office.line.fault = None
    office.restart()
    office.run_for(2 * DAY)
    assert bills(office) == before


def test_what_followed_once_does_not_follow_again(new_office: Office) -> None:
    """A printer that was retired after the backup stays retired here, though its registration is offered again."""
    office, (kept, retired) = new_office, new_office.serials
    office.discover()
    office.agent.register([kept])
    restore = office.world.back_up_server()
    office.agent.register([retired])
    office.agent.retire(retired)
    restore()
    office.run_for(2 * DAY)
    assert {device.serial for device in office.administration.every.devices()} == {kept, retired}
    assert {d.serial_number: d.state for d in office.store.devices.all()} == {kept: "registered", retired: "retired"}
    assert office.store.outbox.waiting() == 0


def test_a_client_that_is_itself_the_older_copy_offers_nothing(office: Office) -> None:
    """It does not know the receipt that it is told: it says so, and goes on."""
    office.run_for(2 * DAY)
    office.store._connection.execute("UPDATE sent SET receipt_id = 'another'")
    office.store.settings.last_receipt_id = "00000000-0000-4000-8000-000000000000"
    office.line.sent.clear()
    office.run_for(2 * DAY)
    assert set(operations(office.line.sent)) == {"SyncProxy"}
    assert "copied" in {kind for _, kind, _, _ in office.store.events(-1)}


def test_a_server_that_goes_on_forgetting_is_offered_everything_once_a_sync(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says in each receipt that it knows the first one only: each sync ends, and the next tries again."""
    office.run_for(40 * DAY)
    others = [row for row in office.store.outbox.sent() if row.operation != "SyncProxy"]
    acknowledged = len({row.message_id for row in others})
    first = next(row for row in reversed(others) if row.operation == "RegisterProxyDevices").response
    assert first is not None
    service = "esolutions_server.service.exchanges.proxy_service"
    monkeypatch.setattr(f"{service}.resuming.resume_point", lambda *_: field("ReceiptId", first))
    monkeypatch.setattr(f"{service}.idempotency.first_response", lambda *_: None)
    monkeypatch.setattr(f"{service}.idempotency.keep_response", lambda *_: None)
    for _ in range(3):
        office.line.sent.clear()
        office.agent.sync()
        assert 1 < len(office.line.sent) <= acknowledged + 1


def test_registering_again_does_not_hide_that_the_server_was_restored(office: Office) -> None:
    """It knew the proxy all the time; what it acknowledged since its backup is offered all the same."""
    restore = office.world.back_up_server()
    office.run_for(40 * DAY)
    before = bills(office)
    restore()
    office.agent.register_again(office.serials)
    office.run_for(2 * DAY)
    assert bills(office) == before
