"""A program as a person starts it in a terminal, and all the processes that come of it, as Linux lists them."""

from __future__ import annotations

import os
import pty
import select
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Self

__all__ = ["Program"]

_PATIENCE_SECONDS = 60


class Program:
    """A program whose terminal is read, and whose temporary files have a folder of their own.

    All that it starts inherits the name of that folder, and is known by it.
    """

    def __init__(self, folder: Path, *command: str) -> None:
        self.folder = folder / "temporary"
        self.folder.mkdir()
        self._screen, terminal = pty.openpty()
        self._process = subprocess.Popen(
            [sys.executable, *command],
            stdin=subprocess.DEVNULL,
            stdout=terminal,
            stderr=terminal,
            env={**os.environ, "TMPDIR": str(self.folder)},
            start_new_session=True,
        )
        os.close(terminal)
        self.shown = ""

    def await_text(self, text: str) -> None:
        """Wait until the terminal shows a text."""
        while text not in self.shown:
            assert select.select([self._screen], [], [], _PATIENCE_SECONDS)[0], f"no {text!r} came: {self.shown}"
            self.shown += os.read(self._screen, 65536).decode(errors="replace")

    def send(self, number: signal.Signals) -> int:
        """Send the program a signal; wait until it has ended, and return its exit code."""
        self._process.send_signal(number)
        return self._process.wait(_PATIENCE_SECONDS)

    def others(self) -> dict[int, str]:
        """Return the processes that it has started, and those that these have, as far as they still run."""
        mark = f"TMPDIR={self.folder}".encode()
        found = {}
        for entry in Path("/proc").iterdir():
            # One may end meanwhile, or be somebody else's.
            with suppress(OSError):
                if entry.name.isdigit() and mark in (entry / "environ").read_bytes().split(b"\0"):
                    command = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found[int(entry.name)] = command
        found.pop(self._process.pid, None)
        return found

    def await_end_of(self, processes: dict[int, str]) -> None:
        """Wait until these have ended."""
        for number, command in processes.items():
            with suppress(ProcessLookupError):
                ended = os.pidfd_open(number)
                assert select.select([ended], [], [], _PATIENCE_SECONDS)[0], f"it goes on: {command}"
                os.close(ended)

    def left(self) -> list[str]:
        """Return what is left of its temporary files."""
        return sorted(str(path.relative_to(self.folder)) for path in self.folder.rglob("*"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for number in (self._process.pid, *self.others()):
            with suppress(ProcessLookupError):
                os.kill(number, signal.SIGKILL)
        self._process.wait()
        os.close(self._screen)
