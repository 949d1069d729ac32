"""What was ordered is answered: each meter by its name, a printer that is gone by its state, and nothing else."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_client.service.exchanges.registration.opening_readings import meters_of
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
from esolutions_scenarios.faults.snmp import NullRow

if TYPE_CHECKING:
    from esolutions_scenarios.faults.net import Net
    from tests.support.office import Office

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
FAX = "Fax Impressions"


def break_meter(office: Office, serial: str, name: str = FAX) -> Net:
    """Let a meter of a printer hold NULL from now on; return the way it comes on."""
    device = office.device(serial)
    layout = Layout.from_json(office.store.devices.layout(device.layout_id or 0))
    oid = next(row.oid for row in layout.meters if row.name == name)
    net = office.machine.net
    net.break_printers(NullRow(oid), [device.host])
    return net


def transactions(office: Office) -> list[str]:
    """Return the billing transactions that were sent."""
    return [body.decode() for body in office.line.sent if b":SubmitBillingTransaction" in body]


def ask(office: Office, serial: str) -> None:
    """Ask for a printer's meters an hour from now, and let the client hear of it."""
    office.pass_time(HOUR)
    office.administration.request_billing(serial)
    office.pass_time(MINUTE)
    office.agent.sync()


def test_a_meter_that_comes_back_in_time_is_sent_with_its_value(office: Office) -> None:
    """A printer may show NULL for an hour: the request waits, and says for what and until when."""
    serial = office.serials[0]
    net = break_meter(office, serial)
    ask(office, serial)
    (command,) = office.store.commands.open_reports()
    assert transactions(office) == []
    assert command.note is not None
    until = f"{command.answer_by - DAY:%Y-%m-%d %H:%M}"
    assert command.note == f"{FAX} cannot be read; if that stays so, it is sent without a value from {until} UTC on"
    net.mend()
    office.run_for(3 * HOUR)
    billed = {bill.meter for bill in office.administration.every.bills(serial)}
    assert FAX in billed
    assert list(office.administration.every.held(serial)) == []


def test_a_meter_that_cannot_be_read_is_sent_by_its_name_and_the_reading_held(office: Office) -> None:
    """From a day before the answer is due; it is never just left out, and every byte is accounted for."""
    serial = office.serials[0]
    break_meter(office, serial)
    ask(office, serial)
    office.run_for(3 * DAY - 2 * HOUR)
    (sent,) = transactions(office)
    assert f'<ns0:Meter Name="{FAX}"></ns0:Meter>' in sent
    assert sent.count("<ns0:Meter ") == 5
    (reason,) = {bill.reason for bill in office.administration.every.held(serial)}
    assert reason == f"{FAX} cannot be read"
    assert office.open_requests() == []
    told = [(kind, text) for _, kind, number, text in office.store.events(-1) if number == serial and kind == "held"]
    ((_, text),) = told
    assert text.endswith(f": {reason}")
    ((number, _, outcome, why),) = office.store.commands.not_accepted()
    assert (number, outcome, why) == (serial, "held", text)


def test_what_a_person_accepts_at_the_server_is_billed_without_the_meter(office: Office) -> None:
    """And the client bills on from there when the meter is back."""
    serial = office.serials[0]
    net = break_meter(office, serial)
    ask(office, serial)
    office.run_for(3 * DAY - 2 * HOUR)
    (command_id,) = {bill.command_id for bill in office.administration.every.held(serial)}
    assert office.administration.accept_held(command_id).not_billed == (FAX,)
    net.mend()
    ask(office, serial)
    office.run_for(HOUR)
    assert [bill.meter for bill in office.administration.every.bills(serial)].count(FAX) == 1
    assert office.store.commands.not_accepted() == []


def test_a_meter_that_cannot_be_read_at_registration_is_named(office: Office) -> None:
    """Left out there, it would never be ordered and never billed."""
    device = office.device(office.serials[0])
    layout = Layout.from_json(office.store.devices.layout(device.layout_id or 0))
    poll = SteadyPoll(layout.serial_number, 5, (7, None, 7, 7, 7), (), ())
    meters = meters_of(layout, poll)
    assert [meter.name for meter in meters] == [row.name for row in layout.meters]
    assert [meter.value for meter in meters] == [7, None, 7, 7, 7]


def replace_printer(office: Office, serial: str) -> None:
    """Put another machine in the place of a printer, and register that one."""
    office.fleet.by_serial(serial).replace(office.now + MINUTE, "NEW000001", 7)
    office.pass_time(HOUR)
    office.discover()
    office.agent.register(["NEW000001"])
    device = office.device(serial)
    assert device.state == "replaced"


def test_the_server_hears_of_a_replacement_from_the_client_alone(office: Office) -> None:
    """The request is closed by a signed row with a state and nothing that was read; one mail says what happened."""
    serial = office.serials[0]
    replace_printer(office, serial)
    ask(office, serial)
    office.run_for(DAY)
    (sent,) = transactions(office)
    (row,) = re.findall(r"<ns0:Device>.*?</ns0:Device>", sent)
    assert re.sub(r"(?<=CommandId>)[^<]+", "id", row) == (
        f"<ns0:Device><ns0:SerialNumber>{serial}</ns0:SerialNumber><ns0:CommandId>id</ns0:CommandId>"
        "<ns0:State>Replaced</ns0:State></ns0:Device>"
    )
    assert "<ds:Signature " in sent
    states = {device.serial: device.state for device in office.administration.every.devices()}
    assert states[serial] == "replaced"
    office.run_for(35 * DAY)
    assert [mail.subject for mail in office.administration.every.mails()] == [f"{serial} was replaced"]
    assert [command.serial_number for command in office.store.commands.open_reports()] == []


def test_a_retired_printer_is_said_to_be_retired(office: Office) -> None:
    """What a person decides at the client needs no person at the server."""
    serial = office.serials[0]
    office.agent.retire(serial)
    ask(office, serial)
    states = {device.serial: device.state for device in office.administration.every.devices()}
    assert states[serial] == "retired"
    declined = [text for _, kind, number, text in office.store.events(-1) if (kind, number) == ("declined", serial)]
    assert declined == ["the server knows that it is Retired; it is not asked for its meters any more"]


def test_a_printer_that_is_being_registered_again_is_not_said_to_be_gone(office: Office) -> None:
    """Its registration waits for the server: what is on the way there would be taken back by the refusal."""
    serial = office.serials[0]
    office.agent.retire(serial)
    office.administration.request_billing(serial)
    office.pass_time(HOUR)
    with office.store.transaction():
        office.store.outbox.put("waiting", "RegisterProxyDevices", office.now, f'{{"serial_number":"{serial}"}}')
    assert office.agent._exchanges._billing.submit() == 0


def test_why_a_printer_was_not_registered_is_kept(office: Office) -> None:
    """The server's reason stands by the printer and in the history, until the server takes it."""
    serial = office.serials[0]
    office.machine.path = office.machine.path.with_name("another.sqlite")
    office.restart()
    office.discover()
    office.agent.register([serial])
    kept = office.device(serial)
    assert kept.refused_reason == "another client, heard from within 7 days, reports it: retire it there first"
    noted = [text for _, kind, number, text in office.store.events(-1) if (kind, number) == ("refused", serial)]
    assert noted == [f"the server refused to register it: {kept.refused_reason}"]
    office.pass_time(8 * DAY)
    office.agent.register([serial])
    kept = office.device(serial)
    assert (kept.state, kept.refused_reason) == ("registered", None)


def test_two_answers_of_one_printer_never_share_a_message(office: Office) -> None:
    """A restored server has forgotten one of two requests: its refusal is not taken for that of the other."""
    serial = office.serials[0]
    net = break_meter(office, serial)
    ask(office, serial)
    (known,) = office.store.commands.open_reports()
    execute = office.store._connection.execute
    row = execute("SELECT * FROM command WHERE command_id = ?", (known.command_id,)).fetchone()
    forgotten = known.command_id[:-4] + "0000"
    execute(f"INSERT INTO command VALUES ({', '.join('?' * len(row))})", (forgotten, *row[1:]))  # noqa: S608
    net.mend()
    office.run_for(3 * HOUR)
    assert [body.count(f"SerialNumber>{serial}<") for body in transactions(office)] == [1, 1]
    assert {bill.command_id for bill in office.administration.every.bills(serial)} == {known.command_id}
    assert office.store.commands.state(known.command_id) == "answered"
    assert office.store.commands.state(forgotten) == "refused"
