"""The command line says what there is, and refuses what makes no sense."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from esolutions_simulators.cli import build_app
from esolutions_simulators.clock import ClockFile
from esolutions_simulators.models import model_names


@pytest.fixture
def run(installed_at: datetime) -> Callable[..., Result]:
    """Run the command line at the moment of installation; a served fleet would end at once."""
    app = build_app(lambda: installed_at, lambda: lambda tick: tick())
    return lambda *args: CliRunner().invoke(app, [str(arg) for arg in args])


def test_models_lists_every_model(run: Callable[..., Result]) -> None:
    """As a table for people and as one JSON document for programs."""
    table = run("models").stdout.splitlines()
    document = json.loads(run("models", "--json").stdout)
    assert [line.split()[0] for line in table[1:]] == list(model_names())
    assert [model["name"] for model in document["models"]] == list(model_names())


def test_snmprec_writes_the_same_recording_for_the_same_seed_and_moment(run: Callable[..., Result]) -> None:
    """A recording can be made again; another moment shows other counters."""
    ask = ("snmprec", "nominal", "--at", "2026-03-01T12:00:00")
    assert run(*ask).stdout == run(*ask).stdout
    assert run(*ask).stdout.startswith("1.3.6.1.2.1.1.1.0|4|Xerox Nominal")
    assert run(*ask, "--seed", 2).stdout != run(*ask).stdout


@pytest.mark.parametrize(
    "args",
    [
        ("snmprec", "no-such-printer"),
        ("serve", "--model", "no-such-printer"),
        ("serve", "--nominal", "--model", "colour-a3-mfp"),
        ("serve", "--count", 0),
        ("serve", "--count", 9, "--base", "127.255.255.250"),
        ("serve", "--base", "elsewhere"),
        ("serve", "--base", "0.0.0.0"),  # noqa: S104 -- refused
        ("serve", "--base", "224.0.0.1"),
        ("serve", "--count", 1_000_001),
        ("serve", "--engine", "quick"),
        ("serve", "--processes", 0),
        ("serve", "--engine", "snmpsim", "--processes", 2),
        ("serve", "absent.toml"),
        ("serve", "FLEET.toml", "--count", 2),
        ("serve", "--recording", "nominal"),
        ("serve", "--engine", "snmpsim", "--recording", "nominal", "--count", 2),
        ("serve", "--engine", "snmpsim", "--recording", "absent.snmprec"),
        ("serve", "--engine", "snmpsim", "--recording", "../models/nominal.toml"),
        ("serve", "--engine", "snmpsim", "--recording", "."),
        ("serve", "--engine", "snmpsim", "--recording", "nominal", "--base", "elsewhere"),
        ("sing",),
    ],
)
def test_wrong_usage_is_exit_code_2(run: Callable[..., Result], args: tuple[object, ...]) -> None:
    """With words on stderr and nothing on stdout."""
    result = run(*args)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr


@pytest.mark.parametrize("content", [b"", b"no clock"])
def test_what_is_no_clock_is_told(run: Callable[..., Result], tmp_path: Path, content: bytes) -> None:
    """A file that holds something else, or nothing, is not mended and not served."""
    clock = tmp_path / "clock"
    clock.write_bytes(content)
    result = run("serve", "--clock", clock)
    assert result.exit_code in (1, 2)
    assert "is no clock" in result.stderr
    assert clock.read_bytes() == content


@pytest.mark.parametrize("content", ["", "{", "[]", '{"printers": [{}]}', '{"printers": 3}'])
def test_what_is_no_fleet_beside_a_clock_is_told(run: Callable[..., Result], tmp_path: Path, content: str) -> None:
    """It is not served, nor written over."""
    ClockFile.create(tmp_path / "clock", datetime.fromisoformat("2026-01-05T08:00:00+00:00")).close()
    (tmp_path / "fleet.json").write_text(content, encoding="utf-8")
    result = run("serve", "--clock", tmp_path / "clock")
    assert result.exit_code == 1
    assert "holds no fleet" in result.stderr
    assert (tmp_path / "fleet.json").read_text(encoding="utf-8") == content


@pytest.mark.wire
def test_serve_prints_a_line_for_each_printer_once_they_answer(run: Callable[..., Result]) -> None:
    """Address, port, model and serial number."""
    result = run("serve", "--nominal", "--count", 2, "--port", 0)
    lines = [line.split() for line in result.stdout.splitlines()]
    assert result.exit_code == 0
    assert [line[0].split(":")[0] for line in lines] == ["127.0.0.10", "127.0.0.11"]
    assert {line[1] for line in lines} == {"nominal"}


@pytest.mark.wire
def test_serve_prints_a_line_for_each_recording_once_they_answer(run: Callable[..., Result], tmp_path: Path) -> None:
    """A file or that of a model, each at an address of its own."""
    own = tmp_path / "own.snmprec"
    own.write_text("1.3.6.1.2.1.1.1.0|4|Mine\n", encoding="ascii")
    result = run("serve", "--engine", "snmpsim", "--recording", own, "--recording", "nominal", "--port", 0)
    assert result.exit_code == 0
    lines = [line.split() for line in result.stdout.splitlines()]
    assert [line[0].split(":")[0] for line in lines] == ["127.0.0.10", "127.0.0.11"]
    assert [line[1] for line in lines] == ["own.snmprec", "nominal.snmprec"]


@pytest.mark.wire
def test_a_recording_that_is_none_is_exit_code_1(run: Callable[..., Result], tmp_path: Path) -> None:
    """With what snmpsim says of it, and no traceback of ours."""
    (tmp_path / "none.snmprec").write_bytes(b"\xff\x00 not a recording\n")
    result = run("serve", "--engine", "snmpsim", "--recording", tmp_path / "none.snmprec", "--port", 0)
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.wire
def test_a_fleet_beside_the_clock_is_served_again(run: Callable[..., Result], tmp_path: Path) -> None:
    """The first run writes it, the second finds it."""
    args = ("serve", "--port", 0, "--clock", tmp_path / "clock")
    first = run(*args, "--count", 1, "--seed", 5).stdout.split()
    assert run(*args).stdout.split()[1:] == first[1:]
    assert (tmp_path / "fleet.json").exists()


@pytest.mark.wire
def test_a_taken_port_is_exit_code_1(run: Callable[..., Result]) -> None:
    """With the address that is taken."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.10", 0))
        result = run("serve", "--count", 1, "--port", taken.getsockname()[1])
    assert result.exit_code == 1
    assert "cannot listen at 127.0.0.10" in result.stderr


@pytest.mark.wire
@pytest.mark.usefixtures("hears_hangups")
@pytest.mark.parametrize("interruption", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_serve_ends_cleanly_when_it_is_told_to(interruption: signal.Signals) -> None:
    """Exit code 0, nothing on stderr, and the port is free again."""
    command = [sys.executable, "-m", "esolutions_simulators", "serve", "--count", "1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stdout
        assert serving.stderr
        port = int(serving.stdout.readline().split()[0].rpartition(":")[2])
        serving.send_signal(interruption)
        assert serving.wait() == 0
        assert serving.stderr.read() == ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.10", port))
