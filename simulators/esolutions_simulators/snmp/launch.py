"""Start snmpsim for a fleet and stop it again.

A context manager: inside it the printers answer SNMPv1 and v2c on real UDP,
and an error of the responder is raised where it is noticed. What the printers
answer follows the fleet and the clock of the folder that was handed in.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Self

from esolutions_simulators.fleet import Fleet, FleetDirectory
from esolutions_simulators.snmp.probe import READY_COMMUNITY, is_ready
from esolutions_simulators.snmp.socket_ports import PortError, free_port, refuse_taken

__all__ = ["DEFAULT_PORT", "PrinterServer", "PrinterServerError"]

DEFAULT_PORT = 1161
# snmpsim keeps at most 32 files open and answers in one thread.
PRINTERS_PER_PROCESS = 25
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
            if process.stdin:
                process.stdin.close()
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
        directory = str(self.directory.path.resolve())
        clock = self.directory.clock_path.name
        plan.write_text(json.dumps({"directory": directory, "clock": clock, "endpoints": self.addresses}))
        data = folder / "data"
        data.mkdir()
        for community in {*self._communities, READY_COMMUNITY}:
            # snmpsim knows a community by its record file; our controller takes the place of what is in it.
            (data / f"{community}.snmprec").write_text("1.3.6|:esolutions|\n")
        for first in range(0, len(self.addresses), PRINTERS_PER_PROCESS):
            self._launch(folder, plan, first)

    def _launch(self, folder: Path, plan: Path, first: int) -> None:
        cache = folder / f"cache-{first}"
        cache.mkdir()
        log = folder / f"log-{first}.txt"
        output: IO[bytes] = self._resources.enter_context(log.open("wb"))
        command = [
            *(sys.executable, "-m", "snmpsim.commands.responder", "--quiet", "--log-level", "error"),
            *("--cache-dir", str(cache), "--data-dir", str(folder / "data")),
            *("--variation-modules-dir", str(Path(__file__).parent / "variation")),
            *("--variation-module-options", f"esolutions:{plan}", "--transport-id-offset", str(first)),
            *_own_user(),
        ]
        mine = self.addresses[first : first + PRINTERS_PER_PROCESS]
        command += [f"--agent-udpv4-endpoint={address}:{self.port}" for address in mine]
        # The responder ends when its standard input does, even if this process is killed; Ctrl-C is for us alone.
        process = subprocess.Popen(  # noqa: S603 -- our own command
            command, stdin=subprocess.PIPE, stdout=output, stderr=output, start_new_session=True
        )
        self._processes.append(process)
        self._logs.append(log)

    def _await_all(self) -> None:
        for address in self.addresses:
            if not is_ready(address, self.port, lambda: not self._is_broken()):
                raise PrinterServerError(f"{address}:{self.port} does not answer{self._last_words()}")

    def _is_broken(self) -> bool:
        return any(process.poll() is not None for process in self._processes)

    def _last_words(self) -> str:
        lines = [line for log in self._logs if log.exists() for line in log.read_text(errors="replace").splitlines()]
        return "".join(f"\n  {line}" for line in lines[-_LOG_TAIL_LINES:])


def _own_user() -> list[str]:
    """Return what makes snmpsim content to run as root: it asks for a user to change to."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return []
    import grp
    import pwd

    # Another user could not read the fleet nor, often, the Python it runs on; loopback needs no protection.
    user, group = pwd.getpwuid(0).pw_name, grp.getgrgid(0).gr_name
    return ["--process-user", user, "--process-group", group]
