"""The real programs on real streams."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 80
_TIMEOUT = 120


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what came out of it."""

    code: int
    out: bytes
    err: bytes


class Programs:
    """Starts the real programs, by their entry points, with their streams wherever a test says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def into_a_pipe(self, program: str, *words: str, **environment: str) -> Ended:
        """Let somebody read all of it."""
        done = subprocess.run(
            _command(program, words), capture_output=True, env=_environment(environment), cwd=self._folder,
            timeout=_TIMEOUT, check=False,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout, done.stderr)

    def into_nobody(self, program: str, *words: str) -> Ended:
        """Let the reader be gone before the first word comes, as `| head -0` may be."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            return self._into(writer, program, *words)
        finally:
            os.close(writer)

    def into_a_full_disk(self, program: str, *words: str) -> Ended:
        """Let nothing be written."""
        with Path("/dev/full").open("wb") as full:
            return self._into(full.fileno(), program, *words)

    def into_nothing(self, program: str, *words: str) -> Ended:
        """Give it no standard output and no standard input, as some daemons have."""
        command = ["/bin/sh", "-c", 'exec "$0" "$@" <&- >&-', *_command(program, words)]
        done = subprocess.run(command, stderr=subprocess.PIPE, env=_environment({}), cwd=self._folder, check=False)
        return Ended(done.returncode, b"", done.stderr)

    def onto_a_terminal(self, program: str, *words: str, **environment: str) -> Ended:
        """Show it on a terminal of 80 columns."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, COLUMNS))
        try:
            running = subprocess.Popen(
                _command(program, words), stdin=theirs, stdout=theirs, stderr=theirs, cwd=self._folder,
                env=_environment({"TERM": "xterm", **environment}),
            )  # fmt: skip
        finally:
            os.close(theirs)
        shown = b"".join(_until_it_hangs_up(ours))
        os.close(ours)
        return Ended(running.wait(_TIMEOUT), shown.replace(b"\r\n", b"\n"), b"")

    def _into(self, descriptor: int, program: str, *words: str) -> Ended:
        done = subprocess.run(
            _command(program, words), stdout=descriptor, stderr=subprocess.PIPE, env=_environment({}),
            cwd=self._folder, timeout=_TIMEOUT, check=False,
        )  # fmt: skip
        return Ended(done.returncode, b"", done.stderr)


def _until_it_hangs_up(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # Linux: EIO, when the other side was closed
            return
        if not read:
            return
        yield read


def _command(program: str, words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", f"esolutions_{program}", *words]


def _environment(more: dict[str, str]) -> dict[str, str]:
    unset = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "LC_ALL"}
    return {**{name: value for name, value in os.environ.items() if name not in unset}, "LANG": "C.UTF-8", **more}
