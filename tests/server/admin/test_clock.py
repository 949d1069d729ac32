"""The clock by the admin API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.server.support.testbed import Bed

CLOCK = "/admin/api/clock"


def test_a_clock_is_frozen_set_advanced_and_let_go(bed: Bed) -> None:
    """Each answer says what it shows now."""
    assert bed.ask("GET", CLOCK).json == {"now": "2026-01-01T03:00:00+00:00", "mode": "real", "speed": 1.0}
    frozen = bed.ask("PATCH", CLOCK, {"mode": "frozen", "now": "2026-03-01T09:00:00+01:00"})
    assert frozen.json == {"now": "2026-03-01T08:00:00+00:00", "mode": "frozen", "speed": 0.0}
    advanced = bed.ask("POST", f"{CLOCK}/advance", {"seconds": 86400})
    assert advanced.json == {"now": "2026-03-02T08:00:00+00:00", "mode": "frozen", "speed": 0.0}
    running = bed.ask("PATCH", CLOCK, {"speed": 60})
    assert running.json == {"now": "2026-03-02T08:00:00+00:00", "mode": "running", "speed": 60.0}
    bed.real.move(seconds=60)
    assert bed.ask("GET", CLOCK).json == {"now": "2026-03-02T09:00:00+00:00", "mode": "running", "speed": 60.0}
    assert bed.ask("PATCH", CLOCK, {"mode": "real"}).json == {
        "now": "2026-01-01T03:01:00+00:00", "mode": "real", "speed": 1.0
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [
        {"mode": "sideways"},
        {"speed": -1},
        {"speed": 0},
        {"speed": 1e9},
        {"speed": "NaN"},
        {"now": "yesterday"},
        {"now": "2300-01-01T00:00:00Z"},
        {"mode": "real", "now": "2026-01-01T00:00:00Z"},
        {"mode": "frozen", "speed": 2},
        {"unknown": 1},
    ],
)
def test_a_change_that_cannot_be_is_refused_whole(bed: Bed, change: dict[str, Any]) -> None:
    """With status 422, and the clock goes as before."""
    assert bed.ask("PATCH", CLOCK, change).status_code == 422
    assert bed.instrument.default.clock.state.is_real


@pytest.mark.parametrize("seconds", [-1, 1.5, "1", None, 10**12])
def test_an_advance_is_a_number_of_seconds(bed: Bed, seconds: object) -> None:
    """Of whole ones, not negative, within what the wire can carry."""
    assert bed.ask("POST", f"{CLOCK}/advance", {"seconds": seconds}).status_code == 422


def test_each_namespace_has_its_clock(bed: Bed) -> None:
    """By its prefix; one that is not there is not found."""
    assert bed.ask("PUT", "/admin/api/namespaces/left").json == {
        "name": "left", "url": "https://127.0.0.1:1/ns/left/CommunicationServer"
    }  # fmt: skip
    assert bed.ask("PATCH", f"/ns/left{CLOCK}", {"mode": "frozen"}).status_code == 200
    assert bed.instrument.default.clock.state.is_real
    missing = bed.ask("GET", f"/ns/right{CLOCK}")
    assert (missing.status_code, missing.json["message"] if missing.json else "") == (
        404, "there is no namespace 'right': make it first"
    )  # fmt: skip
