"""A failure says what was expected, what was found and where, in words, whatever is broken."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from esolutions_scenarios.checks.places import Places, in_words
from esolutions_scenarios.cli.app import run_command_line

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_scenarios.testbed.testbed import Testbed

pytest_plugins = ["pytester"]

_SHORT = "reply_lost"
# All sabotages that this story meets, with a check that each breaks: of bytes and what they hold, of bills, and of what
# the story expects of a printer, of a message and of its own end.
_MET = {
    "activation-repeated": "every printer is active the day after",
    "answers-not-final": "is billed what it printed",
    "monotonic-guard-off": "is billed what it printed",
    "no-idempotency": "no message is acted upon twice",
    "privacy-filter-off": "own is in any byte sent",
    "retry-drops": "the story is told to its end",
    "size-accounting-off": "Every message has exactly the size",
    "unordered-meters-billed": "Every billed value was really shown",
}
# A mapping, a list of text, a name with its value, an object: Python's own notation.
_NOTATION = re.compile(r"\{'|\['|\w+\(\w+=|datetime\.|<\w+ object")


def _told(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    code = run_command_line(["run", *arguments], stopwatch=lambda: 0.0)
    return code, capsys.readouterr().out


def test_a_byte_too_many_is_a_failed_check_with_its_exchange(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """What the specification does not know is found in the report and on the screen, and breaks neither."""
    page = tmp_path / "report.html"
    code, told = _told(capsys, _SHORT, "--report", str(page), "--sabotage", "size-accounting-off")
    assert code == 1
    assert "day 1 (2026-01-05 09:00), exchange 1 (RegisterProxy of office): expected nothing but what" in told
    assert "Every message has exactly the size" in page.read_text(encoding="utf-8")


def test_an_expectation_that_fails_names_both_values_and_the_day(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """No row is printed in a program's notation."""
    from esolutions_scenarios.stories.security import communication_turned_off as story
    from esolutions_scenarios.testbed.office import START

    monkeypatch.setattr(story, "answered_late", lambda *_: [{"serial": "ABC123456", "read_at": START, "x": None}])
    code, told = _told(capsys, "communication_turned_off")
    assert code == 1
    assert "day 1 (2026-01-05 09:00), after exchange 2, printer ABC123456: found serial ABC123456, read at" in told
    assert not _NOTATION.search(told)


def test_a_story_that_comes_to_no_end_is_judged_all_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """The line of the story, and the error in words, where others get a traceback."""
    code, told = _told(capsys, _SHORT, "--sabotage", "retry-drops")
    assert code == 1
    assert re.search(r"the story is told to its end\n  day 1 .*reply_lost\.py:\d+.*is not registered", told)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "promise"), _MET.items(), ids=_MET)
def test_what_a_sabotage_breaks_is_told_in_words(
    name: str, promise: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """On the screen and on the page, which is written whatever is switched off."""
    page = tmp_path / "report.html"
    code, told = _told(capsys, _SHORT, "--report", str(page), "--sabotage", name)
    assert code == 1
    assert re.search(rf"^FAILED  .*{promise}", told, re.MULTILINE)
    written = page.read_text(encoding="utf-8")
    assert promise in written
    assert "</html>" in written
    assert not _NOTATION.search(told)


def test_a_row_is_placed_by_its_columns_whether_it_is_a_mapping_or_a_value() -> None:
    """What the administration returns is a value, what a story makes of it may be a mapping: both say where it was."""

    @dataclass(frozen=True)
    class Read:
        serial: str
        read_at: datetime

    began = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
    bed = SimpleNamespace(machines=[], began=began)
    places = Places(cast("Testbed", bed))
    read = Read("ABC123456", datetime(2026, 1, 7, 3, 0, tzinfo=UTC))
    for found in (read, [read], asdict(read), [asdict(read)]):
        assert places.of_found(found, began) == "day 2 (2026-01-07 03:00), printer ABC123456"


def test_a_sabotage_goes_with_one_process_and_a_name(capsys: pytest.CaptureFixture[str]) -> None:
    """Servers of other processes cannot be reached into; a wrong name is answered with the right ones."""
    for words in (("--sabotage", "retry-drops", "--world", "wire"), ("--sabotage", "none of the kind")):
        assert run_command_line(["run", _SHORT, *words], stopwatch=lambda: 0.0) == 2
    assert "retry-drops" in capsys.readouterr().err


@pytest.mark.slow
def test_a_testbed_of_the_plugin_is_judged_in_words(pytester: pytest.Pytester) -> None:
    """A test that asserts nothing fails where an invariant does not hold, without a traceback."""
    pytester.makepyfile(
        """
        from datetime import timedelta

        from esolutions_scenarios.swarm.sabotage.catalogue import sabotage

        def test_it(testbed):
            bed = testbed(printers=1)
            office = bed.install()
            office.discover(bed.fleet.addresses)
            with sabotage("size-accounting-off"):
                office.register([bed.fleet.printers[0].serial])
        """
    )
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*day 1 (2026-01-05 09:00), exchange 1 (RegisterProxy of office): expected*"])
    result.stdout.no_fnmatch_line("*Traceback*")


class _Outcome(StrEnum):
    ACCEPTED = "Accepted"


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (None, "nothing"),
        ([], "none"),
        ([1, 2], "1; 2"),
        (list(range(7)), "0; 1; 2; 3; 4; and 2 more"),
        ({"a_b": None, "c_d": _Outcome.ACCEPTED}, "c d Accepted"),
        (datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), "2026-01-31 23:59:59"),
        ("x" * 300, "x" * 200 + "..."),
        (True, "yes"),
        ((b"\xffa",), r"\xffa"),
    ],
)
def test_values_are_told_in_words(value: object, words: str) -> None:
    """Rows, lists, moments and names of states."""
    assert in_words(value) == words
