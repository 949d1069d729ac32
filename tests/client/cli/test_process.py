"""The program as a process of its own, on the real clock of the testbed and with real sockets."""

from __future__ import annotations

import json
import os
import signal
import socket
import struct
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esolutions_client.store.store import Store
from esolutions_scenarios.testbed_client import client_command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.client.cli.support.command_line import CommandLine

pytestmark = pytest.mark.wire

_LISTENS = "0A"
_TIMEOUT = 30
_DAY = 86_400
# No agent answers on loopback addresses without printers; there is no reason to wait for them.
_CONFIG = "snmp_timeout_seconds = 0.05\nsnmp_retries = 0\n"


def sockets_of(pid: int) -> set[str]:
    """Return the inodes of a process's sockets."""
    found = set()
    for entry in Path(f"/proc/{pid}/fd").iterdir():
        # A file may be closed meanwhile: the listing itself is one.
        with suppress(FileNotFoundError):
            target = str(entry.readlink())
            if target.startswith("socket:["):
                found.add(target[8:-1])
    return found


def listening(pid: int) -> set[str]:
    """Return the inodes of those that wait for connections."""
    tables = [Path(f"/proc/{pid}/net/{name}") for name in ("tcp", "tcp6")]
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return {row[9] for row in rows if row[3] == _LISTENS} & sockets_of(pid)


@contextmanager
def started(*words: object, clock: Path | None = None) -> Iterator[subprocess.Popen[str]]:
    """Start the program, on a virtual clock where one is given, and make sure it has ended."""
    program = client_command(clock) if clock else [sys.executable, "-m", "esolutions_client"]
    process = subprocess.Popen([*program, *map(str, words)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture
def day_after(registered: CommandLine, tmp_path: Path) -> Path:
    """A clock file at the day after the registration: a sync is due."""
    path = tmp_path / "clock"
    path.write_bytes(struct.pack("<dQ", registered.testbed.now.timestamp() + _DAY, 0))
    return path


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A server that accepts connections and says nothing."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(_TIMEOUT)
        yield listener


def run_words(command: CommandLine, server: socket.socket, folder: Path) -> list[object]:
    """Return the words that let the program run against this server."""
    config = folder / "client.toml"
    config.write_text(_CONFIG)
    url = f"http://127.0.0.1:{server.getsockname()[1]}/CommunicationServer"
    return [
        *("run", "--data-dir", command.folder, "--config", config),
        *("--server-url", url, "--allow-plain-http", "--http-proxy", "none"),
    ]


def test_the_program_prints_json_and_nothing_else(tmp_path: Path) -> None:
    """Its exit codes are those of the process."""
    with started("status", "--json", "--data-dir", tmp_path) as process:
        out, err = process.communicate(timeout=_TIMEOUT)
    assert (process.returncode, err) == (0, "")
    assert json.loads(out)["registered"] is False
    with started("sync", "--data-dir", tmp_path) as process:
        out, err = process.communicate(timeout=_TIMEOUT)
    assert (process.returncode, out) == (2, "")
    assert "Traceback" not in err


def test_the_client_listens_nowhere_and_stops_when_told(
    registered: CommandLine, server: socket.socket, tmp_path: Path, day_after: Path
) -> None:
    """While it talks to its server it has one socket for that, and none that waits for connections."""
    assert listening(os.getpid()), "the listener of this test must be seen, or the test would see nothing"
    words = run_words(registered, server, tmp_path)
    with started(*words, clock=day_after) as process:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(_TIMEOUT)
            assert connection.recv(5) == b"POST "
            assert sockets_of(process.pid)
            assert listening(process.pid) == set()
            process.send_signal(signal.SIGTERM)
            _, err = process.communicate(timeout=_TIMEOUT)
    assert process.returncode == 0, err
    assert "Traceback" not in err


def test_a_client_killed_while_it_sends_holds_the_attempt(
    registered: CommandLine, server: socket.socket, tmp_path: Path, day_after: Path
) -> None:
    """What left the machine is in the archive, byte for byte, with no outcome; and the store is free again."""
    words = run_words(registered, server, tmp_path)
    with started(*words, clock=day_after) as process:
        connection, _ = server.accept()
        with connection:
            received = _request(connection)
            process.kill()
            process.communicate(timeout=_TIMEOUT)
    store = Store(registered.folder / "client.sqlite")
    try:
        with store.exclusive():
            attempt = store.outbox.sent(1)[0]
    finally:
        store.close()
    assert (attempt.operation, attempt.outcome, attempt.response) == ("SyncProxy", None, None)
    assert attempt.body == received


def _request(connection: socket.socket) -> bytes:
    """Return the body of one HTTP request."""
    with connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()) != b"\r\n":
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        return stream.read(length)
