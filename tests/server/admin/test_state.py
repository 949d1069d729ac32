"""Everything that a server knows, by the admin API."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.service.people.presentation import views
from esolutions_server.service.people.presentation.view_types import view_of
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tests.server.support.proxy import Proxy
    from tests.server.support.testbed import Bed

API = "/admin/api"
SERIAL = "ABC123456"
ROW = {
    "serial": SERIAL, "installed_on": "2025-01-01", "account": "Acme", "person": "bob@acme.example",
    "frequency": "monthly",
}  # fmt: skip


def _made(bed: Bed, method: str, path: str, document: Any = None, status: int = 201) -> Any:
    answer = bed.ask(method, f"{API}/{path}", document)
    assert answer.status_code == status, answer.text
    return answer.json


def _proxy(bed: Bed) -> Proxy:
    proxy = bed.world().proxy()
    proxy.register(SERIAL)
    return proxy


def test_a_device_lives_by_json_alone(bed: Bed) -> None:
    """Account, person, contract, sign-up, request: what a person does, and what the client sees of it."""
    proxy = _proxy(bed)
    account = _made(bed, "POST", "accounts", {"name": "Acme", "key_user": "key@acme.example"})
    person = _made(bed, "POST", "people", {"account": "Acme", "email": "bob@acme.example"})
    assert person == {"email": "bob@acme.example", "account": "Acme"}
    assert _made(bed, "POST", "equipment", [ROW], 200) == {"imported": 1}
    assert bed.ask("POST", f"{API}/devices/{SERIAL}/sign-up", {}).status_code == 422
    bed.instrument.default.advance(timedelta(hours=1))
    assert _made(bed, "POST", f"devices/{SERIAL}/sign-up", {}, 200)["state"] == "signed up"
    (command,) = proxy.sync().commands
    assert proxy.status(SERIAL, command["CommandId"]) == "Accepted"
    asked = _made(bed, "POST", f"devices/{SERIAL}/billing-request")
    (command,) = proxy.sync().commands
    assert (command["CommandId"], asked["state"]) == (asked["id"], "open")
    assert proxy.submit(SERIAL, asked["id"]) == "Accepted"
    bills = _made(bed, "GET", f"bills?serial={SERIAL}", status=200)["rows"]
    assert {bill["value"] for bill in bills} == {1234667}
    for path, row in (
        ("accounts/Acme", account),
        ("people/bob@acme.example", person),
        (f"equipment/{SERIAL}", _made(bed, "GET", "equipment", status=200)["rows"][0]),
        (f"devices/{SERIAL}", _made(bed, "GET", "devices", status=200)["rows"][0]),
        (f"proxies/{proxy.guid}", _made(bed, "GET", "proxies", status=200)["rows"][0]),
        (f"commands/{asked['id']}", _made(bed, "GET", "commands", status=200)["rows"][0]),
        (f"values/{bills[0]['id']}", bills[0]),
    ):
        assert _made(bed, "GET", path, status=200) == row


def test_a_held_reading_is_accepted_or_rejected(bed: Bed) -> None:
    """As a person decides who has looked at it; the mail says what it is about."""
    proxy = _proxy(bed)
    bed.world().know(SERIAL)
    for decision in ("reject", "accept"):
        _made(bed, "POST", f"devices/{SERIAL}/state", {"state": "active"}, 200)
        bed.instrument.default.advance(timedelta(hours=1))
        if decision == "reject":
            _made(bed, "POST", f"devices/{SERIAL}/billing-request")
        (command,) = proxy.sync().commands
        assert proxy.submit(SERIAL, command["CommandId"], 1) == "Held"
        held = _made(bed, "GET", "held-values", status=200)["rows"]
        assert {value["command_id"] for value in held} == {command["CommandId"]}
        bed.instrument.default.advance(timedelta(hours=1))
        decided = _made(bed, "POST", f"commands/{command['CommandId']}/{decision}", status=200)
        if decision == "accept":
            assert decided["billed"]
            assert decided["not_billed"] == []
        else:
            assert decided["asked_again"] != command["CommandId"]
        assert bed.ask("POST", f"{API}/commands/{command['CommandId']}/{decision}").status_code == 422
    outcomes = {value["outcome"] for value in _made(bed, "GET", f"values?serial={SERIAL}", status=200)["rows"]}
    assert outcomes == {"Rejected"}
    mails = _made(bed, "GET", "mail", status=200)["rows"]
    assert SERIAL in mails[0]["body"]
    assert _made(bed, "GET", f"mail/{mails[0]['number']}", status=200) == mails[0]


@pytest.mark.parametrize("state", list(DeviceState))
def test_a_device_is_taken_to_any_state(bed: Bed, state: DeviceState) -> None:
    """By the steps that lead there, which the answer names."""
    _proxy(bed)
    taken = _made(bed, "POST", f"devices/{SERIAL}/state", {"state": state.value}, 200)
    assert taken["state"] == state.value
    assert bool(taken["steps"]) == (state != DeviceState.REGISTERED)
    assert _made(bed, "GET", f"devices/{SERIAL}", status=200)["state"] == state.value


def test_the_service_of_a_device_ends_and_it_is_reassigned(bed: Bed) -> None:
    """As the commands do it."""
    _proxy(bed)
    bed.world().know(SERIAL)
    _made(bed, "POST", "people", {"account": "Acme", "email": "eve@acme.example"})
    previous = _made(bed, "POST", f"devices/{SERIAL}/reassign", {"person": "eve@acme.example"}, 200)
    assert previous == {"previous": "bob@acme.example"}
    _made(bed, "POST", f"devices/{SERIAL}/state", {"state": "active"}, 200)
    for ending, state in (("cancel", "registered"), ("retire", "retired")):
        assert _made(bed, "POST", f"devices/{SERIAL}/{ending}", status=200)["state"] == state
    assert bed.ask("POST", f"{API}/devices/{SERIAL}/replace").status_code == 422
    contract = {key: value for key, value in ROW.items() if key != "serial"} | {"frequency": "quarterly"}
    assert _made(bed, "PUT", f"equipment/{SERIAL}", contract, 200)["frequency"] == "Quarterly"


def test_a_proxy_says_where_it_is_and_never_its_secret(bed: Bed) -> None:
    """Registered until it syncs, then running, silent after a day, retired with its last device."""
    namespace = bed.instrument.default
    namespace.run(0)
    proxy = _proxy(bed)

    def state() -> str:
        shown = _made(bed, "GET", f"proxies/{proxy.guid}", status=200)
        assert "secret" not in shown
        assert proxy.secret not in str(shown)
        return str(shown["state"])

    assert state() == "registered"
    proxy.sync()
    assert state() == "running"
    namespace.advance(timedelta(days=1))
    assert state() == "running"
    namespace.advance(timedelta(hours=2))
    assert state() == "silent"
    proxy.sync()
    assert state() == "running"
    _made(bed, "POST", f"devices/{SERIAL}/retire", status=200)
    assert state() == "retired"


@pytest.mark.parametrize(
    ("noun", "key"),
    [("accounts", "name"), ("people", "email"), ("equipment", "serial"), ("devices", "serial"), ("commands", "id")],
)
def test_lists_come_in_pages_by_key(bed: Bed, noun: str, key: str) -> None:
    """Each says where the next one begins; together they have each row once."""
    serials = [f"ABC12345{digit}" for digit in range(5)]
    bed.world().proxy().register(*serials)
    bed.world().know(*serials)
    for number, serial in enumerate(serials):
        _made(bed, "POST", "accounts", {"name": f"Office {number}", "key_user": f"key@{number}.example"})
        _made(bed, "POST", f"devices/{serial}/state", {"state": "activating"}, 200)
    whole = [row[key] for row in _made(bed, "GET", noun, status=200)["rows"]]
    paged, after = [], ""
    while True:
        page = _made(bed, "GET", f"{noun}?limit=2{after}", status=200)
        assert 0 < len(page["rows"]) <= 2
        paged += [row[key] for row in page["rows"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"
    assert len(whole) >= 5
    assert paged == whole


@pytest.mark.parametrize(
    "path",
    [
        "accounts/Nobody", "people/nobody@acme.example", f"equipment/{SERIAL}", f"devices/{SERIAL}", "mail/1",
        "values/1",
        "proxies/11111111-2222-4333-8444-555555555555", "commands/11111111-2222-4333-8444-555555555555",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(bed: Bed, path: str) -> None:
    """With a sentence about it."""
    answer = bed.ask("GET", f"{API}/{path}")
    assert answer.status_code == 404
    assert (answer.json or {})["message"]


@pytest.mark.parametrize(
    ("method", "path", "document"),
    [
        ("POST", "accounts", {"name": "", "key_user": "k@a.example"}),
        ("POST", "accounts", {"name": "Acme", "key_user": "nobody"}),
        ("POST", "people", {"account": "Nobody", "email": "k@a.example"}),
        ("POST", "equipment", [ROW, ROW]),
        ("POST", "equipment", [{**ROW, "frequency": "weekly"}]),
        ("POST", "equipment", [{**ROW, "anchor_day": 32}]),
        ("PUT", f"equipment/{SERIAL}", ROW),
        ("GET", "devices?limit=0", None),
        ("GET", "devices?limit=1001", None),
        ("GET", "mail?after=x", None),
        ("GET", "commands?after=x", None),
        ("GET", "proxies/me", None),
        ("POST", f"devices/{SERIAL}/state", {"state": "happy"}),
    ],
)
def test_what_cannot_be_is_refused(bed: Bed, method: str, path: str, document: Any) -> None:
    """With status 422, and nothing is changed."""
    assert bed.ask(method, f"{API}/{path}", document).status_code == 422
    assert not any(bed.world().snapshot().values())


def test_what_is_written_is_read_back(bed: Bed) -> None:
    """A view that went through JSON is the view that it was, with all its types: the Python client gives the same."""
    proxy = _proxy(bed)
    bed.world().know(SERIAL)
    administration = bed.instrument.default.server.administration
    administration.take_to(SERIAL, DeviceState.ACTIVE)
    for value in (1234667, 1):
        bed.instrument.default.advance(timedelta(days=31))
        (command,) = proxy.sync().commands
        rows = proxy.meters(value)
        proxy.send(proxy.reading_payload(SERIAL, command["CommandId"], rows=rows + proxy.supply(
            Name="Black", State="ok", Unit="percent", Capacity=100, Level=40)), is_signed=True)  # fmt: skip
    every = administration.every
    lists: list[tuple[str, type, Iterable[Any]]] = [
        ("accounts", views.AccountView, every.accounts()),
        ("people", views.PersonView, every.people()),
        ("equipment", views.EquipmentView, every.equipment()),
        ("devices", views.DeviceView, every.devices()),
        ("proxies", views.ProxyView, every.proxies()),
        ("commands", views.CommandView, every.commands()),
        ("bills", views.BillView, every.bills()),
        ("values", views.ValueView, every.not_billed()),
        ("held-values", views.ValueView, every.held()),
        ("mail", views.MailView, every.mails()),
    ]
    for noun, view, known in lists:
        read: list[Any] = [view_of(view, row) for row in _made(bed, "GET", noun, status=200)["rows"]]
        assert read == list(some(known)), noun
    assert administration.one.device(SERIAL).supplies


def test_a_device_is_signed_up_without_waiting(bed: Bed) -> None:
    """As `signup --now` does: neither for the hour nor for the thirty days."""
    _proxy(bed)
    bed.world().know(SERIAL, installed_on=bed.instrument.default.clock().date())
    assert bed.ask("POST", f"{API}/devices/{SERIAL}/sign-up", {}).status_code == 422
    assert bed.ask("POST", f"{API}/devices/{SERIAL}/sign-up", {"at_once": 1}).status_code == 422
    assert _made(bed, "POST", f"devices/{SERIAL}/sign-up", {"at_once": True}, 200)["state"] == "signed up"
