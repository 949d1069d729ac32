"""The page of a run: whole, harmless, and readable in a real browser."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.report import Observed, observe, render_page
from esolutions_scenarios.runner import Result, run_story
from esolutions_scenarios.stories.registry import load_story

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_HOSTILE = '<script>document.title="owned"</script>"&\''
_LARGEST_BYTES = 10_000_000


@pytest.fixture(scope="module")
def told() -> tuple[Result, Observed]:
    """A short run and what was observed of it."""
    observed: list[Observed] = []
    result = run_story(load_story("printer_replaced"), "memory", look=lambda testbed: observed.append(observe(testbed)))
    return result, observed[0]


def test_the_page_needs_nothing_but_itself(told: tuple[Result, Observed]) -> None:
    """No script, style, picture or font is fetched from anywhere."""
    page = render_page(*told)
    assert not re.findall(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)
    assert not re.findall(r"@import|url\(\s*['\"]?(?:https?:)?//", page)
    assert len(page.encode()) < _LARGEST_BYTES


def test_every_part_is_on_the_page(told: tuple[Result, Observed]) -> None:
    """The story, the checks, the timeline, the exchanges, the sizes, the printers."""
    page = render_page(*told)
    for part in ("story", "checks", "timeline", "exchanges", "sizes", "printers", "bills"):
        assert f'id="{part}"' in page


def test_a_hostile_word_is_shown_and_not_run(told: tuple[Result, Observed]) -> None:
    """Serial numbers and notes come from printers and people; none of them is markup."""
    result, observed = told
    happenings = (replace(observed.happenings[0], text=_HOSTILE), *observed.happenings[1:])
    assert _HOSTILE not in render_page(result, replace(observed, happenings=happenings))


def test_no_secret_is_on_the_page(told: tuple[Result, Observed]) -> None:
    """The secret is sent once, in a registration; the page masks it."""
    assert not re.search(r"Secret(?:>|&gt;)[A-Za-z0-9+/]{40}", render_page(*told))


def test_a_browser_shows_the_page_without_an_error(
    told: tuple[Result, Observed], tmp_path: Path, require: Callable[[str], str]
) -> None:
    """Headless Chromium runs the page's script, draws the charts and logs no error."""
    browser = require("chromium")
    page = tmp_path / "report.html"
    page.write_text(render_page(*told), encoding="utf-8")
    shown = subprocess.run(
        [
            browser,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            f"--user-data-dir={tmp_path / 'profile'}",
            "--enable-logging=stderr",
            "--virtual-time-budget=5000",
            "--dump-dom",
            page.as_uri(),
        ],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    assert "CONSOLE" not in shown.stderr
    assert "<svg" in shown.stdout
    assert told[0].story.promise in shown.stdout
