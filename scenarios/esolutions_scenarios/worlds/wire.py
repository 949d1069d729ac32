"""The wire world: printers answer on real UDP, the server on real HTTPS, each in a process of its own.

They share one virtual clock with the story, a file that every process maps
into memory. The operator's side of the server works on the same database as
the server process does. A witness tells when a printer will not answer, so
that no client waits for one that is off.
"""

from __future__ import annotations

import json
from contextlib import ExitStack
from random import Random
from typing import TYPE_CHECKING

from esolutions_client.service.printers.printer_state import SnmpTimeouts
from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.ports import always
from esolutions_client.wire.http.transport import HttpsTransport
from esolutions_scenarios.worlds.backup import back_up, lose, put_back
from esolutions_scenarios.worlds.server_process import ServerProcess
from esolutions_scenarios.worlds.witness import PatienceClock, Witness, WitnessedChannel, witness_printer
from esolutions_server import open_server
from esolutions_server.domain.policy_document import document_of
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.snmp.launch import PrinterServer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_server import ReferenceServer
    from esolutions_server.domain.policy import Policy
    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.fleets.fleet import Fleet
    from esolutions_simulators.snmp.launch import EngineName

__all__ = ["WireWorld"]


class WireWorld:
    """A world of processes and sockets on loopback addresses."""

    name = "wire"

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
        # snmpsim has several processes and sockets: there, an answer of one says nothing of the others.
        self._extra = (witness_printer(start),) if printer_engine == "fast" else ()
        try:
            self._clock = self._resources.enter_context(self._directory.create((*fleet, *self._extra), start))
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
            self._patience, self._witness = PatienceClock(), self._open_witness()
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
    def snmp_timeouts(self) -> SnmpTimeouts:
        """How patient a client is: as at a customer's, unless it would have to be waited for."""
        # A simulated agent answers in milliseconds; one that has not answered by then is off.
        return SnmpTimeouts() if self._witness else SnmpTimeouts(timeout_seconds=0.4, retries=1)

    @property
    def skipped_seconds(self) -> float:
        """How much of its patience a client did not have to spend in real time."""
        return self._patience.skipped_seconds

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it."""
        return self._operator.administration

    def set_clock(self, at: datetime) -> None:
        """Show every printer this time."""
        self._clock.set(at)

    def show_fleet(self, fleet: Fleet) -> None:
        """Let the printers be as the fleet says."""
        self._directory.write((*fleet, *self._extra))

    def snmp(self, may_send: Callable[[], bool] = always) -> SnmpPort:
        """Return a port to the printers, which asks before each datagram whether it may be sent."""
        witness = self._witness
        if witness is None:
            return NativePort(may_send=may_send)
        patience = self._patience
        return NativePort(
            may_send=may_send, monotonic=patience, open_channel=lambda: WitnessedChannel(witness, patience)
        )

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

    def _open_witness(self) -> Witness | None:
        if not self._extra:
            return None
        witness = Witness(self._printers.port)
        self._resources.callback(witness.close)
        return witness

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
