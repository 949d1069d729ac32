"""The wire world: printers answer on real UDP, the server on real HTTPS, each in a process of its own.

They share one virtual clock with the story, a file that every process maps
into memory. The operator's side of the server works on the same database as
the server process does.
"""

from __future__ import annotations

import json
import re
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from esolutions_client.service.printers.printer_state import SnmpTimeouts
from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.ports import always
from esolutions_client.wire.http.transport import HttpsTransport
from esolutions_scenarios.processes.child import Child
from esolutions_scenarios.worlds.backup import back_up, lose, put_back
from esolutions_server import open_server
from esolutions_server.domain.policy_document import document_of
from esolutions_simulators.fleets.fleet import Fleet, FleetDirectory
from esolutions_simulators.snmp.launch import PrinterServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_server import ReferenceServer
    from esolutions_server.domain.policy import Policy
    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.snmp.launch import EngineName

__all__ = ["ServerProcess", "WireWorld", "WorldError", "unforeseen_in"]

# Up to the line that stands as far to the right as its first one: the error.
_TRACEBACK = re.compile(r"^( *)Traceback \(most recent call last\):\n(?:.*\n)*?\1(\S.*)$", re.MULTILINE)


def unforeseen_in(log: str) -> list[str]:
    """Return the line of the error of every traceback in a log."""
    return [found[2] for found in _TRACEBACK.finditer(log)]


class WorldError(RuntimeError):
    """A process of the world did not start, or has ended by itself."""


class ServerProcess:
    """`esolutions-server serve` as a process of its own, on a free port of 127.0.0.1."""

    def __init__(self, folder: Path, arguments: Sequence[str], port: int = 0) -> None:
        """Start it and wait until it says where it listens; port 0 is a free one.

        Raises:
            WorldError: it ended instead; the message holds its last words.
        """
        self._log_path = folder / "server.log"
        self._log = self._log_path.open("ab")
        self._child = Child("esolutions_server", ["serve", "--json", "--port", str(port), *arguments], self._log)
        try:
            line = self._child.read_line()
        except BaseException:
            self.stop()
            raise
        if not line:
            self.stop()
            raise WorldError(f"the server did not start: {self._last_words()}")
        self.ready: dict[str, Any] = json.loads(line)

    @property
    def url(self) -> str:
        """Where it takes SOAP."""
        return str(self.ready["url"])

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed its own."""
        return Path(self.ready["ca_file"])

    def check(self) -> None:
        """Raise if the server has ended.

        Raises:
            WorldError: with its last words.
        """
        if self._child.has_ended:
            raise WorldError(f"the server has ended: {self._last_words()}")

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return urlsplit(self.url).port or 0

    def kill(self) -> None:
        """End it as a power cut does."""
        self._child.kill()
        self._log.close()

    def stop(self) -> None:
        """Stop it; does nothing the second time."""
        try:
            self._child.stop()
        finally:
            self._log.close()

    def unforeseen_errors(self) -> list[str]:
        """Return the last line of every traceback in its log."""
        return unforeseen_in(self._log_path.read_text(errors="replace"))

    def _last_words(self) -> str:
        return "\n".join(self._log_path.read_text(errors="replace").splitlines()[-20:])


class WireWorld:
    """A world of processes and sockets on loopback addresses."""

    name = "wire"
    # A simulated agent answers in milliseconds; one that has not answered by then is off.
    snmp_timeouts = SnmpTimeouts(timeout_seconds=0.4, retries=1)

    def __init__(
        self,
        folder: Path,
        *,
        start: datetime,
        seed: int,
        policy: Policy,
        fleet: Fleet,
        spare_addresses: Sequence[str] = (),
        spare_communities: Sequence[str] = (),
        printer_engine: EngineName = "fast",
    ) -> None:
        """Start the processes and return when all of them answer; ``printer_engine`` is what serves the printers."""
        self._resources = ExitStack()
        self._directory = FleetDirectory(folder / "printers")
        try:
            self._clock = self._resources.enter_context(self._directory.create(fleet, start))
            self._folder, self._file, self._seed, self._policy = folder, folder / "server.sqlite", seed, policy
            # The operator's side opens the database first, so that it is there when the process starts.
            self._operator = self._start_operator()
            self._resources.callback(self._close_operator)
            self._server = self._start_server()
            self._resources.callback(self._stop_server)
            self._printers = self._resources.enter_context(
                PrinterServer(
                    self._directory,
                    port=0,
                    spare_addresses=spare_addresses,
                    spare_communities=spare_communities,
                    engine=printer_engine,
                )
            )
            self._transport = HttpsTransport(self._server.url, ca_file=self._server.ca_file, http_proxy="none")
            self._resources.callback(self._transport.close)
        except BaseException:
            self._resources.close()
            raise

    @property
    def printer_port(self) -> int:
        """The UDP port of every printer."""
        return self._printers.port

    @property
    def printer_engine(self) -> str:
        """What serves the printers."""
        return self._printers.engine_name

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it."""
        return self._operator.administration

    def set_clock(self, moment: datetime) -> None:
        """Show everybody this moment."""
        self._clock.set(moment)

    def show_fleet(self, fleet: Fleet) -> None:
        """Let the printers be as the fleet says."""
        self._directory.write(fleet)

    def snmp(self, may_send: Callable[[], bool] = always) -> SnmpPort:
        """Return a port to the printers, which asks before each datagram whether it may be sent."""
        return NativePort(may_send=may_send)

    def transport(self) -> HttpsTransport:
        """Return a port to the server."""
        return self._transport

    def unforeseen_errors(self) -> list[str]:
        """Return the errors that the server met and did not foresee, from its log."""
        return self._server.unforeseen_errors()

    def run_due_work(self) -> None:
        """Let the server do what its own clock says, and notice if a process has died."""
        self._server.check()
        self._printers.check()
        self._operator.run_due_work()

    def restart_server(self, meanwhile: Callable[[Path], None] | None = None) -> None:
        """Kill the server's process, and start another one on its port and database.

        Args:
            meanwhile: what happens to the database's file while it is not open.
        """
        port = self._server.port
        self._server.kill()
        # The same draws again would give one id to two receipts.
        self._seed += 1_000_000
        if meanwhile is not None:
            self._operator.close()
            meanwhile(self._file)
            self._operator = self._start_operator()
        self._server = self._start_server(port)

    def back_up_server(self) -> Callable[[], None]:
        """Make a backup of the server's database; return what restores the server from it."""
        kept = back_up(self._file)
        return lambda: self.restart_server(lambda database: put_back(kept, database))

    def lose_server(self) -> None:
        """Let the server's database be lost, and the server start with an empty one."""
        self.restart_server(lose)

    def close(self) -> None:
        """Stop everything."""
        self._resources.close()

    def _close_operator(self) -> None:
        self._operator.close()

    def _stop_server(self) -> None:
        self._server.stop()

    @property
    def _database(self) -> str:
        return f"sqlite:///{self._file}"

    def _start_operator(self) -> ReferenceServer:
        return open_server(
            self._database,
            now=self._clock.now,
            rng=Random(f"server/{self._seed}"),  # noqa: S311 - a simulation must be repeatable
            policy=self._policy,
        )

    def _policy_file(self) -> Path:
        """Write the terms down as the server reads them; of a text, a number and a truth TOML has the words of JSON."""
        file = self._folder / "policy.toml"
        terms = document_of(self._policy).items()
        file.write_text("".join(f"{key} = {json.dumps(value)}\n" for key, value in terms), encoding="utf-8")
        return file

    def _start_server(self, port: int = 0) -> ServerProcess:
        arguments = [
            "--testbed",
            "--clock",
            str(self._directory.clock_path),
            "--database",
            self._database,
            "--data-dir",
            str(self._folder / "server"),
            "--seed",
            str(self._seed),
            "--policy",
            str(self._policy_file()),
        ]
        return ServerProcess(self._folder, arguments, port)
