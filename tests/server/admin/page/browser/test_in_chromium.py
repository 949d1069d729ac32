"""The live page in a browser."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.server.admin.page.browser.support.viewing import Scheme, Viewing
    from tests.server.support.proxy import Proxy

PATHS = ("", "?only=refused", "/messages/2", "/messages/4", "/messages/5", "/devices", "/faults")
pytestmark = pytest.mark.wire


def lived(viewing: Viewing) -> Proxy:
    """Let a client register, sync and be refused twice; return it."""
    proxy = viewing.bed.world().proxy()
    proxy.register("ABC123456", "XRX0000000000000000000000000042")
    proxy.sync()
    proxy.post(proxy.envelope(proxy.sync_payload().replace("n:InstanceId>", "n:Instance>")))
    proxy.post(b"<a><b></a>")
    viewing.bed.ask("POST", "/admin/api/faults", {"kind": "slow", "seconds": 1, "operations": ["SyncProxy"]})
    return proxy


def test_the_clock_fits_whatever_it_does(viewing: Viewing) -> None:
    """Its state is longest while it runs."""
    viewing.bed.ask("PATCH", "/admin/api/clock", {"mode": "running", "speed": 863_999.5})
    page = viewing.open("", width=380, scheme="light")
    expect(page.locator(".clock .badge")).to_contain_text("times as fast")
    assert page.evaluate("document.documentElement.scrollWidth") == 380


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [380, 1280])
def test_every_page_is_accessible_and_fits(viewing: Viewing, scheme: Scheme, width: int) -> None:
    """Axe finds nothing, nothing has to be scrolled sideways, and the policy of the page had nothing to forbid."""
    proxy = lived(viewing)
    for path in (
        "",
        "?only=refused",
        "/messages/2",
        "/messages/4",
        "/messages/5",
        f"/clients/{proxy.guid}",
        "/devices",
        "/faults",
    ):
        page = viewing.open(path, width=width, scheme=scheme)
        expect(page.locator("h1")).to_be_visible()
        assert (path, viewing.violations(page)) == (path, [])
        assert (path, page.evaluate("document.documentElement.scrollWidth")) == (path, width)
        page.context.close()
    assert viewing.complaints == []


def test_light_and_dark_are_as_the_reader_has_it(viewing: Viewing) -> None:
    """By the setting of the system."""
    light, dark = (
        viewing.open(scheme=scheme).evaluate("getComputedStyle(document.body).backgroundColor")
        for scheme in ("light", "dark")
    )
    assert sum(map(int, re.findall(r"\d+", light))) > 700
    assert sum(map(int, re.findall(r"\d+", dark))) < 100


def test_a_message_appears_as_it_comes(viewing: Viewing) -> None:
    """Without anything being done; so does its refusal, explained."""
    page = viewing.open()
    expect(page.get_by_text("No message has come yet")).to_be_visible()
    proxy = viewing.bed.world().proxy()
    proxy.register("ABC123456")
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("tbody tr").first).to_contain_text("RegisterProxyDevices")
    proxy.post(b"<a><b></a>")
    expect(page.get_by_role("heading", name="The first refusal")).to_be_visible()
    expect(page.locator("mark")).to_contain_text("</a>")
    assert viewing.complaints == []


def test_a_button_moves_the_clock(viewing: Viewing) -> None:
    """And the page stays where it was."""
    page = viewing.open("/devices")
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator(".clock .badge")).to_have_text("frozen")
    before = viewing.bed.instrument.default.clock()
    page.get_by_role("button", name="+1 day").click()
    expect(page.locator(".clock .badge")).to_have_text("frozen")
    assert (viewing.bed.instrument.default.clock() - before).days == 1
    assert page.url.endswith("/testbed/devices")


def test_a_fault_is_laid_and_lifted_by_a_click(viewing: Viewing) -> None:
    """The next message meets it, and the page says so."""
    page = viewing.open("/faults")
    page.get_by_label("For the next").fill("3")
    page.locator("select").select_option("SyncProxy")
    page.get_by_role("button", name="HTTP 503").click()
    expect(page.locator("tbody tr")).to_contain_text("http-error")
    proxy = viewing.bed.world().proxy()
    proxy.respond = viewing.bed.instrument.default.respond
    proxy.register("ABC123456")
    assert proxy.post(proxy.envelope(proxy.sync_payload())).status.startswith("503")
    expect(page.locator("tbody tr")).to_contain_text("1 of 3")
    page.get_by_role("button", name="Lift 1").click()
    expect(page.get_by_text("Messages meet no fault.")).to_be_visible()
    assert not viewing.bed.instrument.default.interference.faults.every()


def test_everything_is_reached_by_keyboard(viewing: Viewing) -> None:
    """From the top: past the navigation, a button of the clock, pressed by the space bar."""
    page = viewing.open()
    names = []
    for _ in range(8):
        page.keyboard.press("Tab")
        names.append(page.evaluate("document.activeElement.textContent"))
    assert names[:4] == ["To the content", "Messages", "Clients and devices", "Faults"]
    assert names[4:] == ["+1 hour", "+1 day", "+31 days", "Freeze"]
    page.keyboard.press("Space")
    expect(page.locator(".clock .badge")).to_have_text("frozen")


def test_what_has_the_focus_keeps_it_while_the_page_moves(viewing: Viewing) -> None:
    """A message comes while somebody is at a link of the list."""
    viewing.bed.world().proxy().register("ABC123456")
    page = viewing.open()
    page.locator("#message-1").focus()
    viewing.bed.world().proxy(2).register("ABC123457")
    expect(page.locator("tbody tr")).to_have_count(4)
    assert page.evaluate("document.activeElement.id") == "message-1"


def test_without_script_everything_is_read_and_buttons_work(viewing: Viewing) -> None:
    """It does not move by itself then."""
    lived(viewing)
    page = viewing.open(script=False)
    expect(page.locator("tbody tr")).to_have_count(5)
    page.get_by_role("button", name="Freeze").click()
    expect(page.locator(".clock .badge")).to_have_text("frozen")
