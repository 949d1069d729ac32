"""A list that is longer than memory has room for is printed like a short one, a row at a time."""

from __future__ import annotations

import weakref
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import esolutions_client.cli.console.output
import esolutions_client.cli.console.tables
import esolutions_server.cli.output
import esolutions_server.cli.tables
import esolutions_simulators.console.output
import esolutions_simulators.console.tables
from tests.contract.output.support.streams import Stream

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_OUTPUTS = (esolutions_client.cli.console.output, esolutions_server.cli.output, esolutions_simulators.console.output)
_TABLES = (esolutions_client.cli.console.tables, esolutions_server.cli.tables, esolutions_simulators.console.tables)
_COLUMNS = ("A", "B", "N")
_rows = st.lists(st.tuples(st.text(), st.text(), st.none() | st.integers()), max_size=9)


class _Row(list[Any]):
    """A row of which one can know whether it is still there."""


class _Rows:
    """Rows that can be read again, made anew each time; it knows how many there were at once."""

    def __init__(self, rows: list[Any]) -> None:
        self._rows = rows
        self.most = 0

    def __iter__(self) -> Iterator[_Row]:
        made: list[weakref.ref[_Row]] = []
        for values in self._rows:
            row = _Row(values)
            made.append(weakref.ref(row))
            self.most = max(self.most, sum(each() is not None for each in made))
            yield row


def _printed(call: Callable[[], None]) -> str:
    out = Stream(is_terminal=False)
    with patch("sys.stdout", out):
        call()
    return out.getvalue()


@pytest.mark.parametrize("tables", _TABLES)
@settings(deadline=None)
@given(rows=_rows)
def test_a_table_that_is_read_twice_prints_like_one_that_is_kept(tables: Any, rows: list[Any]) -> None:
    """The first reading measures it; no row of it stays."""
    again = _Rows(rows)
    assert _printed(lambda: tables.print_table(_COLUMNS, again)) == _printed(lambda: tables.print_table(_COLUMNS, rows))
    assert again.most <= 2


@pytest.mark.parametrize("output", _OUTPUTS)
@settings(deadline=None)
@given(rows=_rows)
def test_a_document_of_rows_is_the_same_a_row_at_a_time(output: Any, rows: list[Any]) -> None:
    """Letter for letter what a list of them would be."""
    again = _Rows(rows)
    at_once = _printed(lambda: output.print_json([list(row) for row in rows], indent=None))
    assert _printed(lambda: output.print_json(iter(again))) == at_once
    assert again.most <= 2


def _failing() -> Iterator[Any]:
    yield from ()
    raise ConnectionError("the database is away")


@pytest.mark.parametrize(("output", "tables"), list(zip(_OUTPUTS, _TABLES, strict=True)))
def test_a_list_of_which_no_row_can_be_read_prints_nothing(output: Any, tables: Any) -> None:
    """A program that reads the document finds none, and not half of one."""
    out = Stream(is_terminal=False)
    with patch("sys.stdout", out):
        with pytest.raises(ConnectionError, match="away"):
            output.print_json(_failing())
        with pytest.raises(ConnectionError, match="away"):
            tables.print_table(_COLUMNS, _failing())
    assert out.getvalue() == ""
