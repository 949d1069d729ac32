"""Namespaces by the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_server.service.errors import StartError
from esolutions_server.testbed.instrument import MOST_NAMESPACES

if TYPE_CHECKING:
    from tests.server.support.testbed import Bed

NAMESPACES = "/admin/api/namespaces"


def test_namespaces_are_made_listed_and_removed(bed: Bed) -> None:
    """Making one twice changes nothing."""
    for name in ("right", "left", "left"):
        assert bed.ask("PUT", f"{NAMESPACES}/{name}").status_code == 200
    assert [row["name"] for row in bed.ask("GET", NAMESPACES).json or []] == ["left", "right"]
    assert bed.ask("DELETE", f"{NAMESPACES}/left").status_code == 204
    assert bed.ask("DELETE", f"{NAMESPACES}/left").status_code == 404
    assert [row["name"] for row in bed.ask("GET", NAMESPACES).json or []] == ["right"]


@pytest.mark.parametrize("name", ["-a", "A", "a.b", "a" * 33, "..", "a b", "ä"])
def test_what_can_be_no_name_is_refused(bed: Bed, name: str) -> None:
    """A name is part of a URL and of a file's name."""
    assert bed.ask("PUT", f"{NAMESPACES}/{name}").status_code in {404, 422}
    assert not bed.instrument.names()


def test_there_is_an_end_of_namespaces(bed: Bed) -> None:
    """A test that forgets to remove its own does not fill the disk."""
    for number in range(MOST_NAMESPACES):
        bed.instrument.add(f"n{number}")
    assert bed.ask("PUT", f"{NAMESPACES}/one-more").status_code == 422


@pytest.mark.parametrize("error", [StartError("database or disk is full"), OSError(28, "No space left on device")])
def test_a_namespace_for_which_there_is_no_space_is_refused(
    bed: Bed, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    """With the reason, and none of that name is left; when there is space it is made."""

    def refuse(*_: object, **__: object) -> None:
        raise error

    with monkeypatch.context() as full:
        full.setattr("esolutions_server.testbed.opening.open_server", refuse)
        for method, path, document in (("PUT", f"{NAMESPACES}/a", None), ("POST", "/admin/api/forks", {"name": "a"})):
            answer = bed.ask(method, path, document)
            assert (answer.status_code, error.args[-1] in answer.text) == (503, True)
    assert not bed.instrument.names()
    assert bed.ask("PUT", f"{NAMESPACES}/a").status_code == 200
