"""The page of a run: whole, harmless, and small enough to open."""

from __future__ import annotations

import hashlib
import re
from base64 import b64encode
from dataclasses import fields, is_dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_scenarios.checks.verdicts import Verdict
from esolutions_scenarios.report import Observed, observe, render_page
from esolutions_scenarios.stories.registry import load_story
from esolutions_scenarios.story_runner import Result, run_story
from tests.scenarios.support.pages import parsed
from tests.support.seen import some

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

_HOSTILE = "<script>document.title='owned'</script>\"'&--><svg onload=alert(1)>\u202e\x00"
_LARGEST_BYTES = 10_000_000
# Where a page may name another place: the namespaces and words inside envelopes are text, never fetched.
_FETCHING = ("src", "href", "srcset", "data", "action", "poster", "background", "ping")


@pytest.fixture(scope="module")
def told() -> tuple[Result, Observed, set[str]]:
    """A short run with a replaced printer, what was observed of it, and the secrets of its clients."""
    observed: list[Observed] = []
    secrets: set[str] = set()

    def look(testbed: Testbed) -> None:
        observed.append(observe(testbed))
        secrets.update(machine.store.settings.secret or "" for machine in testbed.machines)

    result = run_story(load_story("printer_replaced"), "memory", look=look)
    return result, observed[0], secrets


@pytest.fixture(scope="module")
def page(told: tuple[Result, Observed, set[str]]) -> str:
    """The page of that run."""
    return render_page(told[0], told[1])


def _spoilt(value: Any) -> Any:
    """Return a value with every text in it hostile, those the program itself chooses apart."""
    if isinstance(value, str):
        return _HOSTILE
    if isinstance(value, tuple):
        return tuple(_spoilt(one) for one in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{field.name: _spoilt(getattr(value, field.name)) for field in fields(value)})
    return value


def test_the_page_needs_nothing_but_itself(page: str) -> None:
    """No script, style, picture or font is fetched from anywhere: every address in the page is in the page."""
    for element in some(parsed(page).iter()):
        for name in _FETCHING:
            address = element.get(name, "#")
            assert address.startswith("#") or address == "data:,", (element.tag, address)
    assert not re.findall(r"@import|url\(", page)


def test_the_page_forbids_whatever_is_not_its_own(page: str) -> None:
    """The policy names the hashes of the one style and the one script; a browser refuses all else."""
    document = parsed(page)
    [policy] = document.xpath("//meta[@http-equiv='Content-Security-Policy']/@content")
    assert policy.startswith("default-src 'none';")
    for kind in ("style", "script"):
        [own] = document.xpath(f"//{kind}[not(@type)]")
        digest = b64encode(hashlib.sha256(own.text.encode()).digest()).decode()
        assert f"{kind}-src 'sha256-{digest}'" in policy
    assert not document.xpath("//@style | //@onclick | //@onload")


def test_every_part_is_on_the_page_under_a_heading(page: str) -> None:
    """The story, the checks, the timeline and all that follows: named, linked, in order."""
    document = parsed(page)
    parts = ["story", "checks", "timeline", "exchanges", "sizes", "printers", "bills"]
    assert [section.get("id") for section in document.xpath("//main/section[h2]")] == parts
    assert document.xpath("//nav//a/@href") == [f"#{part}" for part in parts]
    assert len(document.xpath("//h1")) == 1
    assert all(drawing.find("title") is not None for drawing in some(document.xpath("//svg[@role='img']")))


def test_hostile_words_anywhere_are_shown_and_never_markup(told: tuple[Result, Observed, set[str]]) -> None:
    """Serial numbers, notes, meters, answers and envelopes may hold anything; the page has the same elements."""
    result, observed, _ = told
    broken = Verdict("story", _HOSTILE, passed=False, violations=(_HOSTILE,))
    spoilt = parsed(render_page(replace(result, verdicts=[broken]), _spoilt(observed)))
    whole = parsed(render_page(result, observed))
    assert len(spoilt.xpath("//script")) == len(whole.xpath("//script"))
    assert not spoilt.xpath("//@onload")
    assert "<script>document.title='owned'</script>" in spoilt.xpath("//h3")[0].text_content()
    assert "\u202e" not in spoilt.text_content()


def test_no_secret_is_on_the_page(told: tuple[Result, Observed, set[str]], page: str) -> None:
    """The secret is sent once, in a registration; the page says that it was there and not what it was."""
    secrets = told[2]
    assert secrets
    assert all(len(secret) == 88 and secret not in page for secret in some(secrets))
    assert "(secret, not shown)" in page


def test_every_envelope_is_on_the_page_once(told: tuple[Result, Observed, set[str]], page: str) -> None:
    """Every exchange has an arrow that opens what was sent, and one for what came back."""
    document = parsed(page)
    opened = [(int(one.get("data-exchange")), one.get("data-part")) for one in document.xpath("//button[@data-part]")]
    expected = [
        (exchange.number, part)
        for exchange in told[1].exchanges
        for part in ("request", "answer")
        if part == "request" or exchange.response is not None
    ]
    assert sorted(opened) == sorted(expected)


def test_a_broken_check_stands_at_the_top_in_words(told: tuple[Result, Observed, set[str]]) -> None:
    """The reader of the page of a failed run reads first what went wrong, and what was found."""
    broken = Verdict("story", "nothing is lost", passed=False, violations=("a reading of Monday is lost",))
    document = parsed(render_page(replace(told[0], verdicts=[broken]), told[1]))
    header = document.xpath("//body/header")[0].text_content()
    assert "Failed" in header
    assert "nothing is lost" in header
    assert "a reading of Monday is lost" in header
    assert not parsed(render_page(told[0], told[1])).xpath("//*[@class='wrong']")


def test_a_run_in_which_nothing_happened_has_a_page(told: tuple[Result, Observed, set[str]]) -> None:
    """A story without machines, printers and messages is drawn as such."""
    nothing = Observed(told[1].began, told[1].began, (), (), (), (), 0, (), ())
    document = parsed(render_page(replace(told[0], sizes=[], transcript=[]), nothing))
    assert "No message crossed." in document.text_content()
    assert "No printer was read." in document.text_content()


@pytest.mark.slow
def test_the_page_of_a_year_is_small_enough_to_open() -> None:
    """Four hundred exchanges and twenty thousand readings: less than 10 MB, the routine of each month folded."""
    observed: list[Observed] = []
    result = run_story(load_story("first_year"), "memory", look=lambda testbed: observed.append(observe(testbed)))
    page = render_page(result, observed[0])
    assert len(page.encode()) < _LARGEST_BYTES
    assert observed[0].ended - observed[0].began >= timedelta(days=365)
    assert len(parsed(page).xpath("//details[@class='chapter']")) == 13
