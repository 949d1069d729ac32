"""Nothing is lost on the way and nothing counts twice: replies lost, servers down, machines restarted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.office import Office

import re
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest

from esolutions_client.errors import DeliveryError, RejectedError, TurnedOffError, UnreachableError, UsageError
from esolutions_client.wire.http.transport import HttpResponse
from esolutions_server.service.errors import AdministrationError
from tests.support.seen import some

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Proceed = Callable[[bytes], HttpResponse]


def lose_reply(body: bytes, proceed: Proceed) -> HttpResponse:
    """Let the server do the work and lose its answer."""
    proceed(body)
    raise UnreachableError("the connection was lost")


def refuse(_body: bytes, _proceed: Proceed) -> HttpResponse:
    """Let no server listen."""
    raise UnreachableError("connection refused")


def reject(_body: bytes, _proceed: Proceed) -> HttpResponse:
    """Say that the message is wrong for good."""
    return fault("e:Client")


def fault(code: str) -> HttpResponse:
    """Return a SOAP fault."""
    text = f"<e:Fault><faultcode>{code}</faultcode><faultstring>not like this</faultstring></e:Fault>"
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    return HttpResponse(500, f'<e:Envelope xmlns:e="{soap}"><e:Body>{text}</e:Body></e:Envelope>'.encode())


def field(name: str, body: bytes) -> str:
    """Return a field of a message."""
    return re.search(f":{name}>([^<]*)<".encode(), body)[1].decode()  # type: ignore[index]


def test_a_message_whose_reply_is_lost_is_sent_again_as_the_same(office: Office) -> None:
    """Same message id, same reading, next attempt, fresh nonce; the server bills once and gives the first receipt."""
    office.administration.request_billing(office.serials[0])
    office.line.fault = lambda body, proceed: (lose_reply if b":SubmitBilling" in body else let_through)(body, proceed)
    office.line.sent.clear()
    with pytest.raises(UnreachableError):
        office.agent.sync()
    bills = list(office.administration.every.bills())
    assert bills
    office.line.fault = None
    office.run_for(HOUR)
    first, second = (body for body in office.line.sent if b":SubmitBillingTransaction" in body)
    assert field("MessageId", first) == field("MessageId", second)
    assert field("TransactionId", first) == field("TransactionId", second)
    assert field("ReadDate", first) == field("ReadDate", second)
    assert (field("Attempt", first), field("Attempt", second)) == ("1", "2")
    assert field("Nonce", first) != field("Nonce", second)
    assert list(office.administration.every.bills()) == bills
    assert office.store.outbox.waiting() == 0
    assert office.open_requests() == []


def let_through(body: bytes, proceed: Proceed) -> HttpResponse:
    """Let it through."""
    return proceed(body)


def test_a_restart_does_not_forget_how_long_to_wait(office: Office) -> None:
    """The back-off is in the store: a client started anew in the middle of it stays quiet, then tries again."""
    office.line.fault = refuse
    office.run_for(DAY)
    failures = office.store.settings.failures
    assert failures > 2
    office.line.sent.clear()
    office.restart()
    office.agent.run_due("Startup")
    assert office.line.sent == []
    assert office.store.settings.failures == failures
    office.line.fault = None
    office.run_for(DAY)
    assert office.store.settings.failures == 0
    assert len(office.line.sent) >= 1


def test_a_server_that_is_down_is_asked_less_and_less(office: Office) -> None:
    """Twelve attempts in two days and a half, not thousands; polling goes on undisturbed."""
    office.line.fault = refuse
    office.line.sent.clear()
    polls = office.store.readings.count()
    office.run_for(timedelta(days=2, hours=12))
    assert 5 <= len(office.line.sent) <= 13
    assert office.store.readings.count() - polls == 2 * 30


def test_a_registration_waits_for_the_server(new_office: Office) -> None:
    """Committed before it is sent: after a restart it goes out by itself, and the printers are registered once."""
    new_office.discover()
    new_office.line.fault = refuse
    with pytest.raises(DeliveryError):
        new_office.agent.register(new_office.serials)
    assert new_office.store.outbox.waiting() == 2
    new_office.restart()
    new_office.line.fault = None
    new_office.run_for(HOUR)
    assert new_office.store.outbox.waiting() == 0
    assert {device.state for device in new_office.store.devices.all()} == {"registered"}
    assert len(list(new_office.administration.every.proxies())) == 1


def test_both_sides_count_from_the_first_of_two_registrations(new_office: Office) -> None:
    """A person who registers again while the first registration waits moves no opening reading on either side."""
    new_office.discover()
    new_office.line.fault = refuse
    for _ in range(2):
        with pytest.raises(DeliveryError):
            new_office.agent.register(new_office.serials)
        new_office.pass_time(HOUR)
    new_office.line.fault = None
    new_office.run_for(DAY)
    theirs = {
        device.serial: {meter.name: (meter.opening_value, meter.opening_read_at) for meter in device.meters}
        for device in new_office.administration.every.devices()
    }
    ours = {
        serial: {
            name: (sent.value, sent.read_date) for name, sent in new_office.store.readings.transmitted(serial).items()
        }
        for serial in new_office.serials
    }
    assert ours == theirs


def test_a_registration_that_was_rejected_can_be_made_again(new_office: Office) -> None:
    """It does not wait for ever for a receipt that cannot come."""
    new_office.discover()
    new_office.line.fault = reject
    with pytest.raises(RejectedError):
        new_office.agent.register(new_office.serials)
    assert list(new_office.administration.every.proxies()) == []
    assert {device.state for device in new_office.store.devices.all()} == {"discovered"}
    new_office.line.fault = None
    new_office.agent.register(new_office.serials)
    assert {device.state for device in new_office.store.devices.all()} == {"registered"}


@pytest.mark.parametrize("operation", [b":RegisterProxy ", b":RegisterProxyDevices ", b":SyncProxyStatus ", b":Submit"])
@pytest.mark.parametrize("code", ["e:Client", "e:MustUnderstand", "e:VersionMismatch", "x:Whatever"])
def test_no_fault_is_believed_for_good(new_office: Office, operation: bytes, code: str) -> None:
    """It is not signed: what it kept from being done is done when it has ceased, without being asked again."""
    office = new_office
    forged: list[bytes] = []

    def forge(body: bytes, proceed: Proceed) -> HttpResponse:
        if operation in body and len(forged) < 3:
            forged.append(body)
            return fault(code)
        return proceed(body)

    office.line.fault = forge
    with suppress(DeliveryError, AdministrationError):
        office.enrol()
    office.run_for(DAY)
    for serial in office.serials:
        with suppress(AdministrationError):
            office.administration.sign_up(serial)
    office.run_for(4 * DAY)
    for serial in office.serials:
        office.administration.request_billing(serial)
    office.run_for(5 * DAY)
    assert len(forged) == 3
    assert office.open_requests() == []
    assert {device.state for device in office.administration.every.devices()} == {"active"}
    assert {bill.serial for bill in office.administration.every.bills()} == set(office.serials)
    secrets = [body for body in office.line.sent if b":Secret>" in body]
    assert all(b":RegisterProxy " in body for body in some(secrets))
    assert len({field("MessageId", body) for body in secrets}) == 1, "the secret is sent in one registration"


def test_what_is_rejected_is_settled_too(new_office: Office) -> None:
    """A round says how many messages have left the outbox, whatever became of them."""
    new_office.discover()
    new_office.agent.register(new_office.serials[:1])
    new_office.line.fault = refuse
    with pytest.raises(UnreachableError):
        new_office.agent.register(new_office.serials[1:])
    waiting = new_office.store.outbox.waiting()
    new_office.line.fault = reject
    new_office.pass_time(HOUR)
    assert (new_office.agent.run_due().settled, waiting, new_office.store.outbox.waiting()) == (1, 1, 0)


def test_a_rejected_reading_is_asked_for_again(office: Office) -> None:
    """The message is given up, the billing request is not: a fresh reading answers it."""
    office.administration.request_billing(office.serials[0])
    office.line.fault = lambda body, proceed: (reject if b":SubmitBilling" in body else let_through)(body, proceed)
    office.agent.sync()
    assert list(office.administration.every.bills()) == []
    assert office.store.outbox.waiting() == 0
    assert [command.serial_number for command in office.store.commands.open_reports()] == [office.serials[0]]
    office.line.fault = None
    office.line.sent.clear()
    office.run_for(DAY)
    (answer,) = (body for body in office.line.sent if b":SubmitBillingTransaction" in body)
    assert office.open_requests() == []
    assert {bill.serial for bill in office.administration.every.bills()} == {field("SerialNumber", answer)}


def test_every_attempt_is_archived_before_it_leaves(office: Office) -> None:
    """The bytes in the archive are the bytes on the line, also of an attempt that failed."""
    office.line.sent.clear()
    office.line.fault = refuse
    with pytest.raises(UnreachableError):
        office.agent.sync()
    office.line.fault = lambda body, _proceed: HttpResponse(200, office.store.outbox.sent(1)[0].body + b"!" + body[:0])
    with pytest.raises(DeliveryError):
        office.agent.sync()
    newest, older = office.store.outbox.sent(2)
    assert [older.body, newest.body] == office.line.sent
    assert str(older.outcome).startswith("UnreachableError")
    assert str(newest.outcome).startswith("ProtocolError")


def test_after_disable_not_one_packet(office: Office) -> None:
    """No poll, no sync, nothing queued is sent, whatever is asked for, for a month; enabled again, it goes on."""
    office.administration.request_billing(office.serials[0])
    office.agent.turn(on=False)
    office.line.sent.clear()
    begun = office.machine.net.conversations_begun
    office.run_for(timedelta(days=30))
    assert office.agent.next_due_at() is None
    for asked in (office.agent.sync, office.agent.poll, lambda: office.agent.register(office.serials)):
        with pytest.raises(TurnedOffError, match="enable"):
            asked()
    office.restart()
    office.run_for(DAY)
    assert (office.line.sent, office.machine.net.conversations_begun) == ([], begun)
    office.agent.turn(on=True)
    office.run_for(DAY)
    assert office.open_requests() == []
    assert office.machine.net.conversations_begun > begun


def test_nothing_is_asked_before_anything_is_registered(new_office: Office) -> None:
    """No packet to the server, and a sync says what to do first."""
    new_office.discover()
    new_office.run_for(DAY)
    assert new_office.line.sent == []
    with pytest.raises(UsageError, match="register"):
        new_office.agent.sync()
