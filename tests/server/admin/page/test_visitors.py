"""Who may look at the live page, and who may change something from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_server.admin.session import Sessions, cookie_name
from tests.server.admin.page.support.visitor import Visitor
from tests.server.support.testbed import TOKEN
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.server.support.testbed import Bed


def test_the_token_opens_the_page_and_leaves_the_address(visitor: Visitor) -> None:
    """The answer leads on to the page without it; the cookie is not it, and is for the page alone."""
    assert (visitor.opening.status_code, visitor.opening.headers["Location"]) == (303, "/testbed")
    cookies = visitor.opening.headers.getlist("Set-Cookie")
    assert {cookie.partition("Path=")[2].partition(";")[0] for cookie in cookies} == {"/testbed", "/ns"}
    for cookie in some(cookies):
        assert "HttpOnly" in cookie
        assert "SameSite=Strict" in cookie
        assert TOKEN not in cookie
    assert visitor.get().status_code == 200


def test_what_a_form_brings_along_is_not_what_the_cookie_has(visitor: Visitor) -> None:
    """Another listener of this machine is sent the cookie, and learns nothing that a form needs."""
    assert visitor.form_token not in visitor.opening.headers["Set-Cookie"]


@pytest.mark.parametrize(
    "cookie",
    ["", "wrong", "a.b", f"{Sessions('another run').open().cookie}", TOKEN],
    ids=["empty", "a word", "two parts", "of another run", "the token itself"],
)
def test_without_a_session_a_page_says_how_to_open_it(bed: Bed, cookie: str) -> None:
    """Nothing of the testbed is shown, on no address of the page."""
    headers = {"Cookie": f"{cookie_name('localhost')}={cookie}"}
    for path in ("/testbed", "/testbed/live/messages"):
        answer = bed.ask_without_token("GET", path, headers=headers)
        assert (answer.status_code, "that `serve --testbed` has printed" in answer.text) == (401, True)
        assert "csrf" not in answer.text
    assert bed.ask_without_token("GET", "/testbed?token=wrong").status_code == 401
    assert bed.ask_without_token("POST", "/testbed/clock", data={"do": "freeze"}).status_code == 401
    assert bed.instrument.default.clock.state.is_real


def test_the_token_of_the_api_alone_opens_no_page_and_a_session_no_api(bed: Bed, visitor: Visitor) -> None:
    """Each is for its own."""
    assert bed.ask("GET", "/testbed").status_code == 401
    cookie = visitor.opening.headers.getlist("Set-Cookie")[0].partition(";")[0]
    assert bed.ask_without_token("GET", "/admin/api/clock", headers={"Cookie": cookie}).status_code == 401


def test_a_page_whose_name_was_made_to_point_here_gets_nothing(bed: Bed) -> None:
    """DNS rebinding: not even the files of the page."""
    for path in (f"/testbed?token={TOKEN}", "/testbed", "/testbed/static/page.css"):
        assert bed.ask_without_token("GET", path, headers={"Host": "evil.example"}).status_code == 403


def test_a_change_needs_the_token_of_its_session(bed: Bed, visitor: Visitor) -> None:
    """Not none, nor a wrong one, nor that of another visitor."""
    other = Visitor(bed)
    for csrf in ("", "wrong", other.form_token):
        assert visitor.post("/clock", csrf=csrf, do="freeze").status_code == 403
    assert bed.instrument.default.clock.state.is_real
    assert visitor.post("/clock", do="freeze").status_code == 303
    assert bed.instrument.default.clock.state.speed == 0


@pytest.mark.parametrize("origin", [None, "null", "http://localhost:81", "https://localhost", "http://evil.example"])
def test_a_change_comes_from_the_page_itself(bed: Bed, visitor: Visitor, origin: str | None) -> None:
    """Another port of this machine is another page, which browsers send the cookie to."""
    assert visitor.post("/clock", origin=origin, do="freeze").status_code == 403
    assert bed.instrument.default.clock.state.is_real


def test_nothing_of_the_page_is_inline_or_from_elsewhere(visitor: Visitor) -> None:
    """The policy forbids it, on every address, and there is none."""
    for answer in (visitor.get(), visitor.get("/live/messages"), visitor.get("/live/nothing")):
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert " style=" not in answer.text
        assert "<style" not in answer.text
        assert " on" not in {part[:3] for part in answer.text.split("<")[1:]}
    assert visitor.get().text.count("<script") == 1


def test_a_form_leads_back_to_a_page_of_ours_alone(visitor: Visitor) -> None:
    """Whatever the form says."""
    assert visitor.post("/clock", do="freeze", back="/testbed/faults").headers["Location"] == "/testbed/faults"
    for back in (
        "https://evil.example/",
        "//evil.example",
        "/testbed//evil.example",
        "/testbed/../admin",
        "/testbed/\\x",
    ):
        assert visitor.post("/clock", do="freeze", back=back).headers["Location"] == "/testbed"


def test_the_cookies_of_two_testbeds_have_two_names() -> None:
    """Browsers do not tell ports apart."""
    assert len({cookie_name("127.0.0.1:1"), cookie_name("127.0.0.1:2"), cookie_name("127.0.0.1")}) == 3
