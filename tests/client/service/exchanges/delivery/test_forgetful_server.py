"""A server that was restored gets back what it acknowledged; one that is lost gets the secret from a person alone."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from esolutions_client.errors import CredentialError, RejectedError, UnreachableError, UsageError
from esolutions_client.wire.http.transport import HttpResponse
from esolutions_server.service.people.enrolment import EquipmentRow
from tests.support.seen import some

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Proceed = Callable[[bytes], HttpResponse]
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def unknown(_body: bytes, _proceed: Proceed) -> HttpResponse:
    """Forge the fault of a server that does not know the proxy."""
    text = "<e:Fault><faultcode>wsse:FailedAuthentication</faultcode><faultstring>no such proxy</faultstring></e:Fault>"
    return HttpResponse(500, f'<e:Envelope xmlns:e="{SOAP}"><e:Body>{text}</e:Body></e:Envelope>'.encode())


def lose_reply_of_billing(body: bytes, proceed: Proceed) -> HttpResponse:
    """Let the server take a billing transaction, and lose its answer."""
    answer = proceed(body)
    if b":SubmitBilling" in body:
        raise UnreachableError("the connection was lost")
    return answer


def operations(bodies: list[bytes]) -> list[str]:
    """Return which operations messages are of, in order."""
    return [re.search(rb":Body[^>]*><ns0:(\w+)", body)[1].decode() for body in bodies]  # type: ignore[index]


def field(name: str, body: bytes) -> str:
    """Return a field of a message."""
    return re.search(f":{name}>([^<]*)<".encode(), body)[1].decode()  # type: ignore[index]


def back_up(office: Any, tmp_path: Path) -> Callable[[], None]:
    """Make a backup of the server's database; return what restores the server from it."""
    kept = tmp_path / "backup.sqlite"
    office.world.restart_server(lambda path: shutil.copyfile(path, kept))
    return lambda: office.world.restart_server(lambda path: put_back(kept, path))


def put_back(kept: Path, path: Path) -> None:
    """Put a database in the place of another, whose journal goes, too."""
    for suffix in ("-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)
    shutil.copyfile(kept, path)


def lose(office: Any) -> None:
    """Let the server's database be lost, and the operator begin anew with the accounts and contracts."""
    equipment = office.administration.equipment()
    office.world.restart_server(lambda path: [p.unlink(missing_ok=True) for p in path.parent.glob(f"{path.name}*")])
    office.administration.add_account("Office", "key.user@customer.example")
    assert len(equipment) == 2
    office.administration.import_equipment(
        [
            EquipmentRow(
                row.serial,
                row.installed_on,
                "Office",
                row.person,
                row.frequency,
                row.anchor_day,
                row.time_zone,
            )
            for row in equipment
        ]
    )


def bills(office: Any) -> list[tuple[Any, ...]]:
    """Return what is billed, but for what the server itself numbers."""
    return sorted(
        (bill.serial, bill.meter, bill.value, bill.previous_value, bill.read_at)
        for bill in office.administration.bills()
    )


def test_a_restored_server_bills_every_period_as_it_did_before(office: Any, tmp_path: Path) -> None:
    """Requests of the cycle and by hand alike: same values, same order; nothing is asked for that was answered."""
    restore = back_up(office, tmp_path)
    office.run_for(28 * DAY)
    office.administration.request_billing(office.serials[0])
    office.run_for(32 * DAY)
    before = bills(office)
    requests = [(r.serial, r.period_end, r.state) for r in office.administration.requests()]
    assert len(requests) == 5
    restore()
    assert office.administration.bills() == []
    office.line.sent.clear()
    office.run_for(2 * DAY)
    assert bills(office) == before
    assert [(r.serial, r.period_end, r.state) for r in office.administration.requests()] == requests
    assert office.open_requests() == []
    assert "RegisterProxy" not in operations(office.line.sent)


def test_what_is_offered_again_keeps_its_message_id_and_its_place(office: Any, tmp_path: Path) -> None:
    """The oldest first, before anything new; the next attempt of the same message, each row with its period."""
    restore = back_up(office, tmp_path)
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


def test_a_message_the_server_knows_after_all_counts_once(office: Any, tmp_path: Path) -> None:
    """What was acknowledged before the backup, but later than what it knows to have arrived, gets its first receipt."""
    office.run_for(28 * DAY)
    restore = back_up(office, tmp_path)
    office.run_for(DAY)
    before = bills(office)
    restore()
    office.run_for(2 * DAY)
    assert bills(office) == before
    outcomes = [entry.outcome for entry in office.administration.journal() if entry.note.startswith("restored")]
    assert outcomes == ["receipt"]


def test_a_client_killed_while_it_offers_goes_on_where_it_was(office: Any, tmp_path: Path) -> None:
    """What waits again waits in the store: a lost reply or a restart in the middle changes nothing but time."""
    restore = back_up(office, tmp_path)
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


def test_what_followed_once_does_not_follow_again(new_office: Any, tmp_path: Path) -> None:
    """A printer that was retired after the backup stays retired here, though its registration is offered again."""
    office, (kept, retired) = new_office, new_office.serials
    office.discover()
    office.agent.register([kept])
    restore = back_up(office, tmp_path)
    office.agent.register([retired])
    office.agent.retire(retired)
    restore()
    office.run_for(2 * DAY)
    assert {device.serial for device in office.administration.devices()} == {kept, retired}
    assert {d.serial_number: d.state for d in office.store.devices.all()} == {kept: "registered", retired: "retired"}
    assert office.store.outbox.waiting() == 0


def test_a_client_that_is_itself_the_older_copy_offers_nothing(office: Any) -> None:
    """It does not know the receipt that it is told: it says so, and goes on."""
    office.run_for(2 * DAY)
    office.store._connection.execute("UPDATE sent SET receipt_id = 'another'")
    office.store.settings.last_receipt_id = "00000000-0000-4000-8000-000000000000"
    office.line.sent.clear()
    office.run_for(2 * DAY)
    assert set(operations(office.line.sent)) == {"SyncProxy"}
    assert "copied" in {kind for _, kind, _, _ in office.store.events(-1)}


def test_a_server_that_goes_on_forgetting_is_offered_everything_once_a_sync(
    office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says in each receipt that it knows the first one only: each sync ends, and the next tries again."""
    office.run_for(40 * DAY)
    others = [row for row in office.store.outbox.sent() if row.operation != "SyncProxy"]
    acknowledged = len({row.message_id for row in others})
    first = next(row for row in reversed(others) if row.operation == "RegisterProxyDevices").answer
    service = "esolutions_server.service.exchanges.proxy_service"
    monkeypatch.setattr(f"{service}.resuming.resume_point", lambda *_: field("ReceiptId", first))
    monkeypatch.setattr(f"{service}.idempotency.first_response", lambda *_: None)
    monkeypatch.setattr(f"{service}.idempotency.keep_response", lambda *_: None)
    for _ in range(3):
        office.line.sent.clear()
        office.agent.sync()
        assert 1 < len(office.line.sent) <= acknowledged + 1


def test_no_fault_makes_the_client_send_its_secret(office: Any) -> None:
    """However long it is said that it is not known: a person is told, once, and what waits is kept."""
    office.line.fault = unknown
    office.line.sent.clear()
    office.run_for(40 * DAY)
    assert "RegisterProxy" not in operations(office.line.sent)
    assert not any(b":Secret>" in body for body in some(office.line.sent))
    assert [kind for _, kind, _, _ in office.store.events(-1)].count("unknown") == 1
    assert office.agent.identity.unknown_since is not None
    office.line.fault = None
    office.run_for(2 * DAY)
    assert office.agent.identity.unknown_since is None
    assert office.open_requests() == []


def test_a_lost_server_is_told_anew_when_a_person_says_so(office: Any) -> None:
    """The proxy first; each printer opens with its last acknowledged reading; billing goes on from there."""
    office.run_for(40 * DAY)
    office.run_for(HOUR)
    acknowledged = {serial: office.store.readings.transmitted(serial) for serial in office.serials}
    lose(office)
    with pytest.raises(CredentialError):
        office.agent.sync()
    office.line.sent.clear()
    chosen = office.agent.register_again(office.serials)
    assert chosen.queued == tuple(office.serials)
    assert operations(office.line.sent) == ["RegisterProxy", "RegisterProxyDevices"]
    opened = {
        (device.serial, meter.name): (meter.opening_value, meter.opening_read_at)
        for device in office.administration.devices()
        for meter in device.meters
    }
    assert opened == {
        (serial, name): (sent.value, sent.read_date) for serial, by in acknowledged.items() for name, sent in by.items()
    }
    assert office.agent.identity.unknown_since is None
    assert {device.state for device in office.store.devices.all()} == {"registered"}
    office.run_for(HOUR)
    for serial in office.serials:
        office.administration.sign_up(serial)
    office.run_for(32 * DAY)
    assert {device.state for device in office.store.devices.all()} == {"active"}
    assert office.open_requests() == []
    previous = {(bill.serial, bill.meter): bill.previous_value for bill in office.administration.bills()}
    assert previous == {key: value for key, (value, _) in opened.items()}


@pytest.mark.parametrize("code", ["e:Client", "e:MustUnderstand", "x:Whatever"])
@pytest.mark.parametrize("operation", [b":RegisterProxy ", b":RegisterProxyDevices "])
def test_no_forged_fault_keeps_a_lost_server_from_being_told(office: Any, operation: bytes, code: str) -> None:
    """It is not signed: what a person had sent again goes on being sent, and opens with what was acknowledged."""
    office.run_for(40 * DAY)
    acknowledged = {serial: office.store.readings.transmitted(serial) for serial in office.serials}
    lose(office)
    with pytest.raises(CredentialError):
        office.agent.sync()
    forged: list[bytes] = []
    text = f"<e:Fault><faultcode>{code}</faultcode><faultstring>not like this</faultstring></e:Fault>"
    soap = "http://schemas.xmlsoap.org/soap/envelope/"
    answer = HttpResponse(500, f'<e:Envelope xmlns:e="{soap}"><e:Body>{text}</e:Body></e:Envelope>'.encode())

    def forge(body: bytes, proceed: Proceed) -> HttpResponse:
        if operation in body and len(forged) < 3:
            forged.append(body)
            return answer
        return proceed(body)

    office.line.fault = forge
    with pytest.raises(RejectedError):
        office.agent.register_again(office.serials)
    office.run_for(3 * DAY)
    assert len(forged) == 3
    opened = {
        (device.serial, meter.name): meter.opening_value
        for device in office.administration.devices()
        for meter in device.meters
    }
    assert opened == {(serial, name): sent.value for serial, by in acknowledged.items() for name, sent in by.items()}


def test_printers_that_are_registered_together_do_not_replace_each_other(office: Any) -> None:
    """One has moved to where the other was last seen; both are in service, and a lost server is told of both."""
    first, second = (office.store.devices.get(serial) for serial in office.serials)
    office.store.devices.save(replace(second, host=first.host, port=first.port))
    lose(office)
    with pytest.raises(CredentialError):
        office.agent.sync()
    office.agent.register_again(office.serials)
    assert {device.state for device in office.store.devices.all()} == {"registered"}


def test_what_waits_does_not_keep_the_registration_from_going_first(new_office: Any) -> None:
    """A registration of printers whose proxy is not known waits behind that of the proxy."""
    office = new_office
    office.enrol()
    lose(office)
    office.agent.retire(office.serials[1])
    with pytest.raises(CredentialError):
        office.agent.register([office.serials[1]])
    assert office.agent.queued_for_registration() == {office.serials[1]}
    office.line.sent.clear()
    office.agent.register_again([office.serials[0]])
    assert operations(office.line.sent) == ["RegisterProxy", "RegisterProxyDevices", "RegisterProxyDevices"]
    assert office.store.outbox.waiting() == 0
    assert {device.serial for device in office.administration.devices()} == set(office.serials)


def test_a_registration_that_waits_does_not_open_a_printer_in_the_place_of_the_last_bill(office: Any) -> None:
    """It was read after the server was lost; what was printed before that would never be billed."""
    serial = office.serials[0]
    office.run_for(40 * DAY)
    office.agent.retire(serial)
    office.line.fault = unknown
    with pytest.raises(CredentialError):
        office.agent.register(office.serials[:1])
    office.store.devices.save(replace(office.store.devices.get(serial), state="registered"))
    with pytest.raises(CredentialError):
        office.agent.register_again([serial])
    office.line.fault = None
    lose(office)
    acknowledged = {name: sent.value for name, sent in office.store.readings.transmitted(serial).items()}
    office.agent.register_again([serial])
    (device,) = office.administration.devices()
    assert {meter.name: meter.opening_value for meter in device.meters} == acknowledged
    assert office.store.outbox.waiting() == 0


def test_a_printer_that_is_not_registered_anew_is_not_shown_as_registered(office: Any) -> None:
    """The lost server does not know it; it is discovered, and can be registered like a new one."""
    lose(office)
    office.agent.register_again([office.serials[0]])
    states = {device.serial_number: device.state for device in office.store.devices.all()}
    assert states == {office.serials[0]: "registered", office.serials[1]: "discovered"}


def test_registering_again_changes_nothing_at_a_server_that_lost_nothing(office: Any) -> None:
    """A forged fault led a person to it: same bills, same states, at both ends."""
    office.run_for(40 * DAY)
    before, devices = bills(office), office.administration.devices()
    office.agent.register_again(office.serials)
    assert bills(office) == before
    assert office.administration.devices() == devices
    assert {device.state for device in office.store.devices.all()} == {"active"}
    office.run_for(32 * DAY)
    assert office.open_requests() == []


def test_registering_again_does_not_hide_that_the_server_was_restored(office: Any, tmp_path: Path) -> None:
    """It knew the proxy all the time; what it acknowledged since its backup is offered all the same."""
    restore = back_up(office, tmp_path)
    office.run_for(40 * DAY)
    before = bills(office)
    restore()
    office.agent.register_again(office.serials)
    office.run_for(2 * DAY)
    assert bills(office) == before


def test_only_what_was_registered_is_registered_again(new_office: Any) -> None:
    """A client that was never registered is told how to register."""
    new_office.discover()
    with pytest.raises(UsageError, match="without --again"):
        new_office.agent.register_again(new_office.serials)
