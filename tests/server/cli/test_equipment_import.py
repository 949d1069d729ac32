"""An equipment file with mistakes: all of them are told at once, each with its line and column, and none is taken."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_server import open_server
from esolutions_server.cli.application import run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Importer = Callable[[str], tuple[int, list[str], list[str]]]

HEADER = "serial,installed_on,account,person,frequency,anchor_day,time_zone\n"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def import_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Importer:
    """Import a text beside an account with two people; return the exit code, what was said, and what is known then."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    with open_server(url, now=lambda: NOW, rng=random.Random(1)) as server:
        server.administration.add_account("Acme", "key@acme.example")
        server.administration.add_person("Acme", "bob@acme.example")
        server.administration.add_account("Other", "eve@other.example")

    def call(text: str) -> tuple[int, list[str], list[str]]:
        file = tmp_path / "equipment.csv"
        file.write_text(text, encoding="utf-8")
        where = ("--data-dir", str(tmp_path))
        code = run(now=lambda: NOW, rng=random.Random(1), arguments=["equipment", "import", str(file), *where])
        said = [line.removeprefix("esolutions-server: ") for line in capsys.readouterr().err.splitlines()]
        run(now=lambda: NOW, rng=random.Random(1), arguments=["equipment", "list", "--json", *where])
        return code, said, [row["serial"] for row in json.loads(capsys.readouterr().out)]

    return call


def test_every_mistake_is_told_at_once(import_text: Importer) -> None:
    """A line may have several; the right lines around them are not taken either."""
    lines = (
        "FINE00001,2025-01-01,Acme,bob@acme.example,monthly,1,UTC",
        "B\u202eD,yesterday,Acme,bob@acme.example,weekly,32,Mars/Olympus",
        "FINE00002,2025-01-01,Acme,key@acme.example,quarterly,,",
        "TWICE0001,2025-01-01,Nobody,bob@acme.example,monthly,1,UTC",
        "fine00001,2025-01-01,Acme,bob@acme.example,monthly,1,UTC",
        "FINE00003,0025-01-01,,,monthly,1,UTC",
        "FINE00004,2025-01-01,Acme,bab@acme.example,monthly,1,UTC",
        "FINE00005,2025-01-01,Acme,eve@other.example,monthly,1,UTC",
        "SHORT0001,2025-01-01,Acme",
    )
    code, said, known = import_text(HEADER + "\n".join(lines) + "\n")
    assert (code, known) == (1, [])
    assert said[0].endswith("equipment.csv has 13 mistakes, and nothing of it was taken:")
    assert [line.partition(":")[0].partition(",")[0] for line in said[1:]] == sorted(
        (line.partition(":")[0].partition(",")[0] for line in said[1:]), key=lambda place: int(place.split()[1])
    )
    assert sorted(said[1:]) == sorted(
        [
            "line 3, column serial: a serial number has no characters that turn the direction of writing",
            "line 3, column installed_on: 'yesterday' is no date such as 2026-01-31",
            "line 3, column frequency: 'weekly' is not monthly, quarterly or semi-annual",
            "line 3, column anchor_day: the anchor day is 1 to 31, not 32",
            "line 3, column time_zone: 'Mars/Olympus' is no time zone such as Europe/Paris",
            "line 5, column account: there is no account 'Nobody'",
            "line 6, column serial: FINE00001 is in line 2 already",
            "line 7, column installed_on: 0025-01-01 is not from 1990-01-01 to 2199-12-31",
            "line 7, column account: it is empty, expected the name of an account",
            "line 7, column person: it is empty, expected the e-mail address of who reports its meters",
            "line 8, column person: 'Acme' has no person 'bab@acme.example': `person add` them first",
            "line 9, column person: 'eve@other.example' is a person of another account than 'Acme'",
            "line 10: it has 3 fields, expected 7 as in line 1",
        ]
    )


@pytest.mark.parametrize(
    ("header", "said"),
    [
        (
            HEADER.replace("time_zone", "colour"),
            "line 1, column 'colour': it is not known, expected serial",
        ),
        (HEADER.replace("time_zone", "serial"), "line 1, column serial: it is there twice"),
        (HEADER.replace("person,", ""), "line 1: the column person is missing"),
        ("", "line 1: the column serial is missing"),
    ],
)
def test_a_header_that_is_wrong_is_told_by_column(import_text: Importer, header: str, said: str) -> None:
    """An extra column may be a misspelled one, whose values would be lost."""
    code, lines, known = import_text(header + "FINE00001,2025-01-01,Acme,bob@acme.example,monthly,1,UTC\n")
    assert (code, known) == (1, [])
    assert any(line.startswith(said) for line in lines)


def test_columns_may_have_any_order_and_optional_ones_may_be_left_out(
    import_text: Importer,
) -> None:
    """As a spreadsheet writes them, with a byte order mark, blanks around, and empty lines."""
    text = "\ufeffperson, serial ,frequency,installed_on,account\n\nbob@acme.example,A1,semi-annual,2025-01-01,Acme\n\n"
    assert import_text(text) == (0, [], ["A1"])


def test_a_quote_that_is_not_closed_is_told_with_its_line(import_text: Importer) -> None:
    """Beside the mistakes before it."""
    rows = 'A1,today,Acme,bob@acme.example,monthly,1,UTC\n"A2"x,2025-01-01,Acme,bob@acme.example,monthly,1,UTC\n'
    code, said, known = import_text(HEADER + rows)
    assert (code, known) == (1, [])
    assert [line.partition(":")[0] for line in said[1:]] == ["line 2, column installed_on", "line 3"]


def test_a_hundred_mistakes_are_told_and_the_others_counted(
    import_text: Importer,
) -> None:
    """Nobody reads ten thousand."""
    _, said, _ = import_text(HEADER + "A1,today,Acme,bob@acme.example,monthly,1,UTC\n" * 150)
    assert said[0].endswith("has 150 mistakes, and nothing of it was taken:")
    assert (len(said), said[-1]) == (102, "and 50 more")
