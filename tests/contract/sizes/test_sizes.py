"""The published sizes, to the byte: the formulas for the nominal fleet, every byte accounted for with any other."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esolutions_client.wire import codec
from esolutions_client.wire import messages as m
from esolutions_client.wire.security import Credentials
from esolutions_scenarios.referee.accounting import account
from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.sizes import measure
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import enrol, open_account, printers
from esolutions_scenarios.testbed.transcript import accounts
from esolutions_scenarios.worlds.memory import WsgiTransport
from esolutions_server import open_server
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.models import model_names
from tests.support.seen import some

COUNTS = (0, 1, 2, 9, 10, 11, 99, 100)
NOW = datetime(2026, 3, 1, 2, 17, tzinfo=UTC)
GUID = "7c9e6679-7425-40de-944b-e07fc1f90ae7"
CREDENTIALS = Credentials("0f8fad5b-d9cb-469f-a165-70867728950e", "A" * 88)
ENVELOPE = m.Envelope(GUID, NOW, GUID, NOW, last_receipt_id=GUID)
METERS = tuple(m.Meter(name, 1_000_000) for name in load_specification().document["nominal"]["meters"])
SUPPLIES = tuple(
    m.Supply(name, "ok", "tenths", 10_000, 2_500) for name in load_specification().document["nominal"]["supplies"]
)
DRAWN = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def encoded(request: m.Request, envelope: m.Envelope = ENVELOPE) -> bytes:
    """Return the bytes of a request."""
    return codec.encode(envelope, request, CREDENTIALS, random=bytes(8), created_at=NOW)


def nominal_requests(devices: int) -> dict[str, tuple[m.Request, int]]:
    """Return each request of the nominal fleet, and what the FAQ says of it."""
    rows = range(devices)
    return {
        "reg proxy device": (
            m.Registration(NOW, NOW, NOW, "A" * 44, tuple(m.NewDevice(f"ABC{n:06}", NOW, METERS) for n in rows)),
            393 * devices + 1503,
        ),
        "sync proxy request": (m.SyncRequest("Scheduled", NOW, 0, "A" * 44), 1425),
        "sync proxy status": (
            m.ProxyStatus(tuple(m.DeviceStatus(f"ABC{n:06}", GUID, "Active", NOW, timedelta(hours=2)) for n in rows)),
            260 * devices + 1247,
        ),
        "billing transaction response": (
            m.BillingTransaction(GUID, tuple(m.DeviceReading(f"ABC{n:06}", GUID, NOW, METERS, SUPPLIES) for n in rows)),
            1314 * devices + 1993,
        ),
    }


@pytest.mark.parametrize("devices", COUNTS)
def test_what_the_client_writes_has_the_published_size(devices: int) -> None:
    """Four formulas, whatever the number of devices."""
    for name, (request, published) in some(nominal_requests(devices).items()):
        assert len(encoded(request)) == published, name


def test_the_registration_of_a_client_has_the_published_size() -> None:
    """1526 bytes; it acknowledges no receipt, for there is none yet."""
    request = m.ProxyRegistration("A" * 88, NOW, NOW, NOW.timetz(), timedelta(hours=1), timedelta(hours=2))
    assert len(encoded(request, m.Envelope(GUID, NOW, GUID, NOW))) == 1526


@pytest.mark.parametrize("devices", COUNTS)
def test_what_crosses_has_the_published_size(devices: int) -> None:
    """A whole lifecycle, both ways: nothing is off by a byte."""
    rows = measure(devices)
    assert {row.message: row.measured - row.published for row in rows if row.measured != row.published} == {}
    assert len(rows) == (8 if devices else 3)


@given(data=st.data())
@DRAWN
def test_every_byte_of_any_request_is_accounted_for(
    any_request: st.SearchStrategy[m.Request], any_envelope: st.SearchStrategy[m.Envelope], data: st.DataObject
) -> None:
    """From the specification alone, whatever the fields hold, one by one and in any number."""
    request, envelope = data.draw(any_request), data.draw(any_envelope)
    found = account(encoded(request, envelope))
    assert found is not None
    assert found.is_exact, f"{found.measured} bytes, {found.expected} accounted for"


ASCII = st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=24)
# Any text, with a letter and a digit at its end: the server registers no mask.
SERIALS = ASCII.map(lambda text: f"{text}A1")


@given(
    serial=SERIALS,
    names=st.lists(ASCII.filter(str.strip), min_size=1, max_size=4, unique=True),
    value=st.integers(0, 10**9),
)
@settings(deadline=None, max_examples=25)
def test_every_byte_of_any_answer_is_accounted_for(serial: str, names: list[str], value: int) -> None:
    """The server's as well: receipts and commands for printers and meters of any name, markup and all."""
    _check_answers(m.NewDevice(serial, NOW, tuple(m.Meter(name, value) for name in names)))


def test_a_letter_of_another_language_has_its_size_in_utf_8() -> None:
    """A letter costs the same bytes in both directions."""
    _check_answers(m.NewDevice("ABC123456", NOW, (m.Meter("Gedruckte Seiten (größer)", 5),)))


def _check_answers(device: m.NewDevice) -> None:
    for body in some(_answers(device)):
        found = account(body)
        assert found is not None, body.decode()
        assert found.is_exact, f"{found.measured} bytes, {found.expected} accounted for in {body.decode()}"


def _answers(device: m.NewDevice) -> list[bytes]:
    """Register a client and a device, sign it up, and return the answers, the activation last."""
    moment = [NOW]
    rng = Random(1)
    requests: list[m.Request] = [
        m.ProxyRegistration("A" * 88, NOW, NOW, NOW.timetz(), timedelta(hours=1), timedelta(hours=2)),
        m.Registration(NOW, NOW, None, "A" * 44, (device,)),
        m.SyncRequest("Requested", None, 0, "A" * 44),
    ]
    answers = []
    with open_server("sqlite://", now=lambda: moment[0], rng=rng) as server:
        transport = WsgiTransport(server.wsgi)
        for number, request in enumerate(requests):
            if number == 2:
                server.administration.add_account("Office", "key.user@customer.example")
                row = EquipmentRow(
                    device.serial_number, date(2025, 9, 1), "Office", "key.user@customer.example", "monthly"
                )
                server.administration.import_equipment([row])
                moment[0] += timedelta(hours=1)
                server.administration.sign_up(device.serial_number)
            envelope = m.Envelope(GUID[:-1] + str(number), moment[0], GUID, moment[0])
            body = codec.encode(envelope, request, CREDENTIALS, random=rng.randbytes(8), created_at=moment[0])
            answers.append(transport.post(body, operation="").body)
    assert b"<tns:Action>TurnOn<" in answers[-1]
    return answers


@given(models=st.lists(st.sampled_from(model_names()), min_size=1, max_size=4), seed=st.integers(0, 999))
@settings(deadline=None, max_examples=10)
def test_every_byte_that_printers_of_any_model_cause_is_accounted_for(models: list[str], seed: int) -> None:
    """A month of a mixed fleet: registration, activation, status, a request by hand and its answer."""
    start = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    setting = Setting(
        fleet=lambda drawn: build_fleet(len(models), models, seed=drawn, installed_at=start - timedelta(days=400)),
        start=start,
    )
    with TemporaryDirectory() as folder:
        testbed = open_testbed(setting, seed=seed, folder=Path(folder))
        try:
            open_account(testbed, dict.fromkeys(printers(testbed), "monthly"))
            office = testbed.install()
            found = office.discover(testbed.fleet.addresses)
            if found:
                enrol(testbed, office, found)
            testbed.run_for(timedelta(days=30))
            off = [
                f"{found.message}: {found.measured} bytes, {found.expected} accounted for"
                for _, found in accounts(testbed)
                if not found.is_exact
            ]
        finally:
            testbed.close()
    assert off == []
