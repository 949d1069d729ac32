"""The real programs on real streams."""

from __future__ import annotations

import json
import os
import pty
import socket
import subprocess
import sys
import tempfile
import termios
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.contract.output.support import fork_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Streams = tuple[int, int, int]

COLUMNS = 80
_TIMEOUT = 120


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what came out of it."""

    code: int
    out: bytes
    err: bytes


class Interpreters:
    """Starts a program as a user does: in an interpreter of its own."""

    def start(
        self, program: str, words: tuple[str, ...], streams: Streams, environment: dict[str, str], folder: Path
    ) -> Callable[[], int]:
        """Start a program on three descriptors; return what waits for its exit code."""
        stdin, stdout, stderr = streams
        running = subprocess.Popen(
            _command(program, words), stdin=stdin, stdout=stdout, stderr=stderr, env=environment, cwd=folder
        )
        return lambda: running.wait(_TIMEOUT)


class ForkServer:
    """Starts programs in forks of one process that has imported them all."""

    def __init__(self, folder: Path) -> None:
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", fork_server.__name__, str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, env=_environment({}), cwd=folder, pass_fds=[theirs.fileno()], stdin=subprocess.DEVNULL
        )
        theirs.close()

    def start(
        self, program: str, words: tuple[str, ...], streams: Streams, environment: dict[str, str], folder: Path
    ) -> Callable[[], int]:
        """Do the same as `Interpreters.start`."""
        order = {"program": program, "words": words, "environment": environment, "folder": str(folder)}
        reader, writer = os.pipe()
        with os.fdopen(writer, "wb"):
            socket.send_fds(self._control, [json.dumps(order).encode()], [*streams, writer])

        def wait() -> int:
            with os.fdopen(reader, "rb") as ended:
                return int(ended.read())

        return wait

    def close(self) -> None:
        """End it; the programs have ended."""
        self._control.close()
        self._process.wait(_TIMEOUT)


class Programs:
    """Starts the real programs, by their entry points, with their streams wherever a test says."""

    def __init__(self, folder: Path, launcher: Interpreters | ForkServer) -> None:
        self._folder = folder
        self._launcher = launcher

    def into_a_pipe(self, program: str, *words: str, **environment: str) -> Ended:
        """Read all of it."""
        reader, writer = os.pipe()
        with os.fdopen(writer, "wb"):
            wait, complaints = self._start(program, words, writer, environment)
        with os.fdopen(reader, "rb") as piped:
            out = piped.read()
        return Ended(wait(), out, complaints())

    def into_nobody(self, program: str, *words: str) -> Ended:
        """Let the reader be gone before the first word comes, as `| head -0` may be."""
        reader, writer = os.pipe()
        os.close(reader)
        with os.fdopen(writer, "wb"):
            wait, complaints = self._start(program, words, writer, {})
        return Ended(wait(), b"", complaints())

    def into_a_full_disk(self, program: str, *words: str) -> Ended:
        """Let nothing be written."""
        with Path("/dev/full").open("wb") as full:
            wait, complaints = self._start(program, words, full.fileno(), {})
        return Ended(wait(), b"", complaints())

    def into_nothing(self, program: str, *words: str) -> Ended:
        """Give it no standard output and no standard input, as some daemons have: an interpreter is born so."""
        command = ["/bin/sh", "-c", 'exec "$0" "$@" <&- >&-', *_command(program, words)]
        done = subprocess.run(command, stderr=subprocess.PIPE, env=_environment({}), cwd=self._folder, check=False)
        return Ended(done.returncode, b"", done.stderr)

    def onto_a_terminal(self, program: str, *words: str, **environment: str) -> Ended:
        """Show it on a terminal of 80 columns."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, COLUMNS))
        try:
            told = _environment({"TERM": "xterm", **environment})
            wait = self._launcher.start(program, words, (theirs, theirs, theirs), told, self._folder)
        finally:
            os.close(theirs)
        shown = b"".join(_until_it_hangs_up(ours))
        os.close(ours)
        return Ended(wait(), shown.replace(b"\r\n", b"\n"), b"")

    def _start(
        self, program: str, words: tuple[str, ...], stdout: int, environment: dict[str, str]
    ) -> tuple[Callable[[], int], Callable[[], bytes]]:
        """Start a program; return what waits for it, and what then gives its complaints."""
        complaints = tempfile.TemporaryFile()  # noqa: SIM115 - closed by what reads it
        with Path(os.devnull).open("rb") as nothing:
            streams = (nothing.fileno(), stdout, complaints.fileno())
            wait = self._launcher.start(program, words, streams, _environment(environment), self._folder)

        def read() -> bytes:
            with complaints:
                complaints.seek(0)
                return complaints.read()

        return wait, read


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
