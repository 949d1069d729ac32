"""Recordings served by plain snmpsim over UDP."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.queries import get

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def served(
    recordings: Path, folder: Path, host: str = "127.0.0.1", port: int | None = None
) -> Iterator[tuple[str, int]]:
    """Serve the recordings of a folder, each under the community of its name; yield host and port."""
    shutil.copytree(recordings, folder / "data", ignore=shutil.ignore_patterns("*.txt", "*.md"))
    port = port or _free_port(host)
    command = [
        str(Path(sys.executable).with_name("snmpsim-command-responder")),
        f"--data-dir={folder / 'data'}",
        f"--cache-dir={folder / 'cache'}",
        f"--agent-udpv4-endpoint={host}:{port}",
        "--logging-method=null",
    ]
    if os.geteuid() == 0:
        # snmpsim refuses to run as root unless it is told whom to be.
        command += ["--process-user=root", "--process-group=root"]
    with (
        (folder / "output").open("wb") as output,
        subprocess.Popen(command, stdout=output, stderr=output) as agent,
    ):
        try:
            last = max(recordings.glob("*.snmprec")).stem
            _await_answer(agent, Target(host, port, community=last), folder / "output")
            yield host, port
        finally:
            agent.terminate()


def _free_port(host: str = "127.0.0.1") -> int:
    """Return a free UDP port."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as finder:
        finder.bind((host, 0))
        port: int = finder.getsockname()[1]
        return port


def _await_answer(agent: subprocess.Popen[bytes], last: Target, output: Path) -> None:
    """Return when the agent answers for its last recording; the port's own time limit is the wait between attempts."""
    target = replace(last, timeout_seconds=0.5, retries=0)
    for _ in range(120):
        if agent.poll() is not None:
            break
        ((_, outcome),) = next(iter(PysnmpPort().converse([(target, get(("1.3.6.1.2.1.1.1.0",)))])))
        if not isinstance(outcome, SnmpError):
            return
    pytest.fail(f"snmpsim does not answer: {output.read_text()[-500:]}")
