"""Whoever changes a request on its way is refused, or has changed nothing: signed or not."""

from __future__ import annotations

import base64
import re
from contextlib import contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.contract.support.golden import GoldenServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    from tests.contract.support.golden import Exchange, Golden

    MakeServer = Callable[[int], AbstractContextManager[GoldenServer]]

# What is changed: a registration of devices, a status, a billing transaction; and how many were played before it.
_REQUESTS = {"2-register-proxy-devices": 1, "4-sync-proxy-status": 3, "6-submit-billing-transaction": 5}
_PUT = (
    "",
    "<!---->",
    "<?x?>",
    "<![CDATA[]]>",
    "<![CDATA[4]]>",
    "&#52;",
    "&#32;",
    "4",
    " ",
    "\n",
    "\t",
    "<x/>",
    "\u200b",
    "\u00a0",
)
_SPACES = (" ", "\t", "\n", "\r", "&#9;", "&#10;", "&#13;", "&#32;", "\u00a0", "\u2028", "\u200b")


@pytest.fixture(scope="module")
def make_server(tmp_path_factory: pytest.TempPathFactory, golden: Golden) -> MakeServer:
    """Return what opens a server to which some of the golden requests were played."""

    @contextmanager
    def make(played: int) -> Iterator[GoldenServer]:
        folder: Path = tmp_path_factory.mktemp("server")
        server = GoldenServer(folder)
        for exchange in golden.exchanges[:played]:
            assert server.play(exchange).status == 200
        yield server
        server.close()

    return make


@pytest.fixture(scope="module")
def taken(make_server: MakeServer, golden: Golden) -> dict[str, tuple[list[str], list[str]]]:
    """Return what the server holds before and after each of the requests, unchanged."""
    found = {}
    for name, played in _REQUESTS.items():
        with make_server(played) as server:
            before = server.contents()
            assert server.play(_named(golden, name)).status == 200
            found[name] = before, server.contents()
    return found


def _named(golden: Golden, name: str) -> Exchange:
    return next(exchange for exchange in golden.exchanges if exchange.name == name)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=st.sampled_from(sorted(_REQUESTS)), at=st.floats(0, 1), cut=st.integers(0, 3), put=st.sampled_from(_PUT))
@example(name="2-register-proxy-devices", at=0.97, cut=0, put="<!---->")
@example(name="2-register-proxy-devices", at=0.9, cut=1, put="4")
def test_an_edit_of_a_request_is_refused_or_changes_nothing(
    golden: Golden, make_server: MakeServer, taken: Any, name: str, at: float, cut: int, put: str
) -> None:
    """Characters taken out or put in anywhere, in what is signed and in what only the nonce binds."""
    exchange = _named(golden, name)
    text = exchange.request.decode()
    place = int(at * len(text))
    edited = text[:place] + put + text[place + cut :]
    before, after = taken[name]
    with make_server(_REQUESTS[name]) as server:
        status = server.post(edited.encode(), exchange.moment).status
        assert server.contents() == (after if status == 200 else before)
        if status != 200:
            assert server.play(exchange).status == 200, "what was refused has used up nothing of the genuine message"


@pytest.mark.parametrize("element", ["Created", "Nonce", "Password", "Username"])
@pytest.mark.parametrize("space", _SPACES)
def test_white_space_makes_no_new_message(golden: Golden, make_server: MakeServer, element: str, space: str) -> None:
    """Before, behind and inside what identifies a message: it is a replay, or malformed, and never new."""
    exchange = _named(golden, "2-register-proxy-devices")
    text = exchange.request.decode()
    with make_server(2) as server:
        before = server.contents()
        for pattern in (
            rf"(:{element}(?: [^>]*)?>)()([^<]*</wsse:|[^<]*</wsu:)",
            rf"(:{element}(?: [^>]*)?>)([^<]{{3}})(.)",
        ):
            changed = re.sub(pattern, lambda found: f"{found[1]}{found[2]}{space}{found[3]}", text, count=1)
            assert changed != text
            assert server.post(changed.encode(), exchange.moment + timedelta(seconds=1)).status == 500
        assert server.contents() == before


@pytest.mark.parametrize("spare", range(1, 4))
def test_another_spelling_of_a_nonce_in_base64_is_the_same_nonce(
    golden: Golden, make_server: MakeServer, spare: int
) -> None:
    """Padding, blanks, bits that stand for nothing: what counts is what it decodes to, and that was used."""
    exchange = _named(golden, "2-register-proxy-devices")
    text = exchange.request.decode()
    nonce = re.search(r"(?<=Nonce>)[^<]+", text)[0]  # type: ignore[index]
    padded = base64.b64encode(base64.b64decode(nonce)).decode()
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    spellings = {
        f"{padded}=",
        f"{padded}==",
        f"\n{padded}\n",
        f"{padded[:-1]}{alphabet[(alphabet.index(padded[-1]) + spare) % 64]}",
    }
    with make_server(2) as server:
        before = server.contents()
        for spelled in spellings:
            assert server.post(text.replace(nonce, spelled).encode(), exchange.moment).status == 500
        assert server.contents() == before


@pytest.mark.parametrize(
    "element",
    [
        "<wsse:Nonce>AAAA</wsse:Nonce>",
        "<wsu:Created>2026-03-02T10:00:00Z</wsu:Created>",
        "<wsse:Username>x</wsse:Username>",
    ],
)
def test_what_identifies_a_message_stands_once(golden: Golden, make_server: MakeServer, element: str) -> None:
    """Two of one would be one for the check and another for the reader."""
    exchange = _named(golden, "2-register-proxy-devices")
    with make_server(1) as server:
        before = server.contents()
        for place in ("<wsse:Username>", "</wsse:UsernameToken>"):
            changed = exchange.request.decode().replace(place, element + place, 1)
            assert b"InvalidSecurity" in server.post(changed.encode(), exchange.moment).body
        assert server.contents() == before
