"""Who may use the admin listener."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from esolutions_server.admin.access import FILE_NAME, Access, ServingFile, read_serving_file
from esolutions_server.http.hosts import is_allowed_host

if TYPE_CHECKING:
    from pathlib import Path

    from tests.server.support.testbed import Bed

SERVING = ServingFile("https://127.0.0.1:1/CommunicationServer", None, "sqlite://", "http://127.0.0.1:2/admin/api", "t")


@pytest.mark.parametrize("authorization", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic YTpi", "bearer a tokem"])
def test_without_the_token_nothing_is_said(bed: Bed, authorization: str) -> None:
    """Neither read nor changed; the answer says what is missing."""
    answer = bed.ask_without_token("GET", "/admin/api/clock", headers={"Authorization": authorization})
    assert (answer.status_code, "Authorization: Bearer" in answer.text) == (401, True)
    change = bed.ask_without_token("PATCH", "/admin/api/clock", json={"mode": "frozen"})
    assert change.status_code == 401
    assert bed.instrument.default.clock.state.is_real


def test_a_page_whose_name_was_made_to_point_here_gets_nothing(bed: Bed) -> None:
    """DNS rebinding: the Host is the stranger's; not even the token helps."""
    answer = bed.ask("GET", "/admin/api/clock", headers={"Host": "evil.example"})
    assert answer.status_code == 403
    assert bed.ask("GET", "/admin/api/openapi.json", headers={"Host": "evil.example"}).status_code == 403


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8080", "localhost:1", "LOCALHOST", "[::1]:9", "testbed:80"])
def test_the_names_of_the_listener_are_allowed(host: str) -> None:
    """Those of loopback, and those it was told."""
    assert is_allowed_host(host, frozenset({"testbed"}))


@pytest.mark.parametrize(
    "host", ["", "evil.example", "127.0.0.1.evil.example", "a@127.0.0.1", "127.0.0.1:x", "[::1", "127.0.0.2", "1/../"]
)
def test_other_names_are_not(host: str) -> None:
    """Nor what only looks like one of ours."""
    assert not is_allowed_host(host, frozenset())


def test_every_answer_is_kept_from_caches_and_frames(bed: Bed) -> None:
    """And is not taken for a page."""
    answer = bed.ask("GET", "/admin/api/clock")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_tokens_are_drawn_anew(tmp_path: Path) -> None:
    """No two runs have the same one."""
    assert len({Access.drawn().token for _ in range(20)}) == 20


def test_what_a_server_leaves_for_commands_is_the_owners_alone(tmp_path: Path) -> None:
    """Whatever a file of that name allowed before; it is gone with the server."""
    (tmp_path / FILE_NAME).touch(mode=0o666)
    remove = SERVING.write(tmp_path)
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600
    assert read_serving_file(tmp_path) == SERVING
    remove()
    assert read_serving_file(tmp_path) is None


def test_a_server_does_not_remove_what_the_next_one_left(tmp_path: Path) -> None:
    """Who ends last does not take the address of the other with it."""
    remove = SERVING.write(tmp_path)
    other = ServingFile("https://127.0.0.1:9/CommunicationServer", None, "sqlite://", None, None)
    other.write(tmp_path)
    remove()
    assert read_serving_file(tmp_path) == other


@pytest.mark.parametrize("text", ["", "[]", "{}", json.dumps({"url": "x"}), "\0"])
def test_a_damaged_file_is_none(tmp_path: Path, text: str) -> None:
    """Commands say that no server serves, and do not fail."""
    (tmp_path / FILE_NAME).write_text(text)
    assert read_serving_file(tmp_path) is None


@pytest.mark.parametrize("document", ["[" * 100_000, '{"a":' * 50_000, "[" * 34 + "]" * 34])
def test_json_that_is_nested_without_end_is_refused(bed: Bed, document: str) -> None:
    """With a sentence, whether or not Python's reader of it would have come to its end."""
    headers = {"Content-Type": "application/json"}
    answer = bed.ask("POST", "/admin/api/clock/advance", data=document, headers=headers)
    assert (answer.status_code, "levels deep" in answer.text) == (400, True)
