"""A testbed on a socket, and Chromium before it."""

from __future__ import annotations

import contextlib
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from esolutions_server.admin.running_testbed import RunningTestbed
from esolutions_server.http.serving import RunningServer
from esolutions_server.testbed.routes import NamespacedApplication
from tests.server.admin.page.browser.support.viewing import Viewing
from tests.server.support.testbed import Bed

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

    from tests.support.system import Require


@pytest.fixture
def browser(require: Require) -> Iterator[Browser]:
    """Give Chromium; Debian's, which brings no sandbox for root."""
    program = require("chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield started
        started.close()


@pytest.fixture
def viewing(browser: Browser, tmp_path: Path) -> Iterator[Viewing]:
    """Give a testbed whose page is looked at; what was said on the console is in `complaints`."""
    bed = Bed(tmp_path)
    application = NamespacedApplication(bed.instrument)
    with (
        contextlib.closing(bed.instrument),
        RunningTestbed(
            bed.instrument, RunningServer(application, tls="off", is_strict=True), is_strict=True
        ) as running,
    ):
        axe = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
        yield Viewing(bed, running.page_url, browser, axe)
