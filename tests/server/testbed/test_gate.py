"""The gate before a server that is exchanged for another one."""

from __future__ import annotations

import threading

from esolutions_server.testbed.gate import Gate, GateShutError


def test_who_is_on_the_way_ends_before_the_gate_is_closed() -> None:
    """And who comes meanwhile waits until it is open again."""
    gate = Gate()
    seen: list[str] = []
    is_inside, may_leave, is_closed, may_open = (threading.Event() for _ in range(4))

    def pass_slowly() -> None:
        with gate.passing():
            is_inside.set()
            assert may_leave.wait(10)
            seen.append("the first has passed")

    def close() -> None:
        with gate.closed():
            seen.append("closed")
            is_closed.set()
            assert may_open.wait(10)
            seen.append("opened")

    def pass_late() -> None:
        with gate.passing():
            seen.append("the second has passed")

    threads = [threading.Thread(target=pass_slowly), threading.Thread(target=close)]
    threads[0].start()
    assert is_inside.wait(10)
    threads[1].start()
    assert not is_closed.is_set()
    may_leave.set()
    assert is_closed.wait(10)
    threads.append(threading.Thread(target=pass_late))
    threads[2].start()
    may_open.set()
    for thread in threads:
        thread.join(10)
    assert seen == ["the first has passed", "closed", "opened", "the second has passed"]


def test_many_pass_at_once() -> None:
    """A gate is no lock: two are inside at the same time."""
    gate = Gate()
    with gate.passing(), gate.passing():
        pass
    with gate.closed():
        pass


def test_who_waits_at_a_gate_that_is_shut_is_turned_away() -> None:
    """Not left waiting for what will not come."""
    gate = Gate()
    turned_away: list[GateShutError] = []
    is_closed, may_go = threading.Event(), threading.Event()

    def close() -> None:
        with gate.closed():
            is_closed.set()
            assert may_go.wait(10)

    def come() -> None:
        try:
            with gate.passing():
                raise AssertionError("it has passed")
        except GateShutError as error:
            turned_away.append(error)

    closing = threading.Thread(target=close)
    closing.start()
    assert is_closed.wait(10)
    waiting = threading.Thread(target=come)
    waiting.start()
    gate.shut()
    waiting.join(10)
    come()
    assert len(turned_away) == 2
    may_go.set()
    closing.join(10)
