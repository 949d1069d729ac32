"""Every program, wherever its output goes: a pipe, nobody, a full disk, nothing, few letters, 80 columns."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest
from rich.cells import cell_len

from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contract.output.support.data_folders import DataFolders
    from tests.contract.output.support.programs import Programs

pytestmark = pytest.mark.wire

_PROGRAMS = {
    "client": "esolutions-client",
    "server": "esolutions-server",
    "simulators": "esolutions-printers",
    "scenarios": "esolutions-scenarios",
}
# As what SIGPIPE ends.
_READER_GONE = 141
# ECMA-48, 5.4: a control sequence; and what ends a line on a terminal without a new one.
_SEQUENCE = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\r")
_BOXES = re.compile("[\u2500-\u259f]|^[+|]", re.MULTILINE)
_LETTERS = ("ascii", "latin-1")
# What takes its time, and prints while it does.
_WORK = (
    ("scenarios", ("sizes", "--devices", "0,1")),
    ("scenarios", ("run", "reply_lost")),
    ("scenarios", ("swarm", "--seeds", "2", "--days", "5")),
)


def _lines_on(shown: bytes) -> list[str]:
    return _SEQUENCE.sub(b"", shown).decode().split("\n")


@pytest.mark.parametrize("program", _PROGRAMS)
def test_every_program_says_its_version(program: str, programs: Programs) -> None:
    """One line, for people who report something."""
    ended = programs.into_a_pipe(program, "--version")
    assert (ended.code, ended.err) == (0, b"")
    assert ended.out.decode() == f"{_PROGRAMS[program]} {version('esolutions')}\n"


@pytest.mark.parametrize("program", _PROGRAMS)
def test_help_is_shown_wherever_it_goes(program: str, programs: Programs) -> None:
    """In a pipe without boxes, on terminals of few letters without a crash, never wider than 80 columns."""
    ended = programs.into_a_pipe(program, "--help", PYTHONIOENCODING="ascii")
    assert (ended.code, ended.err) == (0, b"")
    assert ended.out.isascii()
    assert not _BOXES.search(ended.out.decode())
    for letters in (*_LETTERS, "utf-8"):
        shown = programs.onto_a_terminal(program, "--help", PYTHONIOENCODING=letters)
        assert shown.code == 0
        assert b"Traceback" not in shown.out
        assert b"--version" in _SEQUENCE.sub(b"", shown.out)
        if letters == "utf-8":
            assert max(map(cell_len, _lines_on(shown.out))) <= 80


@pytest.mark.parametrize("program", _PROGRAMS)
def test_wrong_usage_is_told_on_stderr_wherever_that_goes(program: str, programs: Programs) -> None:
    """Exit code 2, in plain lines."""
    ended = programs.into_a_pipe(program, "sch\u00f6n\u2026\x1b[2J", PYTHONIOENCODING="ascii")
    assert (ended.code, ended.out) == (2, b"")
    assert ended.err.isascii()
    assert b"sch" in ended.err
    assert b"\x1b" not in ended.err
    assert b"Traceback" not in ended.err


@pytest.mark.parametrize("program", _PROGRAMS)
def test_a_list_comes_whole_or_is_said_not_to_have_come(program: str, programs: Programs, folders: DataFolders) -> None:
    """The first list of each program, on every kind of stream."""
    words = next(words for listed, words in folders.lists if listed == program)
    piped = _goes_anywhere(programs, program, words)
    nothing = programs.into_nothing(program, *words)
    assert (nothing.code, nothing.err) == (0, piped.err), words
    for letters in _LETTERS:
        spelled = programs.into_a_pipe(program, *words, PYTHONIOENCODING=letters)
        assert (spelled.code, spelled.err) == (0, piped.err), words
        spelled.out.decode(letters)
        shown = programs.onto_a_terminal(program, *words, PYTHONIOENCODING=letters)
        assert shown.code == 0, (words, shown.out)
        assert b"Traceback" not in shown.out, words


@pytest.mark.slow
def test_so_does_every_list(forked_programs: Programs, folders: DataFolders) -> None:
    """Of every program, with what strangers wrote in it, and what works for a while besides."""
    folders.let_strangers_write("[/red]\x1b[2J\u202e\u2026 sch\u00f6n \u6f22")
    with ThreadPoolExecutor(2) as pool:
        done = [pool.submit(_goes_anywhere, forked_programs, *listed) for listed in (*folders.lists, *_WORK)]
    for one in done:
        one.result()


def _goes_anywhere(programs: Programs, program: str, words: tuple[str, ...]) -> Any:
    piped = programs.into_a_pipe(program, *words)
    assert piped.code == 0, (words, piped.err)
    assert b"Traceback" not in piped.err
    text = piped.out.decode()
    assert text
    # The document of `sent ID` is exact in a pipe.
    assert "\x1b" not in text or words[0] == "sent", words
    assert not re.search("[\u2500-\u259f]", text), words
    nobody = programs.into_nobody(program, *words)
    assert (nobody.code, nobody.err) == (_READER_GONE, piped.err), words
    full = programs.into_a_full_disk(program, *words)
    complaint = f"{_PROGRAMS[program]}: the output cannot be written: No space left on device\n".encode()
    assert (full.code, full.err) == (1, piped.err + complaint), words
    shown = programs.onto_a_terminal(program, *words)
    assert shown.code == 0, (words, shown.out)
    if words[0] not in {"status", "sent", "wsdl", "snmprec", "run", "swarm"}:  # sentences, which a terminal wraps
        assert max(map(cell_len, _lines_on(shown.out))) <= 80, words
    return piped


@pytest.mark.parametrize("encoding", ["utf-8", *_LETTERS])
def test_a_document_for_programs_is_exact_on_every_stream(
    programs: Programs, folders: DataFolders, encoding: str
) -> None:
    """What a stream has no letters for is spelled as JSON spells it."""
    written = "[/red]\x1b[2J\u202e\u2026 sch\u00f6n \u6f22 \U0001f5a8"
    folders.let_strangers_write(written)
    words = ("devices", "--json", "--data-dir", str(folders.folder / "client"))
    ended = programs.into_a_pipe("client", *words, PYTHONIOENCODING=encoding)
    assert ended.code == 0, ended.err
    assert all(
        device["model"].startswith(written) for device in some(json.loads(ended.out.decode(encoding))["devices"])
    )


def test_a_table_in_a_pipe_is_a_record_a_line(programs: Programs, folders: DataFolders) -> None:
    """A column for each heading, and no value cut however long it is."""
    folders.let_strangers_write("long " * 100)
    ended = programs.into_a_pipe("client", "devices", "--data-dir", str(folders.folder / "client"))
    heading, *records = ended.out.decode().splitlines()
    assert heading.split() == ["SERIAL", "STATE", "ADDRESS", "MODEL", "NOTE"]
    assert len(records) == 2
    assert all(record.count("long long") >= 99 // 2 for record in some(records))


def test_a_reader_that_leaves_breaks_off_nothing(programs: Programs, folders: DataFolders) -> None:
    """What a command does is done to its end: communication is off, though nobody reads that it is."""
    where = ("--data-dir", str(folders.folder / "client"))
    assert programs.into_nobody("client", "disable", *where).code == _READER_GONE
    told = json.loads(programs.into_a_pipe("client", "status", "--json", *where).out)
    assert told["communication"] == "off"


def test_progress_is_one_line_on_a_terminal_and_none_in_a_pipe(programs: Programs) -> None:
    """A hunt scrolls nothing on a terminal, and leaves nothing in a log that is not a line of its own."""
    words = ("swarm", "--seeds", "12", "--days", "5")
    shown = programs.onto_a_terminal("scenarios", *words)
    assert shown.code == 0
    # Two line ends: that of the line which is erased at the end, and that of the result.
    assert shown.out.count(b"\n") <= 2
    assert all(cell_len(line) <= 80 for line in some(_drawn(shown.out)))
    piped = programs.into_a_pipe("scenarios", *words)
    assert piped.code == 0
    # A log gets a whole line every twenty seconds, which a busy machine may take.
    assert re.fullmatch(rb"(?:\d+ of 12 lives, [^\r\x1b\n]*\n)*", piped.err), piped.err


def test_a_search_shows_how_far_it_is_on_a_terminal_alone(programs: Programs) -> None:
    """Within 80 columns, and the last of it stays above the result; a pipe has nothing of it on stderr."""
    words = ("discover", "127.0.0.250-127.0.0.251", "--port", "9", "--timeout", "0.1", "--data-dir", "new")
    shown = programs.onto_a_terminal("client", *words)
    assert shown.code == 0, shown.out
    lines = some(_drawn(shown.out))
    assert any("2 of 2 addresses asked, 0 printers found" in line for line in lines)
    assert all(cell_len(line) <= 80 for line in lines)
    piped = programs.into_a_pipe("client", *words)
    assert (piped.code, piped.err) == (0, b"")


def _drawn(shown: bytes) -> Iterator[str]:
    for line in re.split(rb"[\r\n]", shown):
        yield _SEQUENCE.sub(b"", line).decode()


@pytest.mark.slow
def test_every_command_has_help_wherever_it_goes(forked_programs: Programs) -> None:
    """Each command of each program, in a pipe and on a terminal of few letters."""

    def look(program: str, command: tuple[str, ...]) -> list[tuple[str, ...]]:
        shown = forked_programs.onto_a_terminal(program, *command, "--help", PYTHONIOENCODING="latin-1")
        assert shown.code == 0, (command, shown.out)
        assert b"Traceback" not in shown.out, command
        if b" Commands " not in shown.out:
            return []
        piped = forked_programs.into_a_pipe(program, *command, "--help", PYTHONIOENCODING="ascii")
        assert (piped.code, piped.err) == (0, b""), command
        assert piped.out.isascii(), command
        _, _, listed = piped.out.decode().partition("\nCommands:\n")
        return [(*command, line.split()[0]) for line in listed.splitlines() if re.match("  [a-z]", line)]

    found: dict[str, int] = {}
    with ThreadPoolExecutor(2) as pool:
        for program in _PROGRAMS:
            level: list[tuple[str, ...]] = [()]
            while level:
                found[program] = found.get(program, 0) + len(level)
                level = [more for deeper in pool.map(look, [program] * len(level), level) for more in deeper]
    assert found["client"] > 14
    assert found["server"] > 20
    assert found["simulators"] >= 4
    assert found["scenarios"] >= 8
