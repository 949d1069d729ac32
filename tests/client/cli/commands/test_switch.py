"""`disable` is a promise: when it has ended not one packet leaves a living `run`, and `run` waits for `enable`."""

from __future__ import annotations

import os
import signal
import socket
import struct
import subprocess
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esolutions_client.service.printers.addresses.searches import Searched, remember_search
from esolutions_client.store.store import Store
from esolutions_client.store.switch import Switch, switch_path
from esolutions_scenarios.testbed_client import client_command

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.client.cli.support.command_line import CommandLine

pytestmark = pytest.mark.wire

_TIMEOUT = 60
_DAY = 86_400
# How long `disable` waits for a program that says nothing.
_PATIENCE_SECONDS = 40.0
# 16,384 addresses of the loopback network, asked twice: eleven seconds of a sweep.
_WHERE = "127.77.0.0/18"
_LISTENING = [f"127.77.{third}.{last}" for third in range(0, 64, 4) for last in (1, 129)]


class Lan:
    """Sockets that answer nothing, at the printers' addresses and among those that are searched."""

    def __init__(self, resources: ExitStack) -> None:
        printer = resources.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
        printer.bind(("127.0.0.1", 0))
        self.port: int = printer.getsockname()[1]
        self.printer = printer
        self.others = []
        for address in _LISTENING:
            other = resources.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            other.bind((address, self.port))
            self.others.append(other)
        self.printer.settimeout(_TIMEOUT)

    def drain(self) -> int:
        """Return how many datagrams have arrived since this was last asked."""
        count = 0
        for each in (self.printer, *self.others):
            each.setblocking(False)  # noqa: FBT003 - the standard library's signature
            try:
                while each.recv(65536):
                    count += 1
            except BlockingIOError:
                continue
        return count


class Client:
    """The program at a data folder whose printers are silent."""

    def __init__(self, folder: Path, clock: Path, url: str) -> None:
        self.config = clock.with_name("client.toml")
        self.store_path = folder / "client.sqlite"
        self._command = client_command(clock)
        self._rest = ["--data-dir", str(folder), "--config", str(self.config), "--server-url", url]
        self._rest += ["--allow-plain-http", "--http-proxy", "none"]

    @contextmanager
    def start(self, *words: str) -> Iterator[subprocess.Popen[str]]:
        """Start a command, and make sure that it has ended."""
        command = [*self._command, *words, *self._rest]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        with process:
            try:
                yield process
            finally:
                process.kill()

    def __call__(self, *words: str) -> tuple[int, str, str]:
        """Run a command to its end; return its exit code and what it said."""
        with self.start(*words) as process:
            out, err = process.communicate(timeout=_TIMEOUT)
        return process.returncode, out, err


@pytest.fixture
def resources() -> Iterator[ExitStack]:
    """What is closed in the end."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture
def server(resources: ExitStack) -> socket.socket:
    """A server that accepts connections and says nothing."""
    listener = resources.enter_context(socket.create_server(("127.0.0.1", 0)))
    listener.settimeout(_TIMEOUT)
    return listener


@pytest.fixture
def lan(resources: ExitStack) -> Lan:
    """A network of silence."""
    return Lan(resources)


@pytest.fixture
def client(registered: CommandLine, lan: Lan, server: socket.socket, tmp_path: Path) -> Client:
    """A client with one printer that is polled at the day after its registration, and a search a person once made."""
    clock = tmp_path / "clock"
    clock.write_bytes(struct.pack("<dQ", registered.testbed.now.timestamp() + _DAY, 0))
    (tmp_path / "client.toml").write_text("snmp_timeout_seconds = 0.05\nsnmp_retries = 0\n")
    with closing(Store(registered.folder / "client.sqlite")) as store:
        kept, gone = store.devices.all()
        with store.transaction():
            store.devices.save(replace(kept, host="127.0.0.1", port=lan.port))
            store.devices.save(replace(gone, state="retired"))
        store.settings.searched = None
        remember_search(store, Searched((_WHERE,), port=lan.port))
    return Client(registered.folder, clock, f"http://127.0.0.1:{server.getsockname()[1]}/CommunicationServer")


def ends_well(run: subprocess.Popen[str]) -> bool:
    """Stop a living `run` and say whether it had gone on as if nothing had been."""
    assert run.poll() is None
    run.send_signal(signal.SIGTERM)
    _, err = run.communicate(timeout=_TIMEOUT)
    return run.returncode == 0 and "Traceback" not in err


def test_no_datagram_leaves_a_poll_after_disable(client: Client, lan: Lan) -> None:
    """A printer that is silent is asked no more, although its time is not over."""
    client.config.write_text("snmp_timeout_seconds = 20.0\nsnmp_retries = 9\n")
    with client.start("run") as run:
        lan.printer.recv(65536)
        code, out, _ = client("disable")
        lan.drain()
        # Other programs come and go meanwhile: the living one has had its time, and none of them sends anything.
        assert (code, "turned off" in out) == (0, True)
        for words in (["read", f"127.0.0.1:{lan.port}"], ["discover", f"127.0.0.1:{lan.port}"]):
            assert client(*words)[0] == 1
        assert client("status")[0] == 0
        assert lan.drain() == 0
        assert ends_well(run)
    assert lan.drain() == 0


def test_no_datagram_leaves_a_search_after_disable(client: Client, lan: Lan) -> None:
    """Thousands of addresses were still to be asked."""
    with client.start("run") as run:
        lan.others[2].settimeout(_TIMEOUT)
        lan.others[2].recv(65536)
        assert client("disable")[0] == 0
        lan.drain()
        assert client("status")[0] == 0
        assert lan.drain() == 0
        assert ends_well(run)
    assert lan.drain() == 0


def test_no_byte_leaves_an_exchange_after_disable_and_enable_goes_on(
    client: Client, lan: Lan, server: socket.socket
) -> None:
    """The connection to a slow server is gone; no other is opened until `enable`, which the living program notices."""
    lan.printer.close()
    for other in lan.others:
        other.close()
    with closing(Store(client.store_path)) as store:
        store.settings.searched = None
    with client.start("run") as run:
        connection, _ = server.accept()
        with connection:
            connection.settimeout(_TIMEOUT)
            assert connection.recv(65536).startswith(b"POST ")
            assert client("disable")[0] == 0
            connection.setblocking(False)  # noqa: FBT003 - the standard library's signature
            assert is_over(connection)
        assert client("status")[0] == 0
        server.setblocking(False)  # noqa: FBT003 - the same
        with pytest.raises(BlockingIOError):
            server.accept()
        assert run.poll() is None
        server.settimeout(_TIMEOUT)
        assert client("enable")[0] == 0
        again, _ = server.accept()
        with again:
            again.settimeout(_TIMEOUT)
            assert again.recv(65536).startswith(b"POST ")
            assert ends_well(run)


def is_over(connection: socket.socket) -> bool:
    """Read what had been sent before, without waiting; say whether the other side has closed the connection by now."""
    try:
        while connection.recv(65536):
            continue
    except ConnectionResetError:
        return True
    except BlockingIOError:
        return False
    return True


def test_disable_waits_for_nobody_who_was_killed_and_cannot_confirm_one_who_was_suspended(
    client: Client, lan: Lan, registered: CommandLine
) -> None:
    """A suspended program keeps its sockets: communication is off, and the exit code says that it is not confirmed."""
    client.config.write_text("snmp_timeout_seconds = 20.0\nsnmp_retries = 9\n")
    with client.start("run") as run:
        lan.printer.recv(65536)
        run.send_signal(signal.SIGSTOP)
        os.waitid(os.P_PID, run.pid, os.WSTOPPED)
        # Nothing but its own waiting takes time while the other is suspended, so that none has to pass.
        registered.waits.clear()
        registered.on_wait = lambda: None
        assert registered("disable") == 1
        assert ("waiting" in registered.out, "does not confirm" in registered.err) == (True, True)
        assert sum(registered.waits) == pytest.approx(_PATIENCE_SECONDS)
        assert client("status", "--json")[1].count('"off"') == 1
        run.kill()
        run.communicate(timeout=_TIMEOUT)
    assert client("disable")[0] == 0


def test_disable_and_enable_need_no_store(client: Client) -> None:
    """It is damaged, and communication is turned off and on all the same; that it is not noted is said."""
    path = client.store_path
    path.write_bytes(b"damaged" * 1000)
    for word, is_on in (("disable", False), ("enable", True)):
        code, out, err = client(word)
        assert (code, "turned" in out, "is not noted" in err) == (0, True, True)
        assert Switch(switch_path(path)).is_on is is_on
