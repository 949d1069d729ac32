"""The command line in this process, before a server and printers that need no socket."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.cli.app import run
from esolutions_client.cli.session import Session
from esolutions_client.errors import UnreachableError
from esolutions_scenarios.worlds.memory import MemoryWorld
from esolutions_server.domain.policy import Policy
from esolutions_server.service.enrolment import EquipmentRow
from esolutions_simulators.fleet import build_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esolutions_client.wire.transport import HttpAnswer

START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ADDRESSES = "127.0.0.10-11:1161"


class Down:
    """A server that is not there."""

    def post(self, _body: bytes, *, operation: str) -> HttpAnswer:
        """Refuse the connection."""
        raise UnreachableError(f"{operation}: connection refused")


class Desk:
    """A person at the machine: types commands, reads what they print, waits."""

    def __init__(self, folder: Path, world: MemoryWorld, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.world = world
        self.now = START
        self.fleet = build_fleet(2, "nominal", installed_at=START - timedelta(days=400))
        self.serials = [printer.serial_at(START) for printer in self.fleet]
        self.transport: Any = world.transport()
        self._capsys = capsys
        self._rng = Random("desk")
        world.show_fleet(self.fleet)

    def type(self, *words: str) -> tuple[int, str, str]:
        """Run a command; return its exit code, stdout and stderr."""
        self._capsys.readouterr()
        code = run(
            ["--data-dir", str(self.folder), *words], now=lambda: self.now, rng=self._rng, wait=lambda _seconds: None
        )
        printed = self._capsys.readouterr()
        return code, printed.out, printed.err

    def json(self, *words: str, code: int = 0) -> Any:
        """Run a command with `--json`; return its one document."""
        ended, out, err = self.type(*words, "--json")
        assert ended == code, err
        return json.loads(out)

    def wait(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span
        self.world.set_clock(self.now)

    def enrol(self) -> None:
        """Discover and register both printers, sign them up and turn them on."""
        administration = self.world.administration
        administration.add_account("Office", "key.user@customer.example")
        rows = [
            EquipmentRow(s, START.date() - timedelta(days=180), "Office", "key.user@customer.example", "monthly")
            for s in self.serials
        ]
        administration.import_equipment(rows)
        assert self.type("discover", ADDRESSES)[0] == 0
        assert self.type("register", "--all")[0] == 0
        self.wait(timedelta(hours=1))
        for serial in self.serials:
            administration.sign_up(serial)
        assert self.type("sync")[0] == 0


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """A person at a machine on which the client was just installed."""
    world = MemoryWorld(tmp_path, start=START, seed=1, policy=Policy())
    made = Desk(tmp_path / "data", world, capsys)
    # The ports are replaced where the command line makes them; nothing behind them is.
    monkeypatch.setattr(Session, "snmp", property(lambda _self: world.snmp()))
    monkeypatch.setattr(Session, "transport", lambda _self: made.transport)
    monkeypatch.setattr("esolutions_client.snmp.sweep.Sweep", lambda: None)
    yield made
    world.close()


@pytest.fixture
def down() -> Down:
    """A server that is not there."""
    return Down()
