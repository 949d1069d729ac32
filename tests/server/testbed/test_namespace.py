"""A server of a testbed, and its clock."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_server.domain.policy import Policy
from esolutions_server.domain.testbed_time import ClockError
from esolutions_server.testbed.clock import ForeignClock
from esolutions_server.testbed.gate import GateShutError
from esolutions_server.testbed.opening import open_instrument
from tests.server.support.testbed import Bed

if TYPE_CHECKING:
    from pathlib import Path

START = datetime(2026, 1, 5, 9, tzinfo=UTC)


def test_what_falls_due_on_the_way_happens_in_order(bed: Bed) -> None:
    """A device that answers nothing for a quarter: each period's request is made at its end, each mail at its time."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    world = bed.world()
    proxy = world.proxy()
    proxy.register("ABC123456")
    world.know("ABC123456")
    namespace.advance(timedelta(hours=1))
    namespace.server.administration.sign_up("ABC123456")
    for command in proxy.sync().commands:
        proxy.status(command["SerialNumber"], command["CommandId"])
    namespace.advance(timedelta(days=100))
    requests = list(namespace.server.administration.every.requests())
    assert [request.period_end.month for request in requests] == [2, 3, 4]
    assert [request.issued_at for request in requests] == [request.period_end for request in requests]
    mailed = [mail.moment for mail in namespace.server.administration.every.mails() if "ABC123456" in mail.body]
    assert mailed[0] == requests[0].answer_by + timedelta(seconds=1)
    assert namespace.clock() == START + timedelta(hours=1, days=100)


def test_a_clock_that_runs_goes_on_after_an_advance(bed: Bed) -> None:
    """As fast as before."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    namespace.run(60)
    namespace.advance(timedelta(days=1))
    bed.real.move(seconds=10)
    assert namespace.clock() == START + timedelta(days=1, minutes=10)


def test_real_time_that_was_advanced_goes_on(bed: Bed) -> None:
    """As real time does, so much later."""
    namespace = bed.instrument.default
    namespace.advance(timedelta(hours=1))
    bed.real.move(minutes=5)
    assert namespace.clock() == bed.real() + timedelta(hours=1)


def test_a_clock_is_let_go(bed: Bed) -> None:
    """And shows the real time, whatever it showed."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    namespace.let_go()
    bed.real.move(days=3)
    assert namespace.clock() == bed.real()


def test_an_advance_that_cannot_be_changes_nothing(bed: Bed) -> None:
    """Neither into the past nor beyond what the wire can carry."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    for span in (timedelta(seconds=-1), timedelta(days=200 * 365), timedelta.max):
        with pytest.raises(ClockError):
            namespace.advance(span)
    assert namespace.clock() == START


def test_a_testbed_that_starts_again_goes_by_the_same_clock(tmp_path: Path) -> None:
    """And so do the commands beside it."""
    first = Bed(tmp_path)
    first.instrument.default.move_to(START)
    first.instrument.default.run(3600)
    first.instrument.close()
    first.real.move(seconds=5)
    again = Bed(tmp_path, real=first.real)
    assert again.instrument.default.clock() == START + timedelta(hours=5)
    again.instrument.close()


def test_a_clock_of_another_program_is_only_read(tmp_path: Path) -> None:
    """It says so to anyone who would set it."""
    shown = [START]
    instrument = open_instrument(
        "sqlite://",
        tmp_path,
        real=lambda: START,
        rng=random.Random(1),
        policy=Policy(),
        clock=ForeignClock(lambda: shown[0]),
    )
    namespace = instrument.default
    shown[0] += timedelta(days=2)
    assert namespace.clock() == START + timedelta(days=2)
    with pytest.raises(ClockError, match="without --clock"):
        namespace.advance(timedelta(days=1))
    with pytest.raises(ClockError, match="without --clock"):
        namespace.run(2)
    with pytest.raises(ClockError, match="without --clock"):
        namespace.let_go()
    instrument.close()


def test_namespaces_know_nothing_of_one_another(bed: Bed) -> None:
    """Accounts, devices, journals and clocks are each one's own; the SOAP of each goes to its prefix."""
    bed.instrument.add("left").move_to(START)
    bed.instrument.add("right").move_to(START + timedelta(days=40))
    bed.world("left").proxy().register("ABC123456")
    left, right = bed.instrument.namespace("left"), bed.instrument.namespace("right")
    assert [device.serial for device in left.server.administration.every.devices()] == ["ABC123456"]
    assert not list(right.server.administration.every.devices())
    assert not list(bed.instrument.default.server.administration.every.journal())
    assert right.clock() - left.clock() == timedelta(days=40)
    assert left.server.wsgi.public_url == "https://127.0.0.1:1/ns/left/CommunicationServer"


def test_a_namespace_that_was_removed_leaves_nothing_behind(bed: Bed) -> None:
    """One that is made again under its name is empty."""
    bed.instrument.add("left").server.administration.add_account("Acme", "key@acme.example")
    bed.instrument.remove("left")
    assert not list(bed.instrument.add("left").server.administration.every.accounts())


def test_an_advance_ends_with_its_testbed(bed: Bed) -> None:
    """It does not keep a server that is told to stop for as long as a century takes; the clock goes on as before."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    namespace.run(1)
    world = bed.world()
    proxy = world.proxy()
    proxy.register("ABC123456")
    bed.ask("POST", "/admin/api/devices/ABC123456/state", {"state": "active"})
    work = namespace.server.run_due_work
    done: list[None] = []

    def end_at_the_second() -> None:
        done.append(work())
        if len(done) == 2:
            namespace.let_go_of_callers()

    namespace.server.run_due_work = end_at_the_second  # type: ignore[method-assign]
    with pytest.raises(GateShutError, match="ends before"):
        namespace.advance(timedelta(days=36_500))
    assert namespace.clock() < START + timedelta(days=3_650)
    assert namespace.clock.state.speed == 1
    assert bed.ask("POST", "/admin/api/clock/advance", {"seconds": 10**9}).status_code == 503


def test_chores_wait_for_no_advance(bed: Bed) -> None:
    """Who does them is told to stop by the same thread: it would hear of it only at the end of a century."""
    namespace = bed.instrument.default
    work = namespace.server.run_due_work
    done: list[bool] = []

    def meet_a_chore() -> None:
        work()
        chore = threading.Thread(target=namespace.run_due_work, daemon=True)
        chore.start()
        chore.join(10)
        done.append(not chore.is_alive())

    namespace.server.run_due_work = meet_a_chore  # type: ignore[method-assign]
    namespace.advance(timedelta(days=1))
    assert done
    assert all(done)
