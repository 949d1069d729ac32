"""Printers for these tests: recorded ones, one made of rows, and the ways in which agents misbehave."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.errors import NO_SUCH_NAME, AgentError, SilentError, SnmpError, TooBigError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext, Reply, Request, Value
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.queries import get
from esolutions_client.snmp.replay import ReplayPort

Answerer = Callable[[Request], Reply]

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)
XCMI = "1.3.6.1.4.1.253.8.53.13.2.1"
CANARY = "canary-customer-data"


@pytest.fixture
def now() -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: MOMENT


@pytest.fixture(scope="session")
def recordings(pytestconfig: pytest.Config) -> Path:
    """The folder of recordings of real devices, which are not part of the product."""
    folder = pytestconfig.rootpath.parent / "shared" / "recordings" / "librenms"
    if not folder.is_dir():
        pytest.skip(f"no recordings of real devices at {folder}")
    return folder


@pytest.fixture(scope="session")
def cases(pytestconfig: pytest.Config) -> Path:
    """The folder of small cases made after public reports, which are not part of the product."""
    folder = pytestconfig.rootpath.parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip(f"no reported cases at {folder}")
    return folder


@pytest.fixture
def xerox() -> dict[str, Value]:
    """The rows of a colour multifunction with every kind of counter, scattered over three role devices."""
    return dict(_xerox_rows())


def _xerox_rows() -> Iterator[tuple[str, Value]]:
    system = "1.3.6.1.2.1.1"
    yield f"{system}.1.0", b"Xerox AltaLink C8045; SS 100.002, NC 100.002"
    yield f"{system}.2.0", "1.3.6.1.4.1.253.8.62.1.35.2.3.1.1"
    yield f"{system}.3.0", 4_280_423
    for column in (4, 5, 6):
        yield f"{system}.{column}.0", CANARY.encode()
    yield "1.3.6.1.2.1.25.3.2.1.2.1", "1.3.6.1.2.1.25.3.1.5"
    yield "1.3.6.1.2.1.25.3.2.1.2.102", "1.3.6.1.4.1.253.8.52.2.102"
    yield "1.3.6.1.2.1.25.3.2.1.2.103", "1.3.6.1.4.1.253.8.52.2.103"
    yield "1.3.6.1.2.1.25.3.5.1.1.1", 3
    yield "1.3.6.1.2.1.25.3.5.1.2.1", b"\x20\x00"
    yield "1.3.6.1.2.1.43.5.1.1.17.1", b"ABC123456"
    yield "1.3.6.1.2.1.43.10.2.1.3.1.1", 7
    yield "1.3.6.1.2.1.43.10.2.1.4.1.1", 30_745
    yield from _xerox_meters()
    yield from _xerox_supplies()
    yield "1.3.6.1.4.1.253.8.51.1.2.1.20.1", b"MFG:Xerox; CMD:PCL; MDL:AltaLink C8045; CLS:Printer"


def _xerox_meters() -> Iterator[tuple[str, Value]]:
    for device, detail, n, name, value in (
        (1, 20, 1, b"Total Impressions", 30_734),
        (1, 20, 33, b"Color Impressions", 734),
        (1, 20, 34, b"Black Impressions", 30_000),
        (1, 20, 38, b"Sheets", 20_000),
        (103, 20, 3, b"Black Copied Impressions", 555),
        (103, 20, 1, b"Total Impressions", 1),
        (1, 30, 1, b"Resettable Impressions", 11),
        (1, 230, 1, b"Service Impressions", 12),
        (1, 232, 1, b"Total Impressions", 999_999),
    ):
        yield f"{XCMI}.6.{device}.{detail}.{n}", value
        yield f"{XCMI}.8.{device}.{detail}.{n}", name
    # A name without a value and a value without a name: neither is a meter.
    yield f"{XCMI}.8.1.20.71", b"Fax Impressions"
    yield f"{XCMI}.6.1.20.72", 13


def _xerox_supplies() -> Iterator[tuple[str, Value]]:
    rows = (
        (1, 1, 3, b"Black Toner, PN 006R01509;SN48178080E0000481", 7, 5300, 1060),
        (2, 2, 3, b"Cyan Toner, PN 006R01512;SN461E7A80E0000489", 7, 3000, 1980),
        (5, 0, 9, b"Drum Cartridge", 19, 100, 50),
        (6, 0, 9, b"Drum Cartridge", 19, 100, -2),
        (10, 0, 4, b"Waste Toner Container\0", 19, -2, -3),
    )
    for index, *values in rows:
        for column, value in zip((3, 5, 6, 7, 8, 9), values, strict=True):
            yield f"1.3.6.1.2.1.43.11.1.1.{column}.1.{index}", value
    yield "1.3.6.1.2.1.43.12.1.1.4.1.1", b"black"
    yield "1.3.6.1.2.1.43.12.1.1.4.1.2", b"cyan"


def obliging(rows: dict[str, Value]) -> Answerer:
    """An agent with these rows and no quirks."""
    return ReplayPort(rows).answer


def deaf_to_get(agent: Answerer) -> Answerer:
    """GET fails where a walk works."""
    return lambda request: [None] * len(request.oids) if isinstance(request, Get) else agent(request)


def too_big_beyond(most: int) -> Callable[[Answerer], Answerer]:
    """Answers of more than `most` variables do not fit."""

    def quirk(agent: Answerer) -> Answerer:
        def answer(request: Request) -> Reply:
            size = request.max_repetitions if isinstance(request, GetBulk) else len(request.oids)
            if size > most:
                raise TooBigError("too big")
            return agent(request)

        return answer

    return quirk


def version_1(agent: Answerer) -> Answerer:
    """No GETBULK, and one missing variable refuses the whole request."""

    def answer(request: Request) -> Reply:
        if isinstance(request, GetBulk):
            raise SilentError("a version 1 agent drops what it cannot decode")
        rows = agent(request)
        for index, row in enumerate(rows, start=1):
            if row is None or (isinstance(row, tuple) and row[1] is None):
                raise AgentError(NO_SUCH_NAME, index)
        return rows

    return answer


def circling(agent: Answerer) -> Answerer:
    """After the last row of a table comes its first."""

    def answer(request: Request) -> Reply:
        rows = agent(request)
        if isinstance(request, GetBulk) and rows:
            return [*rows, rows[0]] * 2
        return rows

    return answer


def endless(_: Answerer) -> Answerer:
    """Every table goes on for ever, always increasing."""

    def after(oid: str, step: int) -> tuple[str, Value]:
        root, _, last = oid.rpartition(".")
        return (f"{root}.{int(last) + step}" if oid.count(".") > 11 else f"{oid}.1.20.{step}"), 1

    def answer(request: Request) -> Reply:
        if isinstance(request, Get):
            return [1] * len(request.oids)
        if isinstance(request, GetNext):
            return [after(oid, 1) for oid in request.oids]
        return [after(request.oid, step) for step in range(1, request.max_repetitions + 1)]

    return answer


@pytest.fixture(scope="session")
def agents() -> SimpleNamespace:
    """An obliging agent and the quirks to wrap it in."""
    return SimpleNamespace(
        obliging=obliging,
        deaf_to_get=deaf_to_get,
        too_big_beyond=too_big_beyond,
        version_1=version_1,
        circling=circling,
        endless=endless,
    )


@pytest.fixture(scope="session")
def canary() -> str:
    """What the owner of the printer wrote into its name, place and contact."""
    return CANARY


@pytest.fixture
def recorded_agents(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Every recording served by plain snmpsim over UDP, its name the community: host and port."""
    with _served(recordings, tmp_path_factory.mktemp("snmpsim")) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def case_agents(cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Every `.snmprec` case served in the same way."""
    with _served(cases, tmp_path_factory.mktemp("cases")) as endpoint:
        yield endpoint


@pytest.fixture
def serve_at(tmp_path: Path) -> Iterator[Callable[..., tuple[int, Callable[[], None]]]]:
    """Return what serves recordings, by community, at an address; it tells the port, and what ends it."""
    with ExitStack() as running:

        def serve(host: str, recordings: dict[str, str], port: int | None = None) -> tuple[int, Callable[[], None]]:
            folder = tmp_path / host
            (folder / "made").mkdir(parents=True)
            for community, rows in recordings.items():
                (folder / "made" / f"{community}.snmprec").write_text(rows, encoding="utf-8")
            one = running.enter_context(ExitStack())
            _, port = one.enter_context(_served(folder / "made", folder, host, port))
            return port, one.close

        yield serve


@contextmanager
def _served(
    recordings: Path, folder: Path, host: str = "127.0.0.1", port: int | None = None
) -> Iterator[tuple[str, int]]:
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
