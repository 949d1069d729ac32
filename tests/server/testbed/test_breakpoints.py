"""Exchanges that are held on their way: looked at, altered, let go."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from esolutions_server.domain.occasions import Occasions
from esolutions_server.service.errors import AdministrationError
from esolutions_server.testbed.faults.breakpoints import MOST_BREAKPOINTS, MOST_HELD, Breakpoints, Stage
from esolutions_server.testbed.faults.laid import NoSuchFaultError
from tests.server.support.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ALL = Occasions()
LONG = 60.0


class Traveller:
    """Someone whose document passes a breakpoint in a thread of its own."""

    def __init__(self, breakpoints: Breakpoints, document: bytes = b"document", stage: Stage = Stage.REQUEST) -> None:
        self.arrived: list[bytes] = []
        self._thread = threading.Thread(
            target=lambda: self.arrived.append(breakpoints.pass_by(stage, "SyncProxy", "a", document))
        )
        self._thread.start()

    def arrive(self) -> bytes:
        """Return what arrives."""
        self._thread.join(10)
        return self.arrived[0]


@pytest.fixture
def breakpoints() -> Iterator[Breakpoints]:
    """Give breakpoints; nothing stays held."""
    made = Breakpoints(Clock())
    yield made
    made.clear()


def _until(is_so: Callable[[], object]) -> None:
    """Wait for what another thread does."""
    pause = threading.Event()
    for _ in range(1000):
        if is_so():
            return
        pause.wait(0.01)
    raise AssertionError("it never happened")


def test_an_exchange_is_held_looked_at_altered_and_let_go(breakpoints: Breakpoints) -> None:
    """It goes on with what it was altered to."""
    breakpoints.add(Stage.REQUEST, LONG, ALL)
    traveller = Traveller(breakpoints)
    _until(breakpoints.held)
    (held,) = breakpoints.held()
    assert (held.stage, held.operation, held.proxy_id, held.document) == ("request", "SyncProxy", "a", b"document")
    assert held == breakpoints.look_at(held.number)
    breakpoints.alter(held.number, b"forgery")
    assert not traveller.arrived
    breakpoints.let_go(held.number)
    assert traveller.arrive() == b"forgery"
    assert not breakpoints.held()
    for use in (breakpoints.look_at, breakpoints.let_go):
        with pytest.raises(NoSuchFaultError, match="gone on by itself"):
            use(held.number)


def test_what_nobody_lets_go_goes_on_by_itself(breakpoints: Breakpoints) -> None:
    """After the real time that was said; the caller gets an answer."""
    breakpoints.add(Stage.REQUEST, 0.01, ALL)
    assert breakpoints.pass_by(Stage.REQUEST, "SyncProxy", "a", b"document") == b"document"
    assert not breakpoints.held()


def test_only_its_stage_and_its_kind_are_held(breakpoints: Breakpoints) -> None:
    """Others pass; one that is held only once holds no second one."""
    breakpoints.add(Stage.ANSWER, LONG, Occasions(operations=("SyncProxy",), times=1))
    assert breakpoints.pass_by(Stage.REQUEST, "SyncProxy", "a", b"d") == b"d"
    assert breakpoints.pass_by(Stage.ANSWER, "RegisterProxy", "a", b"d") == b"d"
    traveller = Traveller(breakpoints, stage=Stage.ANSWER)
    _until(breakpoints.held)
    assert breakpoints.pass_by(Stage.ANSWER, "SyncProxy", "a", b"d") == b"d"
    breakpoints.let_go(breakpoints.held()[0].number)
    assert traveller.arrive() == b"document"
    assert not breakpoints.every()


@pytest.mark.parametrize("is_one", [True, False])
def test_what_is_removed_lets_go_what_it_holds(breakpoints: Breakpoints, is_one: bool) -> None:  # noqa: FBT001
    """One of them, or all."""
    made = breakpoints.add(Stage.REQUEST, LONG, ALL)
    traveller = Traveller(breakpoints)
    _until(breakpoints.held)
    if is_one:
        breakpoints.remove(made.number)
    else:
        breakpoints.clear()
    assert traveller.arrive() == b"document"
    with pytest.raises(NoSuchFaultError):
        breakpoints.find(made.number)


def test_more_than_there_are_threads_for_go_on(breakpoints: Breakpoints) -> None:
    """Whoever is not held is answered as ever: the testbed stays there for its admin."""
    breakpoints.add(Stage.REQUEST, LONG, ALL)
    travellers = [Traveller(breakpoints) for _ in range(MOST_HELD)]
    _until(lambda: len(breakpoints.held()) == MOST_HELD)
    one_more = Traveller(breakpoints, b"one more")
    _until(lambda: one_more.arrived)
    breakpoints.clear()
    assert [traveller.arrive() for traveller in travellers] == [b"document"] * MOST_HELD


def test_there_is_an_end_of_breakpoints(breakpoints: Breakpoints) -> None:
    """As of everything that is kept for people."""
    for _ in range(MOST_BREAKPOINTS):
        breakpoints.add(Stage.REQUEST, LONG, ALL)
    with pytest.raises(AdministrationError, match="remove one"):
        breakpoints.add(Stage.REQUEST, LONG, ALL)
