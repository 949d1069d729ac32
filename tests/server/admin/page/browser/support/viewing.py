"""Somebody who looks at a testbed's page in a browser, in one of its appearances."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.server.support.testbed import Bed

Scheme = Literal["light", "dark"]


class Viewing:
    """A testbed, and the browser before it."""

    def __init__(self, bed: Bed, url: str, browser: Browser, axe: str) -> None:
        self.bed = bed
        self._url = url
        self._browser = browser
        self._axe = axe
        self.complaints: list[str] = []

    def open(self, path: str = "", *, width: int = 1280, scheme: Scheme = "light", script: bool = True) -> Page:
        """Open the page by the address that was printed, then one of its addresses."""
        context = self._browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, java_script_enabled=script
        )
        page = context.new_page()
        page.on("console", lambda message: self.complaints.append(message.text))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(self._url)
        if path:
            page.goto(page.url + path)
        return page

    def violations(self, page: Page) -> list[Any]:
        """Return what axe finds: the rule, and the elements."""
        page.evaluate(f"{self._axe}; undefined")
        found = page.evaluate("axe.run()")
        return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found["violations"]]
