"""`read`: one printer on the screen, from a recording or from the network, and nothing is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_client.cli.commands.printers import split_host
from esolutions_client.errors import UsageError
from esolutions_scenarios.testbed.office import printers
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.recordings.snmprec import record_lines

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.cli.support.command_line import CommandLine

READING = {"serial_number", "vendor", "model", "read_at", "conditions", "meters", "supplies"}


@pytest.fixture
def recording(command: CommandLine, tmp_path: Path) -> Path:
    """A recording of the first printer at this moment."""
    printer = command.testbed.printer(printers(command.testbed)[0])
    rows = SimulatedAgent(printer).rows_at(command.testbed.now.timestamp())
    path = tmp_path / "printer.snmprec"
    path.write_text("\n".join(record_lines(rows)) + "\n")
    return path


def test_a_recording_shows_what_the_printer_shows(command: CommandLine, recording: Path) -> None:
    """The same document from the file and from the network, and the numbers are the printer's own."""
    replayed = command.json("read", "--from-walk", str(recording))
    assert set(replayed) == READING
    assert command.net.conversations_begun == 0
    assert command.json("read", command.targets[0]) == replayed
    counters = command.testbed.printer(replayed["serial_number"]).counters_at(command.testbed.now)
    assert {x["name"]: x["value"] for x in replayed["meters"]}.items() <= counters.items()
    assert replayed["read_at"] == "2026-01-05T09:00:00Z"


def test_reading_keeps_nothing(command: CommandLine, recording: Path) -> None:
    """The printer is not even known afterwards; not so much as a folder is made."""
    assert command("read", "--from-walk", str(recording)) == 0
    assert not command.folder.exists()
    assert command("read", command.targets[0]) == 0
    assert command.json("devices") == {"devices": []}


def test_a_person_gets_two_tables(command: CommandLine, recording: Path) -> None:
    """Meters and supplies, with their headings."""
    assert command("read", "--from-walk", str(recording)) == 0
    assert printers(command.testbed)[0] in command.out
    assert "METER" in command.out
    assert "SUPPLY" in command.out


def test_one_source_is_needed_and_one_only(command: CommandLine, recording: Path) -> None:
    """Neither or both are asked wrongly."""
    assert command("read") == 2
    assert command("read", command.targets[0], "--from-walk", str(recording)) == 2
    assert command.net.conversations_begun == 0


@pytest.mark.parametrize("content", [None, b"hello\n", b"\xff\xfe\x00", b"1.3.6.1.2.1|4x|0g\n"])
def test_what_is_no_recording_fails_with_its_name(command: CommandLine, tmp_path: Path, content: bytes | None) -> None:
    """A sentence on stderr, never a traceback."""
    path = tmp_path / "broken.snmprec"
    if content is not None:
        path.write_bytes(content)
    assert command("read", "--from-walk", str(path), "--json") in {1, 2}
    assert path.name in command.err
    assert command.out == ""


def test_lines_that_are_no_rows_are_told_of_on_stderr_and_not_in_the_document(
    command: CommandLine, recording: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One line says how many and why; the document is the same as without them."""
    whole = command.json("read", "--from-walk", str(recording))
    assert caplog.messages == []
    recording.write_text(f"$ esolutions\n{recording.read_text()}Timeout: No Response from 192.0.2.10\nhello\n")
    assert command.json("read", "--from-walk", str(recording)) == whole
    (message,) = caplog.messages
    assert message.endswith("lines skipped (prompts: 1, messages of the tool: 1, no rows: 1)")


@pytest.mark.parametrize("path", ["/dev/zero", "/"])
def test_what_is_no_file_is_asked_wrongly(command: CommandLine, path: str) -> None:
    """A device would never end."""
    assert command("read", "--from-walk", path, "--json") == 2
    assert "save the walk to a file" in command.err
    assert command.out == ""


def test_a_printer_that_is_not_there_is_a_failure(command: CommandLine) -> None:
    """Exit code 1."""
    assert command("read", "127.0.0.200:1161", "--json") == 1
    assert "127.0.0.200" in command.err
    assert command.out == ""


def test_an_unknown_version_of_snmp_is_asked_wrongly(command: CommandLine) -> None:
    """There are three."""
    assert command("read", command.targets[0], "--snmp-version", "4") == 2


@pytest.mark.parametrize(
    ("text", "host", "port"),
    [
        ("printer", "printer", 161),
        ("192.0.2.1:1161", "192.0.2.1", 1161),
        ("2001:db8::1", "2001:db8::1", 161),
        ("[2001:db8::1]", "2001:db8::1", 161),
        ("[2001:db8::1]:1161", "2001:db8::1", 1161),
    ],
)
def test_hosts_and_ports_are_told_apart(text: str, host: str, port: int) -> None:
    """An IPv6 address with a port is written in brackets."""
    assert split_host(text) == (host, port)


@pytest.mark.parametrize("text", ["printer:", "printer:0", "printer:65536", "printer:http", ":161", "printer:\u0661"])
def test_a_port_that_is_none_is_refused(text: str) -> None:
    """With what it should be."""
    with pytest.raises(UsageError, match="from 1 to 65535"):
        split_host(text)
