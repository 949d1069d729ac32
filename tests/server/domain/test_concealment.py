"""A secret in a text that quotes a message."""

from __future__ import annotations

import base64

import pytest

from esolutions_server.domain.concealment import MASK, conceal

SECRET = base64.b64encode(bytes(range(64))).decode()


@pytest.mark.parametrize("text", [f"it is '{SECRET}', expected", f"({SECRET})", SECRET])
def test_what_looks_like_one_is_masked(text: str) -> None:
    """Whoever's it is."""
    assert conceal(text) == text.replace(SECRET, MASK)


def test_a_value_that_is_known_is_masked() -> None:
    """However it looks, and where a long one was cut off."""
    assert conceal("it is 'weak', and weak-er", ["weak-er"]) == f"it is 'weak', and {MASK}"
    assert conceal(f"it is '{SECRET[:40]}...', expected", [SECRET]) == f"it is '{MASK}', expected"


@pytest.mark.parametrize("text", ["", "SyncProxy/Reason: it is 'Sometimes'", SECRET[:80], f"{SECRET}x"])
def test_everything_else_stays(text: str) -> None:
    """To the letter."""
    assert conceal(text, ["something else"]) == text
