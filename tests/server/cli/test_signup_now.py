"""`signup --now` does not wait for what passes by itself, and for nothing else."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from esolutions_server.cli.application import run
from esolutions_server.domain.devices.states import DeviceState
from tests.server.support.clock import Clock
from tests.server.support.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SERIAL = "ABC000001"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """A server whose database commands can open, with a device that was registered just now."""
    clock = Clock()
    with open_server(f"sqlite:///{tmp_path / 'server.sqlite'}", now=clock, rng=random.Random(3)) as server:
        world = World(server, clock)
        world.proxy().register(SERIAL)
        yield world


def _sign_up(world: World, folder: Path, *more: str) -> int:
    words = ["signup", SERIAL, *more, "--data-dir", str(folder)]
    return run(now=world.clock, rng=random.Random(1), arguments=words)


def test_a_device_is_signed_up_in_the_minute_of_its_registration(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Though it was installed today; its client is told to turn it on at the next sync."""
    world.know(SERIAL, installed_on=date(2026, 1, 1))
    assert _sign_up(world, tmp_path) == 1
    assert "`signup --now` does not wait" in capsys.readouterr().err
    assert _sign_up(world, tmp_path, "--now") == 0
    assert world.states() == {SERIAL: DeviceState.SIGNED_UP}
    (command,) = replace(world.proxy(), rng=random.Random(99)).sync().commands
    assert command["Action"] == "TurnOn"


def test_what_does_not_pass_by_itself_is_not_passed_over(
    world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without equipment there is no contract, and another person's device stays another person's."""
    assert _sign_up(world, tmp_path, "--now") == 1
    assert "`equipment import` tells them of it" in capsys.readouterr().err
    world.know(SERIAL)
    assert _sign_up(world, tmp_path, "--now", "--person", "key@acme.example") == 1
    assert "assigned to another person" in capsys.readouterr().err
