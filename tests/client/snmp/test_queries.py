"""Pieces of conversation: they end, and they come to terms with any agent."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.snmp.errors import GEN_ERR, AgentError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext, Reply, Request, Value, run
from esolutions_client.snmp.queries import MOST_ROWS, fetch, get, oid_key, predecessor, walk

if TYPE_CHECKING:
    from types import SimpleNamespace

ARCS = st.lists(st.integers(0, 2**32 - 1), min_size=2, max_size=12)
TABLE: dict[str, Value] = {f"1.3.6.1.{row}.1": row for row in range(1, 41)}


@given(st.lists(ARCS, min_size=2, max_size=20))
def test_oids_order_by_number_not_by_letter(oids: list[list[int]]) -> None:
    """1.10 comes after 1.9: an order by letters would end every walk of more than nine rows."""
    dotted = [".".join(map(str, arcs)) for arcs in oids]
    assert [oid_key(oid) for oid in sorted(dotted, key=oid_key)] == sorted(tuple(arcs) for arcs in oids)


@given(ARCS)
def test_walking_from_the_predecessor_answers_the_row_itself(arcs: list[int]) -> None:
    """The predecessor comes before the row, and no row of a table lies between."""
    oid = ".".join(map(str, arcs))
    before = oid_key(predecessor(oid))
    assert before < tuple(arcs)
    assert before == tuple(arcs)[:-1] or before[-1] == arcs[-1] - 1


@pytest.mark.parametrize("text", ["", "1..3", "1.3.", "iso.3", "-1.3", "1.3.٣", "1." + "9" * 5000, "1.3\n"])
def test_what_is_no_oid_is_an_unusable_answer(text: str) -> None:
    """An agent cannot make the client count to infinity or stumble over letters."""
    with pytest.raises(UnusableReplyError):
        oid_key(text)


@pytest.mark.parametrize("most", [1, 2, 7, 100])
def test_a_walk_brings_every_row_once_however_little_fits(agents: SimpleNamespace, most: int) -> None:
    """Asking for fewer rows at once changes the number of requests, not the rows."""
    agent = agents.too_big_beyond(most)(agents.obliging(TABLE | {"1.3.6.2.1": 0}))
    assert run(walk("1.3.6.1"), agent) == {f"{row}.1": row for row in range(1, 41)}


def test_a_walk_in_version_1_never_asks_for_bulk(agents: SimpleNamespace) -> None:
    """SNMP 1 has no such request: agents drop it, and each would cost a time limit."""
    assert len(run(walk("1.3.6.1", version="1"), agents.version_1(agents.obliging(TABLE)))) == 40


def test_a_walk_that_goes_back_ends() -> None:
    """An OID that does not increase ends the walk, with the rows before it."""

    def agent(_: Request) -> Reply:
        rows: list[tuple[str, Value]] = [("1.3.6.1.5", 5), ("1.3.6.1.6", 6), ("1.3.6.1.5", 5), ("1.3.6.1.7", 7)]
        return rows

    assert run(walk("1.3.6.1"), agent) == {"5": 5, "6": 6}


def test_a_walk_without_end_is_cut() -> None:
    """No table has more rows than the limit; the requests stop soon after."""
    requests = 0

    def agent(request: Request) -> Reply:
        nonlocal requests
        requests += 1
        assert isinstance(request, GetBulk)
        begin = oid_key(request.oid)[-1] if request.oid != "1.3.6.1" else 0
        rows: list[tuple[str, Value]] = [
            (f"1.3.6.1.{begin + step}", 0) for step in range(1, request.max_repetitions + 1)
        ]
        return rows

    assert len(run(walk("1.3.6.1"), agent)) == MOST_ROWS
    assert requests == MOST_ROWS // 16


def test_one_missing_row_costs_only_itself(agents: SimpleNamespace) -> None:
    """Version 1 refuses the whole request for one variable, and says which."""
    agent = agents.version_1(agents.obliging(TABLE))
    assert run(get(("1.3.6.1.1.1", "1.3.6.1.99.1", "1.3.6.1.2.1")), agent) == [1, None, 2]


def test_an_agent_that_does_not_say_which_row_is_bad_is_asked_in_halves() -> None:
    """A genErr with index 0 for the whole request is found by halving."""

    def agent(request: Request) -> Reply:
        assert isinstance(request, Get)
        if "1.3.6.1.13.1" in request.oids:
            raise AgentError(GEN_ERR)
        return [TABLE[oid] for oid in request.oids]

    assert run(get(tuple(TABLE)), agent) == [None if value == 13 else value for value in TABLE.values()]


def test_what_get_does_not_have_is_walked_to(agents: SimpleNamespace) -> None:
    """Rows known to GET are not asked for twice."""
    asked: list[Request] = []

    def agent(request: Request) -> Reply:
        asked.append(request)
        if isinstance(request, Get):
            return [TABLE[oid] if oid == "1.3.6.1.1.1" else None for oid in request.oids]
        return agents.obliging(TABLE)(request)  # type: ignore[no-any-return]

    assert run(fetch(("1.3.6.1.1.1", "1.3.6.1.2.1", "1.3.6.1.77.1")), agent) == [1, 2, None]
    assert asked[1:] == [GetNext(("1.3.6.1.2.0", "1.3.6.1.77.0"))]
