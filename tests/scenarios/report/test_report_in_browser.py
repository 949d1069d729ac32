"""The page of a run in a real browser: its script runs without an error and does what its buttons say."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.report import Observed, observe, render_page
from esolutions_scenarios.stories.registry import load_story
from esolutions_scenarios.story_runner import run_story
from tests.scenarios.support.pages import parsed
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lxml import html

    Browse = Callable[[str], html.HtmlElement]

# A browser is a process, and takes its time.
pytestmark = pytest.mark.slow

_LONGEST_SECONDS = 120
_QUIETLY = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--enable-logging=stderr",
    "--virtual-time-budget=5000",
)


@pytest.fixture(scope="module")
def page() -> str:
    """The page of a short run in which messages fail."""
    observed: list[Observed] = []
    result = run_story(load_story("server_outage"), "memory", look=lambda testbed: observed.append(observe(testbed)))
    return render_page(result, observed[0])


@pytest.fixture
def browse(tmp_path: Path, require: Callable[[str], str]) -> Browse:
    """Open a page in headless Chromium and return the document it became; the console must stay silent."""
    browser = require("chromium")

    def open_page(text: str) -> html.HtmlElement:
        path = tmp_path / "report.html"
        path.write_text(text, encoding="utf-8")
        command = [browser, *_QUIETLY, f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", path.as_uri()]
        shown = subprocess.run(command, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=True)
        said = [line for line in shown.stderr.splitlines() if "CONSOLE" in line]
        document = parsed(shown.stdout)
        document.set("data-console", "\n".join(said))
        return document

    return open_page


def _driven(page: str, script: str) -> str:
    """Return a page that does what a person would do; its policy lets the person's hands in."""
    page = re.sub(r"script-src \S+", "script-src 'unsafe-inline';", page, count=1)
    return page.replace("</body>", f"<script>{script}</script></body>")


def test_a_browser_shows_the_page_without_an_error(page: str, browse: Browse) -> None:
    """The script runs to its end under the page's own policy, and every part has its heading and its drawings."""
    shown = browse(page)
    assert shown.get("data-console") == ""
    assert shown.get("data-ready") == "yes"
    assert len(shown.xpath("//main/section/h2")) == 7
    for part in ("timeline", "sizes", "printers"):
        assert shown.xpath(f"//section[@id='{part}']//svg[@role='img']"), part


def test_an_arrow_opens_its_envelope(page: str, browse: Browse) -> None:
    """A click shows the envelope indented, with its size and without its secret; the next is a click away."""
    shown = browse(_driven(page, "document.querySelector('button[data-part=request]').click()"))
    assert shown.get("data-console") == ""
    assert shown.xpath("//dialog[@open]")
    assert shown.xpath("string(//*[@id='envelope-title'])") == "1. RegisterProxy: request"
    assert "1,526 bytes" in shown.xpath("string(//*[@id='envelope-facts'])")
    lines = shown.xpath("string(//*[@id='envelope-text'])").splitlines()
    assert lines[2] == "  <soap-env:Header>"
    assert "      <ns0:Secret>(secret, not shown)</ns0:Secret>" in lines
    following = browse(
        _driven(
            page,
            "document.querySelector('button[data-part=request]').click();"
            "document.querySelector('[data-go=next]').click(); document.querySelector('[data-go=part]').click()",
        )
    )
    assert following.xpath("string(//*[@id='envelope-title'])") == "2. RegisterProxyDevices: answer"


def test_only_the_failures_can_be_shown(page: str, browse: Browse) -> None:
    """The choice opens the days on which something failed and closes the others."""
    script = "const f = document.getElementById('filter'); f.value = 'failures'; f.dispatchEvent(new Event('change'))"
    shown = browse(_driven(page, script))
    for chapter in some(shown.xpath("//details[@class='chapter']")):
        assert (chapter.get("open") is not None) == bool(chapter.xpath(".//li[contains(@class, 'failed')]"))


def test_the_slider_shows_the_values_of_a_moment(page: str, browse: Browse) -> None:
    """At the first moment each meter shows its first value, by keyboard as by mouse."""
    script = (
        "const s = document.querySelector('.slider input'); s.value = 0; s.dispatchEvent(new Event('input'));"
        " document.querySelector('[data-zoom=\"4\"]').click()"
    )
    shown = browse(_driven(page, script))
    table = shown.xpath("(//*[@class='values'])[1]//table")[0]
    rows = [[cell.text_content() for cell in row.xpath("td")] for row in table.xpath("tbody/tr")]
    assert rows
    assert all(first == then for _, _, first, then in some(rows))
    assert shown.xpath("//*[@id='timeline-drawing']/@width") == ["400%"]


def test_a_script_that_is_not_the_page_own_does_not_run(page: str, browse: Browse) -> None:
    """Even if a hostile text became markup, the page's policy would refuse to run it."""
    shown = browse(page.replace("</body>", "<script>document.title = 'owned'</script></body>"))
    assert shown.xpath("string(//title)") != "owned"
    assert "Content Security Policy" in str(shown.get("data-console"))
