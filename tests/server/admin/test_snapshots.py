"""Snapshots, forks and the reset by the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.server.support.testbed import Bed

API = "/admin/api"


def test_a_snapshot_is_taken_restored_listed_and_removed(bed: Bed) -> None:
    """Of the namespace by whose prefix it is asked."""
    administration = bed.instrument.default.server.administration
    taken = bed.ask("PUT", f"{API}/snapshots/one")
    assert taken.status_code == 200
    assert bed.ask("GET", f"{API}/snapshots").json == [taken.json] == [bed.ask("GET", f"{API}/snapshots/one").json]
    administration.add_account("Acme", "key@acme.example")
    assert bed.ask("POST", f"{API}/snapshots/one/restore").status_code == 204
    assert not list(administration.every.accounts())
    bed.instrument.add("left")
    assert bed.ask("GET", f"/ns/left{API}/snapshots").json == []
    assert bed.ask("DELETE", f"{API}/snapshots/one").status_code == 204
    for method, path in (("GET", "one"), ("DELETE", "one"), ("POST", "one/restore")):
        assert bed.ask(method, f"{API}/snapshots/{path}").status_code == 404


@pytest.mark.parametrize("name", ["..", "-a", "a.b", "a" * 65, "a b", "%2e%2e%2fserver", "ä"])
def test_what_can_be_no_name_of_a_snapshot_is_refused(bed: Bed, name: str) -> None:
    """A name is part of a file's name: none leads out of its folder."""
    assert bed.ask("PUT", f"{API}/snapshots/{name}").status_code in {404, 422}
    assert not bed.instrument.default.snapshots.every()


def test_a_fork_is_a_namespace(bed: Bed) -> None:
    """With what its source has; once more is refused."""
    bed.instrument.default.server.administration.add_account("Acme", "key@acme.example")
    made = bed.ask("POST", f"{API}/forks", {"name": "left"})
    assert (made.status_code, made.json) == (
        201, {"name": "left", "url": "https://127.0.0.1:1/ns/left/CommunicationServer"}
    )  # fmt: skip
    assert len(list(bed.instrument.namespace("left").server.administration.every.accounts())) == 1
    assert bed.ask("POST", f"{API}/forks", {"name": "left"}).status_code == 422
    assert bed.ask("POST", f"{API}/forks", {"name": "right", "snapshot": "none"}).status_code == 404


def test_a_reset_empties_one_namespace(bed: Bed) -> None:
    """And no other."""
    for name in ("", "left"):
        (bed.instrument.add(name) if name else bed.instrument.default).server.administration.add_account(
            "A", "k@a.example"
        )
    assert bed.ask("POST", f"/ns/left{API}/reset").status_code == 204
    assert not list(bed.instrument.namespace("left").server.administration.every.accounts())
    assert len(list(bed.instrument.default.server.administration.every.accounts())) == 1
