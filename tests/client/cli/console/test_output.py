"""What a printer or a server wrote is text: it is shown as it is, and steers nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.cli.console.output import plain
from esolutions_client.cli.console.tables import print_table

if TYPE_CHECKING:
    import pytest


def test_a_cell_is_text_not_markup(capsys: pytest.CaptureFixture[str]) -> None:
    """Brackets stay, and what would move a cursor or colour a line is gone."""
    print_table(["WHY"], [("[bold]no[/bold] \x1b[31mred\x9b2J\r\nend",)], empty="nothing")
    shown = capsys.readouterr().out
    assert "[bold]no[/bold]" in shown
    assert not {letter for letter in shown if not letter.isprintable()} - {"\n"}


def test_foreign_text_is_one_line() -> None:
    """No control character of either range, no line end, no sign that turns the direction of writing."""
    assert plain("a\nb\x07c\x85d\u202ee") == "a b c d e"
