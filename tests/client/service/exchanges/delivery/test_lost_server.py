"""A server whose database is lost gets the proxy's secret only where a person registers again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.office import Office

from dataclasses import replace

import pytest

from esolutions_client.errors import CredentialError, RejectedError, UsageError
from esolutions_client.wire.http.transport import HttpResponse
from esolutions_server.service.people.enrolment import EquipmentRow
from tests.client.service.support.server_loss import DAY, HOUR, Proceed, bills, operations
from tests.support.seen import some

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"


def unknown(_body: bytes, _proceed: Proceed) -> HttpResponse:
    """Forge the fault of a server that does not know the proxy."""
    text = "<e:Fault><faultcode>wsse:FailedAuthentication</faultcode><faultstring>no such proxy</faultstring></e:Fault>"
    return HttpResponse(500, f'<e:Envelope xmlns:e="{SOAP}"><e:Body>{text}</e:Body></e:Envelope>'.encode())


def lose(office: Office) -> None:
    """Let the server's database be lost, and the operator begin anew with the accounts and contracts."""
    equipment = list(office.administration.every.equipment())
    office.world.lose_server()
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


def is_unknown(office: Office) -> bool:
    """Whether the client has been told that the server does not know it."""
    return office.agent.identity.unknown_since is not None


def test_no_fault_makes_the_client_send_its_secret(office: Office) -> None:
    """However long it is said that it is not known: a person is told, once, and what waits is kept."""
    office.line.fault = unknown
    office.line.sent.clear()
    office.run_for(40 * DAY)
    assert "RegisterProxy" not in operations(office.line.sent)
    assert not any(b":Secret>" in body for body in some(office.line.sent))
    assert [kind for _, kind, _, _ in office.store.events(-1)].count("unknown") == 1
    assert is_unknown(office)
    office.line.fault = None
    office.run_for(2 * DAY)
    assert not is_unknown(office)
    assert office.open_requests() == []


def test_a_lost_server_is_told_anew_when_a_person_says_so(office: Office) -> None:
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
        for device in office.administration.every.devices()
        for meter in device.meters
    }
    assert opened == {
        (serial, name): (sent.value, sent.read_date) for serial, by in acknowledged.items() for name, sent in by.items()
    }
    assert not is_unknown(office)
    assert {device.state for device in office.store.devices.all()} == {"registered"}
    office.run_for(HOUR)
    for serial in office.serials:
        office.administration.sign_up(serial)
    office.run_for(32 * DAY)
    assert {device.state for device in office.store.devices.all()} == {"active"}
    assert office.open_requests() == []
    previous = {(bill.serial, bill.meter): bill.previous_value for bill in office.administration.every.bills()}
    assert previous == {key: value for key, (value, _) in opened.items()}


@pytest.mark.parametrize("code", ["e:Client", "e:MustUnderstand", "x:Whatever"])
@pytest.mark.parametrize("operation", [b":RegisterProxy ", b":RegisterProxyDevices "])
def test_no_forged_fault_keeps_a_lost_server_from_being_told(office: Office, operation: bytes, code: str) -> None:
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
        for device in office.administration.every.devices()
        for meter in device.meters
    }
    assert opened == {(serial, name): sent.value for serial, by in acknowledged.items() for name, sent in by.items()}


def test_printers_that_are_registered_together_do_not_replace_each_other(office: Office) -> None:
    """One has moved to where the other was last seen; both are in service, and a lost server is told of both."""
    first, second = (office.device(serial) for serial in office.serials)
    office.store.devices.save(replace(second, host=first.host, port=first.port))
    lose(office)
    with pytest.raises(CredentialError):
        office.agent.sync()
    office.agent.register_again(office.serials)
    assert {device.state for device in office.store.devices.all()} == {"registered"}


def test_what_waits_does_not_keep_the_registration_from_going_first(new_office: Office) -> None:
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
    assert {device.serial for device in office.administration.every.devices()} == set(office.serials)


def test_a_registration_that_waits_does_not_open_a_printer_in_the_place_of_the_last_bill(office: Office) -> None:
    """It was read after the server was lost; what was printed before that would never be billed."""
    serial = office.serials[0]
    office.run_for(40 * DAY)
    office.agent.retire(serial)
    office.line.fault = unknown
    with pytest.raises(CredentialError):
        office.agent.register(office.serials[:1])
    office.store.devices.save(replace(office.device(serial), state="registered"))
    with pytest.raises(CredentialError):
        office.agent.register_again([serial])
    office.line.fault = None
    lose(office)
    acknowledged = {name: sent.value for name, sent in office.store.readings.transmitted(serial).items()}
    office.agent.register_again([serial])
    (device,) = office.administration.every.devices()
    assert {meter.name: meter.opening_value for meter in device.meters} == acknowledged
    assert office.store.outbox.waiting() == 0


def test_a_printer_that_is_not_registered_anew_is_not_shown_as_registered(office: Office) -> None:
    """The lost server does not know it; it is discovered, and can be registered like a new one."""
    lose(office)
    office.agent.register_again([office.serials[0]])
    states = {device.serial_number: device.state for device in office.store.devices.all()}
    assert states == {office.serials[0]: "registered", office.serials[1]: "discovered"}


def test_registering_again_changes_nothing_at_a_server_that_lost_nothing(office: Office) -> None:
    """A forged fault led a person to it: same bills, same states, at both ends."""
    office.run_for(40 * DAY)
    before, devices = bills(office), list(office.administration.every.devices())
    office.agent.register_again(office.serials)
    assert bills(office) == before
    assert list(office.administration.every.devices()) == devices
    assert {device.state for device in office.store.devices.all()} == {"active"}
    office.run_for(32 * DAY)
    assert office.open_requests() == []


def test_only_what_was_registered_is_registered_again(new_office: Office) -> None:
    """A client that was never registered is told how to register."""
    new_office.discover()
    with pytest.raises(UsageError, match="without --again"):
        new_office.agent.register_again(new_office.serials)
