"""What other agents make of a GET of forty variables: snmpsim with a recording, and net-snmp's snmpd with its own rows.

They are measured in the same run, with the same load, where they are installed.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.bench.printers.fleets import MODEL, WARM_GETS, forty_names
from esolutions_scenarios.bench.printers.load import Processes, ask, request_for
from esolutions_simulators.recordings import recording_path

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = ["measure"]

_HOST = "127.0.0.1"
_BY_SNMPD = "GETs of forty variables of its own, by snmpd"
_SNMPSIM, _SNMPD = "snmpsim-command-responder", "snmpd"
_SNMPSIM_REQUESTS, _SNMPD_REQUESTS = 300, 20_000
_MOST_TRIES = 100
# Counters and other scalars that snmpd holds itself: SNMPv2-MIB's system and snmp groups, and three of the host's.
_SNMPD_NAMES = (
    *(f"1.3.6.1.2.1.1.{number}.0" for number in range(1, 8)),
    *(f"1.3.6.1.2.1.11.{number}.0" for number in (*range(1, 7), *range(8, 23), *range(24, 33))),
    *(f"1.3.6.1.2.1.25.1.{number}.0" for number in (1, 2, 5)),
)


def measure(ours: Iterator[Figure]) -> Iterator[Figure]:
    """Yield our own figures, then the GETs that each of the others answers in a CPU second, beside ours."""
    rate = 0.0
    for figure in ours:
        rate = figure.measured if figure.name == WARM_GETS else rate
        yield figure
    if rate:
        yield from _compared(rate)


def _compared(ours: float) -> Iterator[Figure]:
    scripts = os.pathsep.join((str(Path(sys.executable).parent), os.environ.get("PATH", "")))
    simulator = shutil.which(_SNMPSIM, path=scripts)
    if simulator is None:
        yield Figure("GETs of a recording, by snmpsim", 0, "a CPU s", note="snmpsim is missing: pip install snmpsim")
    else:
        rate = _with_snmpsim(simulator)
        note = f"for comparison: ours are {ours / rate:.3g} times as many; nothing moves"
        yield Figure("GETs of a recording, by snmpsim", rate, "a CPU s", note=note)
    # Debian puts it where only root's path leads.
    agent = shutil.which(_SNMPD, path=os.pathsep.join((scripts, "/usr/sbin", "/usr/local/sbin")))
    if agent is None:
        yield Figure(_BY_SNMPD, 0, "a CPU s", note="snmpd is missing: apt-get install snmpd")
    else:
        rate = _with_snmpd(agent)
        note = f"for comparison: ours are {ours / rate:.3g} times as many"
        yield Figure(_BY_SNMPD, rate, "a CPU s", note=note)


def _with_snmpsim(program: str) -> float:
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        data = Path(folder) / "data"
        data.mkdir()
        shutil.copy(recording_path(MODEL), data / "public.snmprec")
        port = _free_port()
        command = [program, "--quiet", "--data-dir", str(data), "--cache-dir", str(Path(folder) / "cache")]
        command += [f"--agent-udpv4-endpoint={_HOST}:{port}", *_as_user(folder)]
        return _rate(command, port, forty_names(), _SNMPSIM_REQUESTS)


def _with_snmpd(program: str) -> float:
    with TemporaryDirectory(prefix="esolutions-bench-") as folder:
        configuration = Path(folder) / "snmpd.conf"
        configuration.write_text(f"rocommunity public {_HOST}\n", encoding="ascii")
        port = _free_port()
        command = [program, "-f", "-r", "-C", "-c", str(configuration), "-Lf", str(Path(folder) / "log")]
        environment = {"SNMP_PERSISTENT_DIR": folder, "SNMPCONFPATH": folder, "MIBS": ""}
        return _rate([*command, f"udp:{_HOST}:{port}"], port, _SNMPD_NAMES, _SNMPD_REQUESTS, environment)


def _as_user(folder: str) -> list[str]:
    """Return what makes snmpsim content to run as root: it asks for a user to change to."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return []
    import grp
    import pwd

    Path(folder).chmod(0o755)
    return ["--process-user", pwd.getpwuid(0).pw_name, "--process-group", grp.getgrgid(0).gr_name]


def _rate(
    command: Sequence[str], port: int, names: Sequence[str], count: int, environment: dict[str, str] | None = None
) -> float:
    """Start an agent, ask it once it answers, and return its responses in a CPU second.

    Raises:
        RuntimeError: it does not answer.
    """
    request = request_for(names)
    with _started(command, environment) as agent:
        for _ in range(_MOST_TRIES):
            if _answers(request, port):
                break
        else:
            raise RuntimeError(f"{command[0]} does not answer")
        processes = Processes(agent.pid)
        began = processes.cpu_seconds()
        ask(request, [_HOST], port, count, at_once=4, each=lambda _: None)
        return count / max(processes.cpu_seconds() - began, 0.01)


@contextmanager
def _started(command: Sequence[str], environment: dict[str, str] | None) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(  # noqa: S603 - a program of this machine, with our own arguments
        command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as agent:
        try:
            yield agent
        finally:
            agent.terminate()


def _answers(request: bytes, port: int) -> bool:
    """Tell whether there is an answer within a fifth of a second."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as manager:
        manager.settimeout(0.2)
        try:
            manager.sendto(request, (_HOST, port))
            return bool(manager.recv(65_535))
        except TimeoutError:
            return False


def _free_port() -> int:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind((_HOST, 0))
        port: int = finder.getsockname()[1]
        return port
