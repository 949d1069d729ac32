"""An office in memory, and the command line at one of its machines."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.cli.session import Session
from esolutions_scenarios.faults.net import FaultySnmp, FaultyTransport
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import START, old_fleet
from tests.client.cli.support.command_line import CommandLine

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esolutions_scenarios.testbed.testbed import Testbed


@pytest.fixture
def testbed(tmp_path: Path) -> Iterator[Testbed]:
    """Two printers of different makes and a server, without sockets."""
    setting = Setting(fleet=old_fleet(2, "colour-a3-mfp", "small-phaser"), start=START)
    folder = tmp_path / "world"
    folder.mkdir()
    opened = open_testbed(setting, "memory", folder=folder)
    yield opened
    opened.close()


@pytest.fixture
def command(
    testbed: Testbed, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[CommandLine]:
    """Return the command line of a machine in this office."""
    line = CommandLine(testbed, tmp_path / "client", capsys)
    world: Any = testbed.world
    monkeypatch.setattr(Session, "snmp", property(lambda _: FaultySnmp(world.snmp(), line.net)))
    monkeypatch.setattr(Session, "transport", lambda _: FaultyTransport(world.transport(), line.net))
    # There is no network to sweep: each address is asked.
    monkeypatch.setattr(Session, "prober", None)
    before = signal.getsignal(signal.SIGTERM)
    yield line
    signal.signal(signal.SIGTERM, before)


@pytest.fixture
def registered(command: CommandLine) -> CommandLine:
    """Return a command line whose printers are registered."""
    assert command("discover", *command.targets) == 0
    assert command("register", "--all") == 0
    return command
