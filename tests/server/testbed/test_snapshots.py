"""Everything in a namespace as it was: kept, gone back to, forked, emptied."""

from __future__ import annotations

import random
import threading
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_server.domain.policy import Policy
from esolutions_server.reference import stored_terms
from esolutions_server.service.errors import AdministrationError, StartError
from esolutions_server.testbed.opening import open_instrument
from esolutions_server.testbed.snapshots import MOST_SNAPSHOTS, NoSuchSnapshotError
from tests.server.support.testbed import Bed

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from esolutions_server.testbed.instrument import Instrument

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
SERIAL = "ABC123456"


def test_a_snapshot_brings_back_all_of_it(bed: Bed) -> None:
    """Accounts, devices and journal; what came after is gone; the proxy goes on."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    proxy = bed.world().proxy()
    proxy.register(SERIAL)
    namespace.take_snapshot("registered")
    before = bed.world().snapshot()
    bed.world().know(SERIAL)
    namespace.server.administration.retire(SERIAL)
    assert bed.world().snapshot() != before
    namespace.restore(namespace.snapshots.file_of("registered"))
    assert bed.world().snapshot() == before
    assert not proxy.sync().commands
    assert bed.world().states() == {SERIAL: "registered"}


@pytest.mark.parametrize(("speed", "then"), [(0, timedelta(0)), (60, timedelta(minutes=10))])
def test_the_clock_shows_what_it_showed(bed: Bed, speed: float, then: timedelta) -> None:
    """And goes on from there, as fast as it went: what passed between the snapshot and now has not passed."""
    namespace = bed.instrument.default
    namespace.move_to(START)
    namespace.run(speed)
    bed.real.move(seconds=10)
    namespace.take_snapshot("then")
    namespace.advance(timedelta(days=40))
    bed.real.move(days=1)
    namespace.restore(namespace.snapshots.file_of("then"))
    assert namespace.clock() == START + then
    bed.real.move(seconds=10)
    assert namespace.clock() == START + 2 * then


def test_a_clock_that_nobody_set_shows_the_real_time_again(bed: Bed) -> None:
    """A client on the real time would not be believed by a server that is an hour behind."""
    namespace = bed.instrument.default
    namespace.take_snapshot("real")
    namespace.move_to(START)
    bed.real.move(hours=1)
    namespace.restore(namespace.snapshots.file_of("real"))
    assert namespace.clock() == bed.real()


def test_a_snapshot_outlasts_the_testbed(tmp_path: Path) -> None:
    """Its file is in the data directory, and its owner's alone."""
    first = Bed(tmp_path)
    first.instrument.default.server.administration.add_account("Acme", "key@acme.example")
    first.instrument.default.take_snapshot("one")
    first.instrument.default.reset()
    first.instrument.close()
    again = Bed(tmp_path)
    namespace = again.instrument.default
    assert [snapshot.name for snapshot in namespace.snapshots.every()] == ["one"]
    file = namespace.snapshots.file_of("one")
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert [left.name for left in file.parent.iterdir()] == ["one.sqlite"]
    namespace.restore(file)
    assert [account.name for account in namespace.server.administration.every.accounts()] == ["Acme"]
    again.instrument.close()


def test_a_fork_begins_where_its_source_is_and_goes_its_own_way(bed: Bed) -> None:
    """From the present or from a snapshot; neither sees the other."""
    source = bed.instrument.default
    source.move_to(START)
    source.take_snapshot("empty")
    bed.world().proxy().register(SERIAL)
    fork = bed.instrument.fork("present", source)
    past = bed.instrument.fork("past", source, "empty")
    assert (bed.world("present").states(), bed.world("past").states()) == ({SERIAL: "registered"}, {})
    fork.advance(timedelta(days=3))
    fork.server.administration.retire(SERIAL)
    assert (source.clock(), bed.world().states()) == (START, {SERIAL: "registered"})
    assert past.clock() == START
    assert fork.server.wsgi.public_url == "https://127.0.0.1:1/ns/present/CommunicationServer"
    assert [snapshot.name for snapshot in source.snapshots.every()] == ["empty"]


def test_a_fork_that_cannot_be_leaves_nothing(bed: Bed) -> None:
    """Nor does it take the place of a namespace that is there."""
    bed.instrument.add("left").server.administration.add_account("Acme", "key@acme.example")
    with pytest.raises(AdministrationError, match="already"):
        bed.instrument.fork("left", bed.instrument.default)
    with pytest.raises(NoSuchSnapshotError):
        bed.instrument.fork("right", bed.instrument.default, "none")
    damaged = bed.instrument.default.snapshots.new_file("damaged")
    damaged.write_bytes(b"no database")
    with pytest.raises(Exception, match="cannot be read"):
        bed.instrument.fork("right", bed.instrument.default, "damaged")
    assert bed.instrument.names() == ("left",)
    assert len(list(bed.instrument.namespace("left").server.administration.every.accounts())) == 1


def test_a_damaged_snapshot_changes_nothing(bed: Bed) -> None:
    """What is no database of ours is found out before anything is overwritten."""
    namespace = bed.instrument.default
    namespace.server.administration.add_account("Acme", "key@acme.example")
    namespace.snapshots.new_file("damaged").write_bytes(b"no database" * 500)
    with pytest.raises(Exception, match="cannot be read"):
        namespace.restore(namespace.snapshots.file_of("damaged"))
    assert len(list(namespace.server.administration.every.accounts())) == 1


def test_after_a_reset_all_is_as_in_the_beginning(tmp_path: Path) -> None:
    """The database, its numbers, the clock, and the GUIDs that come from the seed."""
    instrument = open_instrument(
        f"sqlite:///{tmp_path / 'server.sqlite'}",
        tmp_path,
        real=lambda: START,
        rng=random.Random(1),
        policy=Policy(),
        seed=7,
    )
    bed = Bed(tmp_path, instrument=instrument)
    lives = []
    for _ in range(2):
        instrument.default.move_to(START + timedelta(days=1))
        proxy = bed.world().proxy()
        proxy.register(SERIAL)
        lives.append(
            (proxy.sync().payload, [row.number for row in instrument.default.server.administration.every.journal()])
        )
        instrument.default.reset()
        assert not any(bed.world().snapshot().values())
        assert not list(instrument.default.server.administration.every.journal())
        assert instrument.default.clock.state.is_real
    assert lives[0] == lives[1]
    instrument.close()


def test_no_request_meets_half_of_a_restored_database(bed: Bed) -> None:
    """One that is on its way ends first; a restore waits for it."""
    namespace = bed.instrument.default
    namespace.take_snapshot("empty")
    is_inside, may_leave = threading.Event(), threading.Event()
    seen: list[str] = []
    answer = namespace.server.wsgi

    def answer_slowly(environ: object, start_response: object) -> Iterable[bytes]:
        is_inside.set()
        assert may_leave.wait(10)
        seen.append("answered")
        return answer(environ, start_response)  # type: ignore[arg-type]

    def restore() -> None:
        namespace.restore(namespace.snapshots.file_of("empty"))
        seen.append("restored")

    namespace.server.wsgi = answer_slowly  # type: ignore[assignment]
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/CommunicationServer"}
    threads = [
        threading.Thread(target=lambda: namespace.respond(request, lambda *_: None)),
        threading.Thread(target=restore),
    ]
    threads[0].start()
    assert is_inside.wait(10)
    threads[1].start()
    threads[1].join(0.1)
    assert not seen
    may_leave.set()
    for thread in threads:
        thread.join(10)
    assert seen == ["answered", "restored"]


def test_what_is_kept_beside_the_database_hears_that_it_is_void(bed: Bed) -> None:
    """By a restore and by a reset, once each."""
    heard: list[str] = []
    namespace = bed.instrument.default
    namespace.on_replacement(lambda: heard.append("void"))
    namespace.take_snapshot("now")
    assert not heard
    namespace.restore(namespace.snapshots.file_of("now"))
    namespace.reset()
    assert len(heard) == 2


def test_there_is_an_end_of_snapshots(bed: Bed) -> None:
    """One that is there can be taken again."""
    snapshots = bed.instrument.default.snapshots
    for number in range(MOST_SNAPSHOTS):
        snapshots.new_file(f"s{number}").touch()
    with pytest.raises(AdministrationError, match="remove one"):
        snapshots.new_file("one-more")
    bed.instrument.default.take_snapshot("s1")


def test_a_testbed_of_another_database_is_refused_with_the_reason(tmp_path: Path) -> None:
    """PostgreSQL may serve several workers, of which none could exchange the database for all."""
    with pytest.raises(StartError, match="needs an SQLite database"):
        open_instrument(
            "postgresql+psycopg://u:p@127.0.0.1/x",
            tmp_path,
            real=lambda: START,
            rng=random.Random(1),
            policy=Policy(),
        )


def test_a_restored_database_is_on_the_terms_of_the_server(tmp_path: Path) -> None:
    """Of the one that runs, whichever it was copied from: commands beside it go by its policy and its clock."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"

    def opened(policy: Policy) -> Instrument:
        return open_instrument(url, tmp_path, real=lambda: START, rng=random.Random(1), policy=policy)

    before = opened(Policy(signup="automatic"))
    before.default.server.keep_clock("another program's")
    before.default.take_snapshot("automatic")
    before.close()
    after = opened(Policy())
    after.default.server.keep_clock(None)
    after.default.restore(after.default.snapshots.file_of("automatic"))
    terms = stored_terms(url)
    assert (terms.policy, terms.clock) == (Policy(), None)
    after.close()
