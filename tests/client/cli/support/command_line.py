"""The command line at one of an office's machines."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from esolutions_client.cli.app import run
from esolutions_scenarios.faults.net import Net

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from esolutions_scenarios.testbed.testbed import Testbed

_PORT = 1161


class CommandLine:
    """Runs commands in this process, as the program would; `net` is what lies on the machine's ways.

    `skew` is what the machine's clock is ahead of true time.
    """

    def __init__(self, testbed: Testbed, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.testbed = testbed
        self.folder = folder
        self.net = Net()
        self.waits: list[float] = []
        self.on_wait: Callable[[], object] | None = None
        self.skew = timedelta(0)
        self.out = ""
        self.err = ""
        self._rng = Random(7)
        self._capsys = capsys

    @property
    def targets(self) -> list[str]:
        """Where the printers stand."""
        return [f"{address}:{_PORT}" for address in self.testbed.fleet.addresses]

    def __call__(self, *arguments: str) -> int:
        """Run one command and return its exit code; what it printed is in `out` and `err`."""
        self._capsys.readouterr()
        words = [*arguments, "--data-dir", str(self.folder)]
        code = run(words, **self.world)
        self.out, self.err = self._capsys.readouterr()
        return code

    @property
    def world(self) -> dict[str, Any]:
        """What a program needs of the world: its clocks, its randomness, and what waiting is."""
        clock = {"now": lambda: self.testbed.now + self.skew, "monotonic": self._monotonic}
        return {**clock, "rng": self._rng, "wait": self._wait}

    def _monotonic(self) -> float:
        return self.testbed.now.timestamp()

    def json(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run one command with --json and return its document."""
        assert self(*arguments, "--json") == code, self.err
        document = json.loads(self.out)
        assert isinstance(document, dict)
        return document

    def _wait(self, seconds: float) -> None:
        """Take note of how long a command would wait; do what a test says instead, or end it as Ctrl-C does."""
        self.waits.append(seconds)
        if self.on_wait is not None:
            self.on_wait()
            return
        raise KeyboardInterrupt
