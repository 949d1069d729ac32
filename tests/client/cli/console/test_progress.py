"""How far long work is, is shown on a terminal alone: one line that rich changes in place."""

from __future__ import annotations

import re
import sys

import pytest

from esolutions_client.cli.console.progress import ProgressBar

# ECMA-48, 5.4: a control sequence.
_SEQUENCE = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_HOSTILE = "[bold]found[/bold] \x1b]0;title\x07\x9b2J\u202e\n\r" + "long " * 40


def be_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let stderr be a terminal of 80 columns."""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("TERM", "xterm")


@pytest.mark.parametrize("stays", [True, False])
def test_a_bar_fits_the_terminal_and_what_others_wrote_steers_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *, stays: bool
) -> None:
    """Each text is one line of at most 80 columns, its brackets are no markup, and it takes no second line."""
    be_a_terminal(monkeypatch)
    with ProgressBar(stays=stays) as bar:
        for share in (0.0, 0.5, 1.0):
            bar.show(_HOSTILE, share)
        shown = capsys.readouterr().err
    lines = [_SEQUENCE.sub("", line) for line in re.split(r"[\r\n]", shown)]
    assert max(map(len, lines)) <= 80
    assert "[bold]found[/bold]" in shown
    assert not {letter for letter in _SEQUENCE.sub("", shown) if not letter.isprintable()} - {"\r", "\n"}
    assert "\n" not in shown
    end = capsys.readouterr().err
    # It stays with a line end, or is erased: up to its line, and delete that.
    assert ("\x1b[1A\x1b[2K" in end) is not stays
    assert "\n" in end


def test_nothing_is_shown_where_there_is_no_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipe or a log gets neither a bar nor a line end."""
    with ProgressBar(stays=True) as bar:
        assert not bar.is_shown
        bar.show("half", 0.5)
    assert capsys.readouterr() == ("", "")


def test_a_bar_that_never_showed_anything_leaves_nothing(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Work that was over at once has no line."""
    be_a_terminal(monkeypatch)
    with ProgressBar(stays=True) as bar:
        assert bar.is_shown
    assert capsys.readouterr() == ("", "")
