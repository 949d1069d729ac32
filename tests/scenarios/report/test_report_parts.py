"""What a report is made of: markup, scales, chapters and envelopes, each alone."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st
from lxml import html

from esolutions_scenarios.report.content import Envelope, Exchange, Happening, Observed, ReadTimes
from esolutions_scenarios.report.drawing.chapters import Quiet, Step, chapters
from esolutions_scenarios.report.drawing.charts.axes import NumberScale, TimeScale
from esolutions_scenarios.report.drawing.markup import json_script, tag, visible
from esolutions_scenarios.report.drawing.sequence import draw_sequence
from esolutions_scenarios.report.observing.envelopes import MASK, Envelopes

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
DAY = timedelta(days=1)
SECRET = "2ht+EpkjDbyGLmEbjzE7YvpZw5xNnRnfhWmllA8lfEO3dBR5YAOf3vBN=="
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=60)
NUMBERS = st.floats(-1e9, 1e9)


def exchange(number: int, at: datetime, *, is_routine: bool = True) -> Exchange:
    """Return a sync, quiet or refused."""
    return Exchange(
        number=number,
        machine="office",
        at=at,
        operation="SyncProxy",
        attempt=1,
        outcome="acknowledged" if is_routine else "UnreachableError",
        reason="" if is_routine else "connection refused",
        carries="",
        is_acknowledged=is_routine,
        is_routine=is_routine,
        request=Envelope("<a/>", 4),
        response=Envelope("<b/>", 4) if is_routine else None,
    )


def observed(
    exchanges: list[Exchange], happenings: tuple[Happening, ...] = (), seconds: tuple[int, ...] = ()
) -> Observed:
    """Return a run of one machine in which only this was seen."""
    return Observed(
        began=START,
        ended=START + 400 * DAY,
        machines=("office",),
        exchanges=tuple(exchanges),
        happenings=happenings,
        printers=(),
        printers_left_out=0,
        reads=(ReadTimes("office", seconds),),
        bills=(),
    )


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_stays_text_in_an_element_and_in_an_attribute(text: str, attribute: str) -> None:
    """Whatever a printer calls itself, a reader of HTML gets one element with those words and no other."""
    found = html.fragment_fromstring(tag("p", "|", text, "|", title=attribute).text)
    assert len(found) == 0
    assert found.text == f"|{visible(text)}|"
    assert found.attrib == {"title": visible(attribute)}


@given(ANY_TEXT)
def test_no_character_of_a_text_is_unseen(text: str) -> None:
    """Nothing turns a line around or hides in it: only what prints, line ends and tabs are left."""
    assert not re.search(
        r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]", visible(text)
    )


@given(ANY_TEXT)
def test_data_for_the_script_cannot_end_its_element(text: str) -> None:
    """The data comes back as it was, and no tag or comment begins within it."""
    written = json_script("data", [f"</script><!--{text}"]).text
    inside = written.removeprefix('<script type="application/json" id="data">').removesuffix("</script>")
    assert "<" not in inside
    assert json.loads(inside) == [f"</script><!--{text}"]


@given(NUMBERS, NUMBERS, st.integers(1, 20))
@example(0.0, 5e-324, 1)
@example(1e9, 1e9, 5)
def test_the_ticks_of_a_scale_ascend_within_it_and_are_few(one: float, other: float, at_most: int) -> None:
    """A chart has labels in order, inside its frame, and no more than it has room for."""
    scale = NumberScale(min(one, other), max(one, other), 0, 100)
    ticks = scale.ticks(at_most)
    assert len(ticks) <= at_most + 1
    assert all(before < after for before, after in pairwise(ticks))
    assert all(-1e-3 <= scale.place(tick) <= 100 + 1e-3 for tick in ticks)


@given(st.datetimes(datetime(2000, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)), st.integers(1, 10**9))  # noqa: DTZ001 - aware by timezones
def test_the_ticks_of_a_time_axis_ascend_within_it(first: datetime, seconds: int) -> None:
    """From a second to thirty years, months and leap days included."""
    scale = TimeScale(first, first + timedelta(seconds=seconds), 0, 100)
    ticks = [moment for moment, _ in scale.ticks(12)]
    assert len(ticks) <= 32
    assert all(before < after for before, after in pairwise(ticks))
    assert all(0 <= scale.place(tick) <= 100 for tick in ticks)


def test_quiet_syncs_in_a_row_are_one_stretch() -> None:
    """A month without news is one line that opens, with all its readings counted."""
    syncs = [exchange(day, START + day * DAY) for day in range(1, 11)]
    reads = tuple(int((START + day * DAY).timestamp()) for day in range(1, 11) for _ in range(3))
    [chapter] = chapters(observed(syncs, seconds=reads))
    [line] = chapter.lines
    assert isinstance(line, Quiet)
    assert (len(line.steps), line.readings) == (10, 30)


def test_a_failure_is_never_folded_away() -> None:
    """What went wrong stands by itself between the quiet stretches, marked in words and not by colour alone."""
    syncs = [exchange(day, START + day * DAY, is_routine=day != 5) for day in range(1, 11)]
    [chapter] = chapters(observed(syncs))
    assert [type(line) for line in chapter.lines] == [Quiet, Step, Quiet]
    drawn = html.fragment_fromstring(draw_sequence(observed(syncs)).text)
    [failed] = drawn.xpath("//li[contains(@class, 'failed')]")
    assert "\N{BALLOT X} UnreachableError: connection refused" in failed.text_content()
    assert drawn.xpath("//details[@open][@class='chapter']//li[contains(@class, 'failed')]")


def test_what_happens_to_many_printers_at_once_is_one_line() -> None:
    """A thousand printers that are registered do not make a thousand rows."""
    first = Happening(START, "office", "registered", "AAA000000", "the server knows this printer")
    many = tuple(replace(first, subject=f"AAA{number:06}") for number in range(1000))
    [chapter] = chapters(observed([], many))
    [line] = chapter.lines
    assert isinstance(line, Happening)
    assert line.subject.startswith("AAA000000, AAA000001, ")
    assert line.subject.endswith(" and 992 more")


def test_a_year_has_a_chapter_for_each_month() -> None:
    """Every exchange of a year is in exactly one chapter, the months in order."""
    syncs = [exchange(day, START + day * DAY) for day in range(365)]
    found = chapters(observed(syncs))
    assert [chapter.title for chapter in found][:2] == ["January 2026", "February 2026"]
    assert [step.exchange.number for chapter in found for step in chapter.steps] == list(range(365))


def test_a_secret_is_hidden_where_it_is_told_and_wherever_it_is_repeated() -> None:
    """A body that was cut hides it as well; the size is still that of the bytes that crossed."""
    body = f"<a:Secret>{SECRET}</a:Secret>".encode()
    shown = Envelopes().show(body)
    assert shown == Envelope(f"<a:Secret>{MASK}</a:Secret>", len(body))
    assert Envelopes().show(body[: len(SECRET)]).text == f"<a:Secret>{MASK}"
    assert SECRET not in Envelopes([SECRET]).show(f"<Fault>you sent {SECRET}</Fault>".encode()).text


@given(st.binary(max_size=200))
def test_any_bytes_can_be_shown(body: bytes) -> None:
    """Garbage that a peer sent is text on the page, with the size that crossed and nothing left out."""
    shown = Envelopes().show(body)
    assert (shown.size, shown.left_out) == (len(body), 0)
    visible(shown.text).encode("utf-8")


def test_a_page_that_is_full_shows_the_beginning_of_a_large_body() -> None:
    """What does not fit is counted in bytes, so that no part is taken for the whole."""
    envelopes = Envelopes(page_characters=10)
    shown = envelopes.show(b"x" * 5000)
    assert len(shown.text) + shown.left_out == 5000
    assert shown.left_out > 0
