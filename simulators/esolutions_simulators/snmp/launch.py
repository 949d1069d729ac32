"""Start the responders for a fleet and stop them again.

A context manager: inside it the printers answer SNMPv1 and v2c on real UDP,
and an error of the responder is raised where it is noticed. What the printers
answer follows the fleet and the clock of the folder that was handed in.
"""

import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Literal, Self

from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.snmp.engine import Command, Engine, Office
from esolutions_simulators.snmp.fast.engine import FastEngine
from esolutions_simulators.snmp.ready import READY
from esolutions_simulators.snmp.socket_ports import PortError
from esolutions_simulators.snmp.through_snmpsim.engine import SnmpsimEngine

__all__ = ["DEFAULT_PORT", "EngineName", "PrinterServer", "PrinterServerError"]

EngineName = Literal["fast", "snmpsim"]

DEFAULT_PORT = 1161
_START_TIMEOUT_S = 30
_STOP_TIMEOUT_S = 5
_LOG_TAIL_LINES = 20


class PrinterServerError(RuntimeError):
    """The printers cannot be served, or no longer are."""


class PrinterServer:
    """Printers on real sockets, one loopback address each.

    Args:
        directory: the folder with the fleet and its clock.
        port: the UDP port at every address; 0 picks one that is free at all.
        spare_addresses: more addresses to listen at, for printers that come later.
        spare_communities: more communities that printers may change to later.
        engine: ``fast`` is our own responder, ``snmpsim`` snmpsim's; or another one.
        fleet: the fleet that was written into the folder, where it is at hand; else it is read.
        processes: among how many the addresses are shared, by range; snmpsim has a process for every few printers.
    """

    def __init__(
        self,
        directory: FleetDirectory,
        *,
        port: int = DEFAULT_PORT,
        spare_addresses: Iterable[str] = (),
        spare_communities: Iterable[str] = (),
        engine: EngineName | Engine = "fast",
        processes: int = 1,
        fleet: Fleet | None = None,
    ) -> None:
        self.directory = directory
        self.port = port
        fleet = directory.read() if fleet is None else fleet
        self.addresses = tuple(dict.fromkeys((*fleet.addresses, *spare_addresses)))
        communities = sorted({"public", *fleet.communities, *spare_communities})
        self._office = Office(directory, self.addresses, communities)
        self.engine_name = engine if isinstance(engine, str) else type(engine).__name__
        self._engine = _engine_called(engine, processes)
        self._processes: list[subprocess.Popen[bytes]] = []
        self._logs: list[Path] = []
        self._firsts: list[int] = []
        self._resources = ExitStack()

    @property
    def endpoints(self) -> tuple[str, ...]:
        """Where the printers answer, as ``address:port``."""
        return tuple(f"{address}:{self.port}" for address in self.addresses)

    @property
    def fleet(self) -> Fleet:
        """The fleet as it was last written."""
        return self.directory.read()

    def start(self) -> Self:
        """Start the responders and return when every endpoint has answered.

        Raises:
            PrinterServerError: one of them did not.
        """
        try:
            self.port = self._engine.bind(self._office, self.port)
            self._launch_all()
            self._await_all()
        except PortError as error:
            self.stop()
            raise PrinterServerError(str(error)) from error
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop the responders and remove what they needed; does nothing the second time."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            try:
                process.wait(_STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            for pipe in (process.stdin, process.stdout):
                if pipe:
                    pipe.close()
        self._processes.clear()
        self._firsts.clear()
        self._engine.let_go()
        self._resources.close()

    def check(self) -> None:
        """Raise if a responder has ended by itself.

        Raises:
            PrinterServerError: with the last words of its log.
        """
        if self._is_broken():
            raise PrinterServerError(f"the SNMP responder has ended{self._last_words()}")

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _launch_all(self) -> None:
        folder = Path(self._resources.enter_context(TemporaryDirectory(prefix="esolutions-printers-")))
        for command in self._engine.commands(self._office, folder):
            self._launch(command, folder / f"process-{command.first}")
        self._engine.let_go()

    def _launch(self, command: Command, folder: Path) -> None:
        folder.mkdir()
        log = folder / "log.txt"
        complaints: IO[bytes] = self._resources.enter_context(log.open("wb"))
        # The responder ends when its standard input does, even if this process is killed; Ctrl-C is for us alone.
        process = subprocess.Popen(  # noqa: S603 -- our own command
            [sys.executable, "-m", command.module, *command.arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=complaints,
            start_new_session=True,
            pass_fds=command.files,
        )
        self._processes.append(process)
        self._logs.append(log)
        self._firsts.append(command.first)

    def _await_all(self) -> None:
        for first, process in zip(self._firsts, self._processes, strict=True):
            if not _is_ready(process):
                raise PrinterServerError(f"{self.addresses[first]}:{self.port} does not answer{self._last_words()}")

    def _is_broken(self) -> bool:
        return any(process.poll() is not None for process in self._processes)

    def _last_words(self) -> str:
        lines = [line for log in self._logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
        return "".join(f"\n  {line}" for line in lines[-_LOG_TAIL_LINES:])


def _engine_called(engine: EngineName | Engine, processes: int) -> Engine:
    if not isinstance(engine, str):
        return engine
    return SnmpsimEngine() if engine == "snmpsim" else FastEngine(processes)


def _is_ready(process: subprocess.Popen[bytes]) -> bool:
    """Wait until a responder says that it answers; it has half a minute, and says nothing if it ends before."""
    said: list[bytes] = []
    stdout = process.stdout
    if stdout is None:
        return False
    reader = Thread(target=lambda: said.append(stdout.readline()), daemon=True)
    reader.start()
    reader.join(_START_TIMEOUT_S)
    return said == [READY]
