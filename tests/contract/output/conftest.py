"""An office that has lived for ten days, in which strangers may write; and real programs on real streams."""

from __future__ import annotations

import os
import pty
import shutil
import sqlite3
import subprocess
import sys
import termios
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import START, old_fleet, open_office

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = 80
_TIMEOUT = 120
# What printers, servers, proxy servers, customers and strangers write, and lists show.
_WRITTEN_BY_OTHERS = {
    "client": {
        "device": ("model", "vendor", "silent_reason", "held_reason", "replaced_by", "refused_reason"),
        "command": ("note",),
        "sent": ("outcome",),
        "event": ("text",),
    },
    "server": {
        "accounts": ("name", "key_user"),
        "journal": ("operation", "note", "outcome"),
        "mail": ("recipient", "subject", "body"),
        "commands": ("reason",),
        "bills": ("reason", "meter"),
    },
}
_LISTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "client": (
        ("devices",), ("status",), ("history",), ("sent",), ("sent", "1"), ("history", "SERIAL"), ("meters", "SERIAL"),
    ),
    "server": (
        ("account", "list"), ("equipment", "list"), ("devices",), ("proxies",), ("journal",), ("mail",),
        ("billing", "list"), ("billing", "values"), ("billing", "values", "--not-billed"), ("wsdl",),
    ),
    "simulators": (("models",), ("snmprec", "nominal", "--at", "2026-03-01T12:00:00")),
    "scenarios": (("list",), ("sabotages",)),
}  # fmt: skip


@dataclass(frozen=True)
class Office:
    """The data folders of a client and a server, and one of their printers."""

    folder: Path
    serial: str

    @property
    def lists(self) -> list[tuple[str, tuple[str, ...]]]:
        """Every command that lists something, by program."""
        found = []
        for program, commands in _LISTS.items():
            for command in commands:
                words = tuple(self.serial if word == "SERIAL" else word for word in command)
                has_data = program in {"client", "server"} and command != ("wsdl",)
                found.append((program, (*words, *(("--data-dir", str(self.folder / program)) if has_data else ()))))
        return found

    def let_strangers_write(self, text: str) -> None:
        """Put a text into every field that others fill; once more for each row, where they must differ."""
        for program, tables in _WRITTEN_BY_OTHERS.items():
            with closing(sqlite3.connect(self.folder / program / f"{program}.sqlite")) as database, database:
                for table, columns in tables.items():
                    for column in columns:
                        database.execute(f"UPDATE {table} SET {column} = ? || hex(randomblob(4))", (text,))  # noqa: S608 - ours


@pytest.fixture(scope="session")
def lived_office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    """Two printers that were registered, signed up and billed; a mail and a failure that people read."""
    folder = tmp_path_factory.mktemp("world")
    testbed = open_testbed(Setting(fleet=old_fleet(2, "colour-a3-mfp", "small-phaser"), start=START), folder=folder)
    office = open_office(testbed, anchor_day=12)
    testbed.run_for(timedelta(days=10))
    serial = testbed.fleet.printers[0].serial
    testbed.administration.retire(testbed.fleet.printers[1].serial)
    office.power_off()
    testbed.close()
    for program, name in (("client", "office"), ("server", "server")):
        (folder / program).mkdir()
        shutil.move(folder / f"{name}.sqlite", folder / program / f"{program}.sqlite")
    for name in ("marker", "switch"):
        shutil.move(folder / f"office.{name}", folder / "client" / f"client.{name}")
    with closing(sqlite3.connect(folder / "server" / "server.sqlite")) as database, database:
        database.execute(
            "INSERT INTO mail (moment, recipient, subject, body) VALUES (?, 'a', 'b', 'c')", [f"{START:%FT%TZ}"]
        )
    return Office(folder, serial)


@pytest.fixture
def office(lived_office: Office, tmp_path: Path) -> Office:
    """The office in a folder of this test's own."""
    shutil.copytree(lived_office.folder, tmp_path / "office")
    return Office(tmp_path / "office", lived_office.serial)


@dataclass(frozen=True)
class Ended:
    """How a program ended, and what came out of it."""

    code: int
    out: bytes
    err: bytes


class Programs:
    """Starts the real programs, by their entry points, with their streams wherever a test says."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def into_a_pipe(self, program: str, *words: str, **environment: str) -> Ended:
        """Let somebody read all of it."""
        done = subprocess.run(
            _command(program, words), capture_output=True, env=_environment(environment), cwd=self._folder,
            timeout=_TIMEOUT, check=False,
        )  # fmt: skip
        return Ended(done.returncode, done.stdout, done.stderr)

    def into_nobody(self, program: str, *words: str) -> Ended:
        """Let the reader be gone before the first word comes, as `| head -0` may be."""
        reader, writer = os.pipe()
        os.close(reader)
        try:
            return self._into(writer, program, *words)
        finally:
            os.close(writer)

    def into_a_full_disk(self, program: str, *words: str) -> Ended:
        """Let nothing be written."""
        with Path("/dev/full").open("wb") as full:
            return self._into(full.fileno(), program, *words)

    def into_nothing(self, program: str, *words: str) -> Ended:
        """Give it no standard output and no standard input, as some daemons have."""
        command = ["/bin/sh", "-c", 'exec "$0" "$@" <&- >&-', *_command(program, words)]
        done = subprocess.run(command, stderr=subprocess.PIPE, env=_environment({}), cwd=self._folder, check=False)
        return Ended(done.returncode, b"", done.stderr)

    def onto_a_terminal(self, program: str, *words: str, **environment: str) -> Ended:
        """Show it on a terminal of 80 columns."""
        ours, theirs = pty.openpty()
        termios.tcsetwinsize(theirs, (24, COLUMNS))
        try:
            running = subprocess.Popen(
                _command(program, words), stdin=theirs, stdout=theirs, stderr=theirs, cwd=self._folder,
                env=_environment({"TERM": "xterm", **environment}),
            )  # fmt: skip
        finally:
            os.close(theirs)
        shown = b"".join(_until_it_hangs_up(ours))
        os.close(ours)
        return Ended(running.wait(_TIMEOUT), shown.replace(b"\r\n", b"\n"), b"")

    def _into(self, descriptor: int, program: str, *words: str) -> Ended:
        done = subprocess.run(
            _command(program, words), stdout=descriptor, stderr=subprocess.PIPE, env=_environment({}),
            cwd=self._folder, timeout=_TIMEOUT, check=False,
        )  # fmt: skip
        return Ended(done.returncode, b"", done.stderr)


def _until_it_hangs_up(terminal: int) -> Iterator[bytes]:
    while True:
        try:
            read = os.read(terminal, 65536)
        except OSError:  # Linux: EIO, when the other side was closed
            return
        if not read:
            return
        yield read


def _command(program: str, words: tuple[str, ...]) -> list[str]:
    return [sys.executable, "-m", f"esolutions_{program}", *words]


def _environment(more: dict[str, str]) -> dict[str, str]:
    unset = {"COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR", "PYTHONIOENCODING", "LC_ALL"}
    return {**{name: value for name, value in os.environ.items() if name not in unset}, "LANG": "C.UTF-8", **more}


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """Start programs in a folder of this test's own."""
    return Programs(tmp_path)
