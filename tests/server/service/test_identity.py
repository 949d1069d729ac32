"""A serial number and a GUID are what they mean, however they are spelled, wherever they come in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.service.errors import AdministrationError
from tests.server.support.spellings import GUID, GUIDS, ODD, ODD_ON_THE_WIRE, SERIAL, VARIANTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.world import World


@pytest.mark.parametrize("text", VARIANTS)
def test_spellings_of_one_serial_number_are_one(text: str) -> None:
    """What a person sees as the same, or a printer pads, is the same."""
    assert canonical_serial(text) == SERIAL


@pytest.mark.parametrize("text", GUIDS)
def test_spellings_of_one_guid_are_one(text: str) -> None:
    """Upper case, braces, the URN of RFC 9562, no hyphens."""
    assert canonical_guid(text) == GUID


@pytest.mark.parametrize(("text", "why"), ODD.items())
def test_what_can_be_no_serial_number_is_refused_with_the_reason(text: str, why: str) -> None:
    """And the reason does not quote it: it would reach a terminal."""
    with pytest.raises(IdentityError, match=why) as caught:
        canonical_serial(text)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "text", ["", "x", GUID[:-1], GUID + "0", f"{{{GUID}", GUID.replace("a", "g"), "-" * 36, "0" * 400]
)
def test_what_is_no_guid_is_refused(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(IdentityError):
        canonical_guid(text)


@given(st.text(max_size=40))
def test_a_canonical_form_is_its_own_and_can_be_shown(text: str) -> None:
    """Whatever comes is refused, or has one form that stays: printable ASCII without blanks around."""
    try:
        form = canonical_serial(text)
    except IdentityError:
        return
    assert canonical_serial(form) == form == form.strip() == form.upper()
    assert form.isascii()
    assert form.isprintable()
    assert canonical_serial(f" {form.lower()}\u200b") == form


@given(st.uuids(), st.booleans(), st.booleans())
def test_a_guid_has_one_form(guid: Any, is_upper: bool, is_braced: bool) -> None:  # noqa: FBT001 (drawn)
    """For every GUID there is."""
    text = str(guid).upper() if is_upper else str(guid)
    assert canonical_guid(f"{{{text}}}" if is_braced else text) == str(guid)


@pytest.mark.parametrize("spelled", VARIANTS)
def test_a_device_registers_once_however_it_is_spelled(world: World, spelled: str) -> None:
    """By its own client and by another one: no new device, and no way around the client that has it."""
    owner, stranger = world.active_proxy(SERIAL), world.proxy(2)
    again = owner.send(owner.devices_payload([spelled]))
    assert (again.texts("Outcome"), again.texts("SerialNumber")) == (["Accepted"], [spelled])
    stranger.register()
    taken = stranger.send(stranger.devices_payload([spelled]))
    assert taken.texts("Outcome") == ["Refused"]
    assert "another client" in taken.texts("Reason")[0]
    assert world.states() == {SERIAL: "active"}


@pytest.mark.parametrize("spelled", VARIANTS)
def test_a_client_is_spoken_to_in_its_own_spelling(world: World, spelled: str) -> None:
    """Commands, receipts, the digest of its fleet: it may compare letter by letter. People see the canonical form."""
    proxy = world.active_proxy(spelled)
    assert world.states() == {SERIAL: "active"}
    world.clock.move(days=31)
    (command,) = proxy.sync().commands
    assert command["SerialNumber"] == spelled
    answer = proxy.send(proxy.reading_payload(spelled, command["CommandId"]), is_signed=True)
    assert (answer.texts("Outcome"), answer.texts("SerialNumber")) == (["Accepted"], [spelled])
    assert {bill.serial for bill in world.server.administration.every.bills()} == {SERIAL}
    proxy.fleet = {spelled}
    proxy.sync()
    assert "fleet differs" not in list(world.server.administration.every.journal())[-1].note


def test_an_answer_may_spell_its_device_otherwise_than_the_request(world: World) -> None:
    """And a status, too; what was signed is verified as it was sent."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    world.know("atk1")
    world.clock.move(hours=1)
    world.server.administration.sign_up("atk1")
    (command,) = proxy.sync().commands
    assert proxy.status(" atk1", command["CommandId"].upper()) == "Accepted"
    world.clock.move(days=31)
    (command,) = proxy.sync().commands
    payload = proxy.reading_payload("atk1", command["CommandId"].upper())
    envelope = proxy.envelope(payload, is_signed=True)
    assert proxy.post(envelope.replace(b">atk1<", b">ATK1<")).fault == "wsse:FailedCheck"
    assert proxy.post(envelope).texts("Outcome") == ["Accepted"]
    world.clock.move(seconds=1)
    assert proxy.submit("\uff21TK1", command["CommandId"]) == "Accepted"
    assert len(list(world.server.administration.every.bills())) == len(proxy.meters(1).split("</n:Meter>")) - 1


@pytest.mark.parametrize(("spelled", "why"), ODD_ON_THE_WIRE.items())
def test_an_odd_serial_number_on_the_wire_is_refused_alone(world: World, spelled: str, why: str) -> None:
    """With the reason in the receipt and in the journal; the other devices of the message count."""
    proxy = world.proxy()
    proxy.register()
    answer = proxy.send(proxy.devices_payload([spelled, SERIAL]))
    assert answer.texts("Outcome") == ["Refused", "Accepted"]
    assert why in answer.texts("Reason")[0]
    assert why in list(world.server.administration.every.journal())[-1].note
    assert world.states() == {SERIAL: "registered"}
    odd = proxy.send(proxy.status_payload(spelled, proxy.new_id()))
    assert (odd.texts("Outcome"), why in odd.texts("Reason")[0]) == (["Refused"], True)


@pytest.mark.parametrize("user", GUIDS[:4])
def test_a_client_is_the_same_however_it_spells_its_guid(world: World, user: str) -> None:
    """The right digest under another spelling is the same client; another secret is a wrong one."""
    proxy = world.proxy()
    proxy.guid = GUID
    proxy.register(SERIAL)
    assert not proxy.send(proxy.sync_payload(), user=user).is_fault
    assert proxy.send(proxy.register_payload(), user=user, secret="x" * 88).fault == "wsse:FailedAuthentication"
    thief = world.proxy(2, secret="t" * 88)
    assert thief.send(thief.register_payload(), user=user).fault == "wsse:FailedAuthentication"
    assert [row.id for row in world.server.administration.every.proxies()] == [GUID]
    assert {row.proxy_id for row in world.server.administration.every.journal()} == {GUID, None}


@pytest.mark.parametrize("user", GUIDS[:4])
def test_a_replay_under_another_spelling_of_the_user_name_is_refused(world: World, user: str) -> None:
    """The user name is not digested: its nonces are those of the one client."""
    proxy = world.proxy()
    proxy.guid = GUID
    proxy.register(SERIAL)
    body = proxy.envelope(proxy.sync_payload())
    assert not proxy.post(body).is_fault
    assert proxy.post(body.replace(GUID.encode(), user.encode())).fault == "wsse:FailedAuthentication"


def test_a_message_id_in_another_case_is_the_same_message(world: World) -> None:
    """It gets its first receipt, which names the id as it was sent first, and changes nothing."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    message_id = "ABCDEFAB-2222-4333-8444-555555555555"
    first = proxy.send(proxy.devices_payload(["ATK2"], message_id=message_id))
    again = proxy.send(proxy.devices_payload(["ATK3"], message_id=message_id.lower()))
    assert first.texts("InReplyTo") == again.texts("InReplyTo") == [message_id]
    assert first.payload == again.payload
    assert set(world.states()) == {SERIAL, "ATK2"}


@pytest.mark.parametrize("name", ["MessageId", "InstanceId", "CommandId", "TransactionId"])
def test_an_id_that_is_no_guid_is_a_fault(world: World, name: str) -> None:
    """Thirty-six characters are not enough."""
    proxy = world.proxy()
    proxy.register(SERIAL)
    payload = proxy.reading_payload(SERIAL, proxy.new_id())
    start = payload.index(f"<n:{name}>") + len(f"<n:{name}>")
    answer = proxy.send(
        payload[:start] + "printer room, second floor, on left." + payload[start + 36 :], is_signed=True
    )
    assert (answer.fault, name in answer.body.decode()) == ("soap11env:Client", True)


def _sign_up(world: World, spelled: str) -> None:
    world.server.administration.sign_up(spelled)


def _cancel(world: World, spelled: str) -> None:
    world.server.administration.cancel(spelled)


def _retire(world: World, spelled: str) -> None:
    world.server.administration.retire(spelled)


def _replace(world: World, spelled: str) -> None:
    world.server.administration.retire(spelled, is_replaced=True)


def _reassign(world: World, spelled: str) -> None:
    world.server.administration.reassign(spelled, "bob@acme.example")


def _request(world: World, spelled: str) -> None:
    world.server.administration.request_billing(spelled)


def _bills(world: World, spelled: str) -> None:
    administration = world.server.administration
    for listed in (administration.every.bills, administration.every.held, administration.every.not_billed):
        assert list(listed(spelled)) == list(listed(SERIAL))


def _import(world: World, spelled: str) -> None:
    world.know(spelled, frequency="quarterly")
    (row,) = world.server.administration.every.equipment()
    assert (row.serial, row.frequency) == (SERIAL, "Quarterly")


_CALLS = (_sign_up, _cancel, _retire, _replace, _reassign, _request, _bills, _import)


@pytest.mark.parametrize("call", _CALLS)
@pytest.mark.parametrize("spelled", VARIANTS)
def test_every_administration_call_means_the_same_device(
    world: World, call: Callable[[World, str], None], spelled: str
) -> None:
    """Whatever somebody types or a program sends."""
    world.active_proxy(SERIAL)
    call(world, spelled)
    assert set(world.states()) == {SERIAL}


@pytest.mark.parametrize("call", _CALLS)
def test_every_administration_call_refuses_an_odd_serial_number(
    world: World, call: Callable[[World, str], None]
) -> None:
    """With the reason, and nothing is changed."""
    world.active_proxy(SERIAL)
    before = world.snapshot()
    for spelled, why in ODD.items():
        with pytest.raises(AdministrationError, match=why):
            call(world, spelled)
    assert world.snapshot() == before


def test_a_request_and_a_client_are_named_by_any_spelling_of_their_ids(world: World) -> None:
    """`billing accept`, `billing reject`, `journal --proxy`."""
    proxy = world.active_proxy(SERIAL)
    administration = world.server.administration
    for decide in (administration.reject_held, administration.accept_held):
        world.clock.move(days=31)
        (command,) = proxy.sync().commands
        assert proxy.submit(SERIAL, command["CommandId"], 5) == "Held"
        world.clock.move(seconds=1)
        decide(f"{{{command['CommandId'].upper()}}}")
        world.clock.move(days=1)
        for left in proxy.sync().commands:
            proxy.submit(SERIAL, left["CommandId"], 1234700)
    theirs = list(administration.every.journal(proxy_id=proxy.guid))
    assert list(administration.every.journal(proxy_id=f"{{{proxy.guid}}}")) == theirs != []
    for call in (administration.accept_held, administration.reject_held):
        with pytest.raises(AdministrationError, match="GUID"):
            call("the first one")
    with pytest.raises(AdministrationError, match="GUID"):
        list(administration.every.journal(proxy_id="mine"))
