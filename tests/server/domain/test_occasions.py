"""Which exchanges a fault meets."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest

from esolutions_server.domain.occasions import Occasions, Tally

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


def _met(occasions: Occasions, exchanges: int) -> list[bool]:
    tally, chance, met = Tally(), random.Random(occasions.seed), []
    for _ in range(exchanges):
        after = tally.counted(occasions, chance)
        met.append(after.met > tally.met)
        tally = after
    return met


def test_every_third_is_met() -> None:
    """The first two are not."""
    assert _met(Occasions(every=3), 7) == [False, False, True, False, False, True, False]


def test_chance_comes_from_the_seed() -> None:
    """The same seed meets the same exchanges; about half of them where half are meant, and 0 meets none."""
    once = _met(Occasions(probability=0.5, seed=7), 200)
    assert once == _met(Occasions(probability=0.5, seed=7), 200) != _met(Occasions(probability=0.5, seed=8), 200)
    assert 60 < sum(once) < 140
    assert not any(_met(Occasions(probability=0), 200))
    assert all(_met(Occasions(probability=1), 200))


@pytest.mark.parametrize(
    ("occasions", "is_met"),
    [
        (Occasions(), True),
        (Occasions(operations=("SyncProxy", "RegisterProxy")), True),
        (Occasions(operations=("RegisterProxy",)), False),
        (Occasions(proxy_id="a"), True),
        (Occasions(proxy_id="b"), False),
        (Occasions(operations=("SyncProxy",), proxy_id="b"), False),
    ],
)
def test_some_are_of_the_kind(occasions: Occasions, is_met: bool) -> None:  # noqa: FBT001 - a parameter
    """By operation and proxy, both where both are named."""
    assert occasions.concern("SyncProxy", "a") is is_met


def test_what_cannot_be_read_is_met_where_nothing_is_named() -> None:
    """A torso has neither operation nor sender."""
    assert Occasions().concern(None, None)
    assert not Occasions(operations=("SyncProxy",)).concern(None, None)
    assert not Occasions(proxy_id="a").concern(None, None)


def test_it_ends_after_so_many_or_at_a_time_of_the_clock() -> None:
    """Whichever is first."""
    occasions = Occasions(times=2, until=NOW)
    assert not Tally(9, 1).is_over(occasions, NOW - timedelta(seconds=1))
    assert Tally(9, 2).is_over(occasions, NOW - timedelta(seconds=1))
    assert Tally(0, 0).is_over(occasions, NOW)
    assert not Tally(10**6, 10**6).is_over(Occasions(), NOW)
