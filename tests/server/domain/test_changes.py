"""What became different between two states."""

from __future__ import annotations

from esolutions_server.domain.changes import Change, changes_between

DEVICE, METER = ("device", "ABC123456"), ("meter", "ABC123456 Total Impressions")


def test_what_is_as_before_is_no_change() -> None:
    """Nothing of it is told."""
    state = {DEVICE: {"state": "active", "billed_until": None}}
    assert changes_between(state, dict(state)) == ()
    assert changes_between({}, {}) == ()


def test_each_field_that_changed_is_told_with_both_values() -> None:
    """Also where there was none before, or is none now."""
    before = {DEVICE: {"state": "active", "billed_until": None, "declined_at": 1}}
    now = {DEVICE: {"state": "retired", "billed_until": 2, "declined_at": None}}
    assert changes_between(before, now) == (
        Change(*DEVICE, "state", "active", "retired"),
        Change(*DEVICE, "billed_until", None, 2),
        Change(*DEVICE, "declined_at", 1, None),
    )


def test_a_thing_that_came_or_went_is_told_whole() -> None:
    """As one change, with the fields that have a value."""
    before = {METER: {"last_value": 7, "opening_value": None}}
    now = {DEVICE: {"state": "registered", "billed_until": None}}
    assert changes_between(before, now) == (
        Change(*DEVICE, None, None, {"state": "registered"}),
        Change(*METER, None, {"last_value": 7}, None),
    )
