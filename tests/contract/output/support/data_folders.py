"""The data folders that an office leaves after ten days, in which strangers may write."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import START, old_fleet, open_office

if TYPE_CHECKING:
    from pathlib import Path

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
class DataFolders:
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


def live_ten_days(folder: Path) -> DataFolders:
    """Two printers that were registered, signed up and billed; a mail and a failure that people read."""
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
    return DataFolders(folder, serial)
