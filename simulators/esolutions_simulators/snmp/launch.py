"""Start snmpsim for a fleet and stop it again.

A context manager: inside it the printers answer SNMPv1 and v2c on real UDP,
and an error of the responder is raised where it is noticed. What the printers
answer follows the fleet and the clock of the folder that was handed in.
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Thread
from typing import IO, Self

from esolutions_simulators.fleet import Fleet, FleetDirectory
from esolutions_simulators.snmp.ready import PRINTERS_PER_PROCESS, READY
from esolutions_simulators.snmp.socket_ports import PortError, free_port, refuse_taken

__all__ = ["DEFAULT_PORT", "PrinterServer", "PrinterServerError"]

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
    """

    def __init__(
        self,
        directory: FleetDirectory,
        *,
        port: int = DEFAULT_PORT,
        spare_addresses: Iterable[str] = (),
        spare_communities: Iterable[str] = (),
    ) -> None:
        self.directory = directory
        self.port = port
        fleet = directory.read()
        self.addresses = tuple(dict.fromkeys((*fleet.addresses, *spare_addresses)))
        self._communities = {"public", *fleet.communities, *spare_communities}
        self._processes: list[subprocess.Popen[bytes]] = []
        self._logs: list[Path] = []
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
            self.port = self.port or free_port(self.addresses)
            refuse_taken(self.addresses, self.port)
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
        plan = folder / "plan.json"
        described = {
            "directory": str(self.directory.path.resolve()),
            "clock": self.directory.clock_path.name,
            "addresses": self.addresses,
            "port": self.port,
            "communities": sorted(self._communities),
        }
        plan.write_text(json.dumps(described), encoding="utf-8")
        for first in range(0, len(self.addresses), PRINTERS_PER_PROCESS):
            self._launch(folder / f"process-{first}", plan, first)

    def _launch(self, folder: Path, plan: Path, first: int) -> None:
        folder.mkdir()
        # snmpsim wants a record file; our controller takes the place of what is in it.
        (folder / "any.snmprec").write_text("1.3.6|:esolutions|\n", encoding="utf-8")
        log = folder / "log.txt"
        complaints: IO[bytes] = self._resources.enter_context(log.open("wb"))
        command = [sys.executable, "-m", "esolutions_simulators.snmp.responder", str(plan), str(first), str(folder)]
        # The responder ends when its standard input does, even if this process is killed; Ctrl-C is for us alone.
        process = subprocess.Popen(  # noqa: S603 -- our own command
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=complaints, start_new_session=True
        )
        self._processes.append(process)
        self._logs.append(log)

    def _await_all(self) -> None:
        for number, process in enumerate(self._processes):
            if not _is_ready(process):
                address = self.addresses[number * PRINTERS_PER_PROCESS]
                raise PrinterServerError(f"{address}:{self.port} does not answer{self._last_words()}")

    def _is_broken(self) -> bool:
        return any(process.poll() is not None for process in self._processes)

    def _last_words(self) -> str:
        lines = [line for log in self._logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
        return "".join(f"\n  {line}" for line in lines[-_LOG_TAIL_LINES:])


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
