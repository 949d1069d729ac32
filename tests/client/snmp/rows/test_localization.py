"""Which character set a printer's texts are in, by its own words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.pdus import Unreadable, run
from esolutions_client.snmp.read_once import read_walk
from esolutions_client.snmp.rows.identify import identify

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path
    from types import SimpleNamespace

    from esolutions_client.snmp.pdus import Value

GENERAL, CHARSET = "1.3.6.1.2.1.43.5.1.1", "1.3.6.1.2.1.43.7.1.1.4"
CURRENT, CONSOLE = f"{GENERAL}.2.1", f"{GENERAL}.10.1"
NAME = "1.3.6.1.2.1.43.11.1.1.6.1.1"
TONER = "Чёрный тонер"
CP1251, LATIN_2, KOI8_R = 2251, 5, 2084

Rows = dict[str, "Value"]


@pytest.fixture
def name_of_toner(xerox: Rows, agents: SimpleNamespace, now: Callable[[], datetime]) -> Callable[[Rows], str]:
    """Return the name of the first supply of a printer with these further rows."""

    def name(rows: Rows) -> str:
        agent = agents.obliging({**xerox, NAME: TONER.encode("cp1251"), **rows})
        supplies = run(identify(now=now), agent).reading.supplies
        return str(supplies[0].name)

    return name


@pytest.mark.parametrize(
    "rows",
    [
        {f"{CHARSET}.1.1": CP1251},
        {CURRENT: 2, f"{CHARSET}.1.1": LATIN_2, f"{CHARSET}.1.2": CP1251},
        {CURRENT: 0, CONSOLE: 2, f"{CHARSET}.1.1": LATIN_2, f"{CHARSET}.1.2": CP1251},
        {CURRENT: 2, CONSOLE: 1, f"{CHARSET}.1.1": LATIN_2, f"{CHARSET}.1.2": CP1251},
        {CURRENT: 2, f"{CHARSET}.1.1": Unreadable("NULL"), f"{CHARSET}.1.2": CP1251},
        {f"{CHARSET}.1.1": CP1251, f"{CHARSET}.1.2": CP1251},
    ],
)
def test_the_current_localization_says_how_texts_are_encoded(name_of_toner: Callable[[Rows], str], rows: Rows) -> None:
    """The general one, or else the console's, or else the one that every row names."""
    assert name_of_toner(rows) == TONER


@pytest.mark.parametrize(
    "rows",
    [
        {},
        {CURRENT: 1, f"{CHARSET}.1.1": 2},
        {CURRENT: 1, f"{CHARSET}.1.1": 2, f"{CHARSET}.1.2": KOI8_R},
        {f"{CHARSET}.1.1": LATIN_2, f"{CHARSET}.1.2": KOI8_R},
    ],
)
def test_without_a_usable_declaration_the_name_is_read_as_before(
    name_of_toner: Callable[[Rows], str], rows: Rows
) -> None:
    """A choice that declares "unknown", or no choice among several, is none."""
    assert name_of_toner(rows) == TONER.encode("cp1251").decode("latin-1")


def test_meters_and_the_model_are_in_the_declared_charset_too(
    xerox: Rows, agents: SimpleNamespace, now: Callable[[], datetime]
) -> None:
    """The copier's rows under their own index are of the same firmware."""
    xcmi = "1.3.6.1.4.1.253.8.53.13.2.1.8"
    rows = {
        **xerox,
        f"{CHARSET}.1.1": LATIN_2,
        f"{xcmi}.1.20.1": "Łącznie wydruków".encode("iso8859-2"),
        f"{xcmi}.103.20.3": "Kopii łącznie".encode("iso8859-2"),
        "1.3.6.1.4.1.253.8.51.1.2.1.20.1": "MFG:Xerox;MDL:Zespół 5;".encode("iso8859-2"),
    }
    reading = run(identify(now=now), agents.obliging(rows)).reading
    assert {"Łącznie wydruków", "Kopii łącznie"} <= {meter.name for meter in reading.meters}
    assert reading.model == "Zespół 5"


def test_two_printers_behind_one_agent_have_a_charset_each(
    xerox: Rows, agents: SimpleNamespace, now: Callable[[], datetime]
) -> None:
    """What one declares does not touch the other's texts."""
    rows = {**xerox, f"{CHARSET}.1.1": CP1251, f"{CHARSET}.2.1": LATIN_2, NAME: TONER.encode("cp1251")}
    assert run(identify(now=now), agents.obliging(rows)).reading.supplies[0].name == TONER


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("08-polish-iso8859-2", "Zespół obraz."),
        ("09a-roman8-declared", "Unité tambour"),
        ("09b-gbk-declared", "黑色墨粉盒"),
    ],
)
def test_names_of_reported_printers_come_out_as_written(
    cases: Path, now: Callable[[], datetime], case: str, name: str
) -> None:
    """What people reported as garbled names."""
    assert [supply.name for supply in read_walk(cases / f"{case}.snmprec", now=now).supplies] == [name]
