"""Client, server and printers as three processes started from the shell, and what crosses between them."""

from __future__ import annotations

import json
import re
import socket
import sqlite3
import struct
import subprocess
import sys
import threading
from contextlib import ExitStack, closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

import pytest

from esolutions_scenarios.referee.specification import load_specification
from esolutions_scenarios.testbed_client import client_command
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.wire

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_PRINTERS = 3
_BASE = "127.0.0.71"


class Clock:
    """The virtual clock that all three processes read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = _START
        path.write_bytes(struct.pack("<dQ", _START.timestamp(), 0))

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


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell whose programs are stopped at the end."""
    with ExitStack() as running:
        yield Shell(tmp_path, running)


def _start_printers(shell: Shell) -> tuple[str, ...]:
    line = shell.start(
        "esolutions_simulators", "serve", "--nominal", "--count", str(_PRINTERS), "--base", _BASE, "--port", "0",
        "--clock", str(shell.clock.path),
    )  # fmt: skip
    port = re.match(r"[\d.]+:(\d+)", line)
    assert port is not None, line
    last = int(_BASE.rpartition(".")[2]) + _PRINTERS - 1
    return (f"{_BASE}-{last}", "--port", port[1], "--timeout", "1")


def _start_server(shell: Shell, tls: str) -> dict[str, Any]:
    folder = str(shell.folder / "server")
    line = shell.start(
        "esolutions_server", "serve", "--json", "--port", "0", "--tls", tls, "--testbed", "--clock",
        str(shell.clock.path), "--data-dir", folder,
    )  # fmt: skip
    started: dict[str, Any] = json.loads(line)
    return started


def _live_a_cycle(shell: Shell, targets: tuple[str, ...], reach: tuple[str, ...]) -> list[str]:
    """Discover, register, sign up, activate, and answer one billing request for each printer."""
    found = shell.client("discover", *targets, "--json")["found"]
    serials = [printer["serial_number"] for printer in found]
    assert len(serials) == _PRINTERS
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
    assert [command["action"] for command in commands] == ["TurnOn"] * _PRINTERS
    shell.clock.forward(timedelta(days=1))
    for serial in serials:
        shell.server("billing", "request", serial)
    shell.clock.forward(timedelta(minutes=1))
    commands = shell.client(*reach, "sync", "--json")["commands"]
    assert [command["action"] for command in commands] == ["Report"] * _PRINTERS
    return serials


def _published(name: str, devices: int) -> int:
    return next(formula.size(devices) for formula in load_specification().formulas if formula.name == name)


def test_what_a_proxy_in_between_counts_is_what_the_faq_publishes(shell: Shell) -> None:
    """Over plain HTTP on loopback, so that the proxy sees the bodies: all formulas hold on what really crossed."""
    targets = _start_printers(shell)
    url = _start_server(shell, "off")["url"]
    host, port = re.match(r"http://([^:/]+):(\d+)", url).groups()  # type: ignore[union-attr]
    with CountingProxy(host, int(port)) as proxy:
        reach = (
            "--server-url", f"http://127.0.0.1:{proxy.port}/CommunicationServer", "--allow-plain-http",
            "--http-proxy", "none",
        )  # fmt: skip
        _live_a_cycle(shell, targets, reach)
        sizes = {}
        for body in proxy.bodies():
            name = re.search(rb"<(?:ns0|tns):(\w+)[ >]", body)
            kind = "Report" if b">Report<" in body else name[1].decode() if name else "?"
            sizes[kind] = len(body)
    assert sizes["RegisterProxy"] == _published("reg proxy", 0)
    assert sizes["RegisterProxyDevices"] == _published("reg proxy device", _PRINTERS)
    assert sizes["RegisterProxy"] + sizes["RegisterProxyDevices"] == _published("total registration", _PRINTERS)
    assert sizes["SyncProxy"] == _published("sync proxy request", 0)
    assert sizes["SyncProxyResponse"] == _published("sync proxy request response", _PRINTERS)
    assert sizes["SyncProxyStatus"] == _published("sync proxy status", _PRINTERS)
    assert sizes["Report"] == _published("billing transaction request", _PRINTERS)
    assert sizes["SubmitBillingTransaction"] == _published("billing transaction response", _PRINTERS)


def test_over_https_the_bills_are_what_the_printers_show(shell: Shell) -> None:
    """With certificate and host name checked; the transmitted values are those of the client's own meter page."""
    targets = _start_printers(shell)
    started = _start_server(shell, "auto")
    reach = ("--server-url", started["url"], "--ca", started["ca_file"], "--http-proxy", "none")
    for serial in some(_live_a_cycle(shell, targets, reach)):
        meters = shell.client("meters", serial, "--json")["meters"]
        assert meters
        assert all(meter["transmitted"] == meter["current"] for meter in some(meters))
    sent = shell.client("sent", "--json")["sent"]
    assert all(message["outcome"] == "acknowledged" for message in some(sent))
    # Without the authority, nothing is sent.
    refused = ("--server-url", started["url"], "--http-proxy", "none", "--data-dir", str(shell.folder / "other"))
    shell.client(*refused, "sync", "--json", code=2)


def test_communication_that_is_turned_off_stays_off_across_processes(shell: Shell) -> None:
    """`disable` in one process stops `sync` and `poll` in the next; `enable` lets them go again."""
    targets = _start_printers(shell)
    started = _start_server(shell, "auto")
    reach = ("--server-url", started["url"], "--ca", started["ca_file"], "--http-proxy", "none")
    shell.client("discover", *targets)
    assert len(shell.client(*reach, "register", "--all", "--json")["registered"]) == _PRINTERS
    # A poll and a sync are due.
    shell.clock.forward(timedelta(days=1))
    shell.client("disable")
    before = len(shell.client("sent", "--json")["sent"])
    shell.client("sync", code=1)
    shell.client("poll", code=1)
    shell.client("run", "--once")
    assert len(shell.client("sent", "--json")["sent"]) == before
    shell.client("enable")
    shell.client("sync", "--json")


def test_a_printer_is_added_while_run_is_at_work_and_after_it_was_killed(shell: Shell) -> None:
    """`register`, `poll` and `sync` of one process are done by another, and by themselves where that one has died."""
    targets = _start_printers(shell)
    started = _start_server(shell, "auto")
    reach = ("--server-url", started["url"], "--ca", started["ca_file"], "--http-proxy", "none")
    serials = [printer["serial_number"] for printer in shell.client("discover", *targets, "--json")["found"]]
    assert shell.client(*reach, "register", serials[0], "--json")["registered"] == serials[:1]
    running = shell.run()
    assert shell.client("status", "--json")["at_work"] is True
    # Neither of them says where the server is: the way to it has worked, and is remembered.
    assert shell.client("register", serials[1], "--json")["registered"] == serials[1:2]
    assert sorted(shell.client("poll", "--json")["answered"]) == sorted(serials[:2])
    assert shell.client("sync", "--json")["commands"] == []
    refused = shell.client("--server-url", "https://other.example/x", "poll", code=2)
    assert refused == ""
    with closing(sqlite3.connect(shell.folder / "client" / "client.sqlite")) as store, store:
        # A wish that `run` was in the middle of when it died.
        running.kill()
        running.wait()
        store.execute(
            "INSERT INTO wish (kind, arguments, asked_at, state, attempts) VALUES ('register', ?, ?, 'taken', 1)",
            (json.dumps({"serials": serials[1:2]}), shell.clock.now.isoformat()),
        )
    assert shell.client("register", serials[2], "--json")["registered"] == serials[2:]
    assert shell.client("status", "--json")["at_work"] is False
    shell.client("run", "--once")
    assert shell.client("status", "--json")["wishes"] == []
    listed = shell.client("devices", "--json")["devices"]
    assert [(device["serial_number"], device["state"]) for device in listed] == [(s, "registered") for s in serials]
