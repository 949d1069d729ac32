"""What a client can hardly have meant: a lenient server takes it and says so, a strict one refuses it and says so."""

from __future__ import annotations

import base64
import random
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from tests.server.support.clock import Clock
from tests.server.support.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.server.support.proxy import Proxy

SERIAL = "ABC123456"
NIL = "00000000-0000-0000-0000-000000000000"


@pytest.fixture
def strict() -> Iterator[World]:
    """A world whose server is strict."""
    clock = Clock()
    with open_server("sqlite://", now=clock, rng=random.Random(3), is_strict=True) as server:
        yield World(server, clock)
        assert not server.wsgi.errors


def _registration(old: str, new: str) -> Callable[[Proxy], str]:
    def write(proxy: Proxy) -> str:
        payload = proxy.register_payload()
        assert old in payload
        return payload.replace(old, new)

    return write


def _devices(old: str, new: str) -> Callable[[Proxy], str]:
    def write(proxy: Proxy) -> str:
        payload = proxy.devices_payload([SERIAL])
        assert old in payload
        return payload.replace(old, new)

    return write


def _with_secret(secret: str) -> Callable[[Proxy], str]:
    def write(proxy: Proxy) -> str:
        proxy.secret = secret
        return proxy.register_payload()

    return write


# Of a proxy that nobody knows yet.
OF_A_NEW_PROXY = {
    "a secret of one character": (_with_secret("s" * 88), "Secret is not the Base64 of 64 octets"),
    "a secret of one octet": (
        _with_secret(base64.b64encode(b"s" * 64).decode()),
        "Secret has only 1 different octets: it was not drawn at random",
    ),
    "a time without a zone": (_registration("03:00:00Z</n:Daily", "03:00:00</n:Daily"), "DailySyncTime has no time"),
}
# Of one that is registered.
OF_A_KNOWN_PROXY = {
    "a nil id": (lambda proxy: proxy.sync_payload(message_id=NIL), "MessageId is the nil GUID"),
    "an id of the installation": (
        lambda proxy: proxy.sync_payload(message_id=proxy.instance),
        "MessageId is the InstanceId",
    ),
    "a next contact that is over": (
        lambda proxy: proxy.sync_payload().replace("2026-01-02T03:00:00Z", "2026-01-01T02:59:00Z"),
        "NextContactAt lies in the past",
    ),
    "a digest that is none": (
        lambda proxy: proxy.sync_payload().replace(proxy.digest(), "x" * 44),
        "FleetDigest is not the Base64 of the 32 octets of a SHA-256",
    ),
    "no device": (lambda proxy: proxy.devices_payload([]), "the message names no Device"),
    "a device twice": (lambda proxy: proxy.devices_payload([SERIAL, SERIAL.lower()]), f"'{SERIAL}' is named 2 times"),
}
# A lenient server refuses the device, a strict one the message.
OF_A_DEVICE = {
    "an opening reading of tomorrow": (
        _devices("<n:ReadDate>2026-01-01", "<n:ReadDate>2026-01-02"),
        f"Device '{SERIAL}': ReadDate is 2026-01-02",
    ),
    "a device without meters": (
        lambda proxy: proxy.devices_payload([SERIAL]).replace(proxy.meters(1234567), ""),
        f"Device '{SERIAL}' has no Meter",
    ),
    "a serial number that is none": (_devices(SERIAL, "ABC\u202e"), "characters that turn the direction of writing"),
}


@pytest.mark.parametrize("name", OF_A_NEW_PROXY | OF_A_KNOWN_PROXY)
def test_a_lenient_server_takes_it_and_warns_in_the_journal(world: World, name: str) -> None:
    """The client is answered as ever; whoever reads the journal learns what it does."""
    proxy = world.proxy()
    if name in OF_A_KNOWN_PROXY:
        proxy.register()
    write, said = (OF_A_NEW_PROXY | OF_A_KNOWN_PROXY)[name]
    assert not proxy.send(write(proxy)).is_fault
    entry = list(world.server.administration.every.journal())[-1]
    assert entry.outcome == "receipt"
    assert f"warning: {said}" in entry.note or (f"warning: Device {said}" in entry.note)
    assert proxy.secret not in entry.note


@pytest.mark.parametrize("name", OF_A_NEW_PROXY | OF_A_KNOWN_PROXY | OF_A_DEVICE)
def test_a_strict_server_refuses_it_and_says_why(strict: World, name: str) -> None:
    """With a fault that names the element; nothing is changed."""
    proxy = strict.proxy()
    if name not in OF_A_NEW_PROXY:
        proxy.register()
    before = strict.snapshot()
    write, said = (OF_A_NEW_PROXY | OF_A_KNOWN_PROXY | OF_A_DEVICE)[name]
    answer = proxy.send(write(proxy))
    text = answer.root.findtext(".//faultstring", "")
    assert (answer.fault, text.startswith("this server is strict: ")) == ("soap11env:Client", True)
    assert said in text
    assert strict.snapshot() == before


@pytest.mark.parametrize("name", OF_A_DEVICE)
def test_a_lenient_server_refuses_such_a_device_alone(world: World, name: str) -> None:
    """With a receipt, whose reason the journal has."""
    proxy = world.proxy()
    proxy.register()
    write, _ = OF_A_DEVICE[name]
    assert proxy.send(write(proxy)).texts("Outcome") == ["Refused"]
    assert "Refused: " in list(world.server.administration.every.journal())[-1].note


def test_a_right_life_is_no_reason_for_a_warning(strict: World) -> None:
    """From the registration to a bill, at a strict server; the journal has no warning."""
    proxy = strict.active_proxy(SERIAL)
    strict.server.administration.request_billing(SERIAL)
    (command,) = proxy.sync().commands
    strict.clock.move(minutes=1)
    assert proxy.submit(SERIAL, command["CommandId"]) == "Accepted"
    notes = [entry.note for entry in strict.server.administration.every.journal()]
    assert len(notes) > 5
    assert [note for note in notes if "warning" in note] == []
