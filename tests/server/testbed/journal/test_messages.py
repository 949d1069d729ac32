"""How much is kept of the newest exchanges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from esolutions_server.testbed.journal import messages
from esolutions_server.testbed.journal.messages import BodyLimit, KeptExchange, Message, MessageRing

if TYPE_CHECKING:
    from collections.abc import Iterable


def _exchange(number: int, octets: int = 10, serials: Iterable[str] = ()) -> KeptExchange:
    message = Message((("content-type", "text/xml"),), "x" * octets, octets, ())
    return KeptExchange(
        number, "POST", "https://x/", "200 OK", message, message, None, 0.1, (), frozenset(serials)
    )  # fmt: skip


def _with_bodies(ring: MessageRing) -> list[int]:
    found = [ring.find(number) for number in ring.numbers()]
    return [kept.number for kept in found if kept is not None and kept.request.body is not None]


def test_bodies_are_kept_of_the_newest_so_many() -> None:
    """Of the others everything else."""
    ring = MessageRing(BodyLimit(exchanges=2))
    for number in range(1, 5):
        ring.add(_exchange(number))
    assert (ring.numbers(), _with_bodies(ring)) == ([1, 2, 3, 4], [3, 4])
    oldest = ring.find(1)
    assert oldest is not None
    assert (oldest.response.octets, oldest.request.headers) == (10, (("content-type", "text/xml"),))


def test_bodies_are_kept_of_so_many_octets() -> None:
    """Both messages count; one that is larger than all is not kept."""
    ring = MessageRing(BodyLimit(octets=50))
    for number, octets in ((1, 10), (2, 10), (3, 10)):
        ring.add(_exchange(number, octets))
    assert _with_bodies(ring) == [2, 3]
    ring.add(_exchange(4, 26))
    assert _with_bodies(ring) == []
    ring.add(_exchange(5, 25))
    assert _with_bodies(ring) == [5]


def test_none_at_all_is_a_limit() -> None:
    """Of a testbed that shall keep no message."""
    ring = MessageRing(BodyLimit.parse("0"))
    ring.add(_exchange(1))
    assert (ring.numbers(), _with_bodies(ring)) == ([1], [])


def test_there_is_an_end_of_what_else_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """A testbed that runs for months does not grow."""
    monkeypatch.setattr(messages, "MOST_EXCHANGES", 3)
    ring = MessageRing(BodyLimit(exchanges=2))
    for number in range(1, 11):
        ring.add(_exchange(number, serials=["ABC"]))
    assert (ring.numbers(), ring.about("ABC"), ring.about("X"), _with_bodies(ring)) == (
        [8, 9, 10], [8, 9, 10], [], [9, 10]
    )  # fmt: skip


def test_a_number_that_comes_again_takes_the_place_of_the_first() -> None:
    """As after a disk that lost a row; the room of the first is free again."""
    ring = MessageRing(BodyLimit(octets=50))
    for _ in range(5):
        ring.add(_exchange(1, 20))
    ring.add(_exchange(2, 5))
    assert _with_bodies(ring) == [1, 2]
    ring.clear()
    assert ring.numbers() == []


@pytest.mark.parametrize(
    ("text", "limit"),
    [("1000", BodyLimit(exchanges=1000)), (" 20MB ", BodyLimit(octets=20_000_000)), ("0mb", BodyLimit(octets=0))],
)
def test_a_limit_is_a_number_or_megabytes(text: str, limit: BodyLimit) -> None:
    """As it is typed."""
    assert BodyLimit.parse(text) == limit


@pytest.mark.parametrize("text", ["", "-1", "20GB", "1.5MB", "MB", "٣", "9" * 10])
def test_what_is_no_limit_is_refused(text: str) -> None:
    """With what it could be."""
    with pytest.raises(ValueError, match="20MB"):
        BodyLimit.parse(text)
