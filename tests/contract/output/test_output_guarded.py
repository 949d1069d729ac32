"""Text of others steers no terminal: the console of each program meets the streams, and nothing goes past it."""

from __future__ import annotations

import ast
import json
import logging
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import esolutions_client.cli.app
import esolutions_client.cli.console.output
import esolutions_client.cli.console.tables
import esolutions_server.cli.application
import esolutions_server.cli.output
import esolutions_server.cli.tables
import esolutions_simulators.console.output
import esolutions_simulators.console.tables
from tests.contract.output.support.streams import Stream, steering_letters
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROOT = Path(__file__).parents[3]
_PACKAGES = ("client/esolutions_client", "server/esolutions_server", "simulators/esolutions_simulators")
_SOURCES = (*_PACKAGES, "scenarios/esolutions_scenarios")
_COPIES = (
    "client/esolutions_client/cli/console",
    "server/esolutions_server/cli",
    "simulators/esolutions_simulators/console",
)
_MODULES = ("entry", "output", "streams", "tables")
# Where text may meet a stream, and why.
_ALLOWED = {
    *(f"{copy}/{module}.py" for copy in _COPIES for module in _MODULES),
    # Lets rich draw a bar, for the client and for the scenarios; the texts in it have been through `plain`.
    "client/esolutions_client/cli/console/progress.py",
    # PEP 3333 wants a stream in the environment; nothing here writes to it.
    "server/esolutions_server/http/connections/gateway.py",
}
_OUTPUTS = (esolutions_client.cli.console.output, esolutions_server.cli.output, esolutions_simulators.console.output)
_TABLES = (esolutions_client.cli.console.tables, esolutions_server.cli.tables, esolutions_simulators.console.tables)
_HOSTILE = "[/red]\x1b]0;x\x07\x1b[2J\x9b2J\x85\u202e\u2066\u200b\ufeff\u2028\u2029\r\n\t\udc80\u3164\x7f"
_texts = st.text() | st.text(alphabet=_HOSTILE + "ab<&e\u0301")


def _sources() -> Iterator[tuple[str, ast.Module]]:
    for source in _SOURCES:
        for path in sorted((_ROOT / source).rglob("*.py")):
            yield str(path.relative_to(_ROOT)), ast.parse(path.read_text(encoding="utf-8"))


def _bypasses(tree: ast.Module) -> Iterator[str]:
    """Yield what writes to a stream of the system, or could let markup in."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name = f"{node.value.id}.{node.attr}"
            if name in {"sys.stdout", "sys.stderr", "sys.__stdout__", "sys.__stderr__"}:
                yield name
            if node.value.id in {"typer", "click"} and node.attr in {"echo", "secho", "style", "echo_via_pager"}:
                yield name
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
            yield "print"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
            yield from (name for name in names if name.partition(".")[0] in {"click", "rich"})
            yield from (alias.name for alias in node.names if alias.name in {"stdout", "stderr", "echo"})


def test_nothing_is_printed_past_the_modules_that_make_text_safe() -> None:
    """A table, a line or a complaint that took a bare string of the wire would have to go past it."""
    found = {(path, what) for path, tree in _sources() if path not in _ALLOWED for what in _bypasses(tree)}
    assert not found


def test_the_guard_sees_what_it_guards_against() -> None:
    """A guard that finds nothing anywhere guards nothing."""
    text = "import sys, typer, rich.table\nfrom rich import print\nsys.stderr.write('')\ntyper.echo('')\nprint('')"
    assert set(_bypasses(ast.parse(text))) == {"rich.table", "rich", "sys.stderr", "typer.echo", "print"}
    assert {path for path, tree in _sources() if set(_bypasses(tree))} == _ALLOWED


@pytest.mark.parametrize("module", _MODULES)
def test_the_programs_share_no_code_and_print_alike_all_the_same(module: str) -> None:
    """What the server and the printers have of the module is the client's, letter for letter."""
    client, *others = (_definitions(f"{copy}/{module}.py") for copy in _COPIES)
    for other in some(others):
        assert other
        assert {name: client.get(name) for name in other} == other


def _definitions(path: str) -> dict[str, str]:
    text = (_ROOT / path).read_text(encoding="utf-8")
    for name in ("esolutions_simulators.console", "esolutions_server.cli", "esolutions_client.cli.console"):
        text = text.replace(name, "program")
    for name in ("esolutions-server", "esolutions-printers", "esolutions-simulators"):
        text = text.replace(name, "esolutions-client")
    found = {}
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found[node.name] = ast.unparse(node)
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) != "__all__":
            found[ast.unparse(node.targets[0])] = ast.unparse(node.value)
    return found


def _printed(call: Any, *, is_terminal: bool = False) -> str:
    out = Stream(is_terminal=is_terminal)
    with (
        patch("sys.stdout", out),
        patch("sys.stderr", out),
        patch.dict("os.environ", {"COLUMNS": "80", "TERM": "dumb"}),
    ):
        call()
    return out.getvalue()


@pytest.mark.parametrize("output", _OUTPUTS)
@settings(deadline=None)
@given(text=_texts)
def test_plain_text_is_one_line_that_steers_nothing(output: Any, text: str) -> None:
    """Whatever a stranger writes; what can be seen stays, and what is plain already is not touched."""
    shown = output.plain(text)
    assert not steering_letters(shown + "x")
    assert "\n" not in shown
    assert output.plain(shown) == shown
    visible = "".join(letter for letter in text if letter.isascii() and letter.isprintable())
    assert "".join(letter for letter in shown if letter.isascii()).replace(" ", "") == visible.replace(" ", "")


@pytest.mark.parametrize(("output", "tables"), list(zip(_OUTPUTS, _TABLES, strict=True)))
@settings(deadline=None)
@given(rows=st.lists(st.tuples(_texts, _texts, st.none() | st.integers()), max_size=4))
def test_a_table_in_a_pipe_has_a_record_a_line_with_whole_values(output: Any, tables: Any, rows: list[Any]) -> None:
    """Nothing is cut, folded, coloured or taken for markup."""
    lines = _printed(lambda: tables.print_table(["A", "B", "N"], rows, right={"N"})).split("\n")
    assert (len(lines), lines[-1]) == (len(rows) + 2, "")
    for line, row in zip(lines[1:], rows, strict=False):
        at = 0
        for cell in row:
            shown = output.plain("" if cell is None else str(cell)).rstrip()
            assert shown in line[at:]
            at = line.index(shown, at) + len(shown)
    assert not any(steering_letters(line) for line in lines)


@pytest.mark.parametrize("tables", _TABLES)
@settings(deadline=None)
@given(rows=st.lists(st.tuples(_texts, _texts), max_size=3), columns=st.integers(2, 12))
def test_a_table_on_a_terminal_fits_it_and_steers_nothing(tables: Any, rows: list[Any], columns: int) -> None:
    """Eighty columns, however many values a row has."""
    names = [f"COLUMN{number}" for number in range(columns)]
    table = [[*row, *["a value"] * (columns - 2)] for row in rows]
    shown = _printed(lambda: tables.print_table(names, table, empty="none"), is_terminal=True)
    assert not steering_letters(shown)
    from rich.cells import cell_len

    assert all(cell_len(line) <= 80 for line in shown.split("\n"))


@pytest.mark.parametrize("output", _OUTPUTS)
@settings(deadline=None)
@given(text=_texts)
def test_every_way_to_print_a_sentence_is_safe(output: Any, text: str) -> None:
    """Results, asides and complaints are a line each; a document keeps its line ends."""
    for call in (
        lambda: output.say(text),
        lambda: output.say_beside(text),
        lambda: output.complain("program", text),
    ):
        shown = _printed(call)
        assert shown.count("\n") == 1
        assert not steering_letters(shown)
    assert not steering_letters(_printed(lambda: output.print_document(text), is_terminal=True))


@pytest.mark.parametrize("output", _OUTPUTS)
@settings(deadline=None)
@given(text=_texts)
def test_a_document_for_programs_is_exact_and_safe(output: Any, text: str) -> None:
    """JSON's own escapes keep every value as it is, and steer no terminal."""
    shown = _printed(lambda: output.print_json({"x": text}))
    assert json.loads(shown) == {"x": text}
    assert not steering_letters(shown)


@pytest.mark.parametrize("program", ["esolutions_client.cli.app", "esolutions_server.cli.application"])
@settings(deadline=None)
@given(text=_texts)
def test_a_log_has_a_line_a_record_and_an_indented_traceback(program: str, text: str) -> None:
    """Nobody can write a record of his own into a log."""
    formatter = import_module(program).LogFormatter("%(levelname)s %(message)s")
    trace = (ValueError, ValueError(text), None)
    record = logging.LogRecord("x", logging.ERROR, "x", 1, "it says %s", (text,), trace)
    first, *others = formatter.format(record).split("\n")
    assert first.startswith("ERROR it says ")
    assert all(line.startswith("  ") for line in others)
    assert not steering_letters("".join([first, *others]))


@pytest.mark.parametrize(
    "module", ["esolutions_client.cli.console", "esolutions_server.cli", "esolutions_simulators.console"]
)
@pytest.mark.parametrize("where", ["in the program", "in a thread", "in what it uses"])
def test_not_even_a_traceback_steers_a_terminal(module: str, where: str) -> None:
    """A bug quotes what strangers wrote, too; and libraries warn where a program keeps no log."""
    raised = {
        "in the program": "raise ValueError(text)",
        "in a thread": "threading.Thread(target=int, args=(text,)).start()",
        "in what it uses": "logging.getLogger('library').warning('it says %s', text)",
    }
    program = f"""
import logging, threading
from {module}.entry import enter
text = {_HOSTILE!r}
def start():
    {raised[where]}
    return 0
raise SystemExit(enter("program", start))
"""
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, check=False)
    told = ended.stderr.decode()
    assert ended.returncode == (1 if where == "in the program" else 0)
    assert "[/red]" in told
    assert "\x1b" not in told
    assert not steering_letters(told.replace("\\", ""))


def test_a_log_is_searched_for_what_nobody_foresaw_wherever_its_tracebacks_stand(tmp_path: Path) -> None:
    """Those that a program ended with, and those of a record, which are indented: the line of the error."""
    from esolutions_scenarios.worlds.server_process import unforeseen_in

    log = """2026-01-05T09:00:00Z ERROR a request could not be answered
  Traceback (most recent call last):
    File "x.py", line 1, in <module>
      int("x")
      ~~~^^^^^
  ValueError: one
2026-01-05T09:00:01Z WARNING and on it goes
Traceback (most recent call last):
  File "x.py", line 1, in <module>
    int("x")
TypeError: two
"""
    assert unforeseen_in(log) == ["ValueError: one", "TypeError: two"]


@pytest.mark.parametrize(
    "module", ["esolutions_client.cli.console", "esolutions_server.cli", "esolutions_simulators.console"]
)
def test_a_full_pipe_that_does_not_wait_is_waited_for(module: str) -> None:
    """Another program on the same pipe may have set it so; nothing is lost, and nothing breaks."""
    program = f"""
from {module}.entry import enter
from {module}.output import say
raise SystemExit(enter("program", lambda: [say("x" * 99) for _ in range(5000)] and 0))
"""
    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    with subprocess.Popen([sys.executable, "-c", program], stdout=writer, stderr=subprocess.PIPE) as running:
        os.close(writer)
        with open(reader, "rb") as read:  # noqa: PTH123 - a descriptor
            told = read.read()
        assert running.stderr is not None
        assert running.stderr.read() == b""
    assert running.returncode == 0
    assert told == (b"x" * 99 + b"\n") * 5000
