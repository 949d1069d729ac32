"""The answers to the byte, as the FAQ publishes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server.support.world import World


def test_an_answer_without_commands_has_1425_bytes(world: World) -> None:
    """Sync proxy request response = 1510x + 1425 bytes, x = 0."""
    proxy = world.proxy()
    proxy.register()
    assert len(proxy.sync().body) == 1425


@pytest.mark.parametrize("count", [1, 2, 10, 100])
def test_each_command_about_a_nominal_device_has_1510_bytes(world: World, count: int) -> None:
    """For activations and for billing requests, which share one form."""
    serials = [f"ABC{number:06d}" for number in range(count)]
    proxy = world.proxy()
    proxy.register(*serials)
    world.know(*serials)
    world.clock.move(hours=1)
    for serial in serials:
        world.server.administration.sign_up(serial)
    activation = proxy.sync()
    assert len(activation.body) == 1510 * count + 1425
    for command in activation.commands:
        proxy.status(command["SerialNumber"], command["CommandId"])
    world.clock.moment = datetime(2026, 2, 1, tzinfo=UTC)
    assert len(proxy.sync().body) == 1510 * count + 1425


def test_the_journal_has_measured_and_published_sizes(world: World) -> None:
    """What crossed the wire beside what the FAQ says of it."""
    proxy = world.proxy()
    proxy.register()
    answer = proxy.sync()
    row = list(world.server.administration.every.journal())[-1]
    assert (row.bytes_out, row.published_out, row.published_in) == (len(answer.body), 1425, 1425)


def test_prefixes_are_declared_on_the_envelope_and_nowhere_else(world: World) -> None:
    """No filler, and no declaration said twice."""
    proxy = world.proxy()
    proxy.register()
    body = proxy.sync().body
    head = body.index(b"<soap11env:Header>")
    assert body.count(b"xmlns:", 0, head) == 4
    assert body.count(b"xmlns:", head) == 1
    assert body.startswith(b"<?xml version='1.0' encoding='UTF-8'?>\n<soap11env:Envelope ")


def test_a_letter_beyond_ascii_crosses_as_utf_8(world: World) -> None:
    """A serial number of another alphabet costs its own bytes, not those of a character reference."""
    proxy = world.proxy()
    proxy.register()
    answer = proxy.send(proxy.devices_payload(["Zürich-1"]))
    assert "Zürich-1".encode() in answer.body
    assert proxy.signature(answer.body, proxy.secret).encode() in answer.body
