"""The three programs as processes started from the shell, on one virtual clock, and what crosses between them."""

from __future__ import annotations

import json
import re
import socket
import struct
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from esolutions_scenarios.testbed_client import client_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import ExitStack
    from pathlib import Path


START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PRINTERS = 3
BASE = "127.0.0.71"


class Clock:
    """The virtual clock that all three processes read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = START
        path.write_bytes(struct.pack("<dQ", START.timestamp(), 0))

    def forward(self, span: timedelta) -> None:
        """Let time pass."""
        self.now += span
        with self.path.open("r+b") as file:
            file.write(struct.pack("<d", self.now.timestamp()))


class CountingProxy:
    """Passes bytes on between a client and a server, and keeps the HTTP bodies that crossed."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self.streams: list[tuple[bytearray, bytearray]] = []
        self._ends: list[socket.socket] = []
        self._threads: list[threading.Thread] = [threading.Thread(target=self._accept, daemon=True)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(10)
        self._listener.close()
        for end in self._ends:
            end.close()

    def bodies(self) -> Iterator[bytes]:
        """Yield the body of every request and of every answer, as long as Content-Length says."""
        for out, back in self.streams:
            for stream in (bytes(out), bytes(back)):
                place = 0
                while (end := stream.find(b"\r\n\r\n", place)) != -1:
                    length = re.search(rb"(?i)content-length: *(\d+)", stream[place:end])
                    size = int(length[1]) if length else 0
                    yield stream[end + 4 : end + 4 + size]
                    place = end + 4 + size

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._server)
            kept = (bytearray(), bytearray())
            self.streams.append(kept)
            self._ends += [near, far]
            for source, target, stream in ((near, far, kept[0]), (far, near, kept[1])):
                thread = threading.Thread(target=_pump, args=(source, target, stream), daemon=True)
                self._threads.append(thread)
                thread.start()


def _pump(source: socket.socket, target: socket.socket, kept: bytearray) -> None:
    try:
        while data := source.recv(65536):
            kept += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)
    except OSError:
        return


class Shell:
    """Runs the programs as a person would, in processes of their own."""

    def __init__(self, folder: Path, running: ExitStack) -> None:
        self.folder = folder
        self.clock = Clock(folder / "clock")
        self._running = running

    def start(self, module: str, *arguments: str) -> str:
        """Start a program that serves, and return its first line."""
        process = subprocess.Popen(
            [sys.executable, "-m", module, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        self._running.callback(_stop, process)
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, process.stderr.read() if process.stderr else ""
        return line

    def client(self, *arguments: str, code: int = 0) -> Any:
        """Run a command of the client and return its JSON."""
        command = client_command(self.clock.path)
        return self._run([*command, "--data-dir", str(self.folder / "client"), *arguments], code)

    def run(self, *arguments: str) -> subprocess.Popen[str]:
        """Start `run` of the client, and return it once it has begun."""
        process = subprocess.Popen(
            [*client_command(self.clock.path), "--data-dir", str(self.folder / "client"), *arguments, "run"],
            stderr=subprocess.PIPE,
            text=True,
        )
        self._running.callback(_stop, process)
        assert process.stderr is not None
        line = process.stderr.readline()
        assert "INFO started" in line, line + process.stderr.read()
        return process

    def server(self, *arguments: str) -> Any:
        """Run a command of the server's operator."""
        command = [sys.executable, "-m", "esolutions_server"]
        return self._run([*command, *arguments, "--data-dir", str(self.folder / "server")], 0)

    def _run(self, command: list[str], code: int) -> Any:
        done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == code, f"{command}: {done.stdout}{done.stderr}"
        return json.loads(done.stdout) if done.stdout.startswith("{") else done.stdout


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.communicate(timeout=20)


def start_printers(shell: Shell) -> tuple[str, ...]:
    """Start nominal printers, and return what `discover` is told of them."""
    line = shell.start(
        "esolutions_simulators", "serve", "--nominal", "--count", str(PRINTERS), "--base", BASE, "--port", "0",
        "--clock", str(shell.clock.path),
    )  # fmt: skip
    port = re.match(r"[\d.]+:(\d+)", line)
    assert port is not None, line
    last = int(BASE.rpartition(".")[2]) + PRINTERS - 1
    return (f"{BASE}-{last}", "--port", port[1], "--timeout", "1")


def start_server(shell: Shell, tls: str) -> dict[str, Any]:
    """Start a testbed's server, and return what it says when it is ready."""
    folder = str(shell.folder / "server")
    line = shell.start(
        "esolutions_server", "serve", "--json", "--port", "0", "--tls", tls, "--testbed", "--clock",
        str(shell.clock.path), "--data-dir", folder,
    )  # fmt: skip
    started: dict[str, Any] = json.loads(line)
    return started


def complete_a_cycle(shell: Shell, targets: tuple[str, ...], reach: tuple[str, ...]) -> list[str]:
    """Discover, register, sign up, activate, and answer one billing request for each printer."""
    found = shell.client("discover", *targets, "--json")["found"]
    serials = [printer["serial_number"] for printer in found]
    assert len(serials) == PRINTERS
    equipment = shell.folder / "equipment.csv"
    rows = [f"{serial},2025-01-01,Office,key@customer.example,monthly" for serial in serials]
    equipment.write_text("\n".join(["serial,installed_on,account,person,frequency", *rows]) + "\n")
    shell.server("account", "add", "Office", "key@customer.example")
    shell.server("equipment", "import", str(equipment))
    assert shell.client(*reach, "register", "--all", "--json")["registered"] == serials
    shell.clock.forward(timedelta(hours=2))
    for serial in serials:
        shell.server("signup", serial)
    commands = shell.client(*reach, "sync", "--json")["commands"]
    assert [command["action"] for command in commands] == ["TurnOn"] * PRINTERS
    shell.clock.forward(timedelta(days=1))
    for serial in serials:
        shell.server("billing", "request", serial)
    shell.clock.forward(timedelta(minutes=1))
    commands = shell.client(*reach, "sync", "--json")["commands"]
    assert [command["action"] for command in commands] == ["Report"] * PRINTERS
    return serials
