"""While `run` is at work, a command asks it and prints what the command itself would have printed."""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.cli.asking import LONGEST_WAIT_SECONDS, at_work, at_work_as_run
from esolutions_client.cli.session import Options, Session
from esolutions_client.errors import AtWorkError
from esolutions_client.store.store import Store
from esolutions_scenarios.faults.http import Refuse

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.service.agent import MeterAgent
    from tests.client.cli.support.command_line import CommandLine


@contextmanager
def running(line: CommandLine, url: str | None = None) -> Iterator[MeterAgent]:
    """Let `run` be at work on the data folder of a command line; it takes its turn whenever a command waits."""
    session = Session(Options(data_dir=line.folder, server_url=url), **line.world)
    try:
        with at_work_as_run(session):
            agent = session.agent
            line.on_wait = agent.run_due
            yield agent
    finally:
        line.on_wait = None
        session.close()


def open_wishes(line: CommandLine) -> list[tuple[str, str]]:
    """Return the wishes that are not done, with their state."""
    with closing(Store(line.folder / "client.sqlite")) as store:
        return [(wish.kind, wish.state) for wish in store.wishes.open()]


@pytest.mark.parametrize("words", [("poll",), ("sync",)])
def test_a_command_prints_what_it_would_have_printed_itself(registered: CommandLine, words: tuple[str, ...]) -> None:
    """The same document and the same exit code, whether `run` did it or the command."""
    alone = registered.json(*words)
    with running(registered):
        asked = registered.json(*words)
        assert registered(*words) == 0
        assert registered.out
    assert set(asked) == set(alone)
    assert asked.get("answered") == alone.get("answered")
    assert open_wishes(registered) == []


def test_a_printer_is_added_without_stopping_the_service(command: CommandLine) -> None:
    """`register` through `run`: the printers are registered, and the running program polls them."""
    assert command("discover", *command.targets) == 0
    with running(command) as agent:
        document = command.json("register", "--all")
        serials = sorted(printer.serial for printer in command.testbed.fleet)
        assert sorted(document["registered"]) == serials
        assert sorted(device.serial_number for device in agent.store.devices.polled()) == serials
        assert "another esolutions-client" not in command.err
        events = [kind for _, kind, _, _ in agent.store.events()]
    assert "asked" in events


def test_a_failure_comes_back_as_the_command_itself_would_have_met_it(registered: CommandLine) -> None:
    """The same words and the same exit code: 2 for what was asked wrongly, 1 for what failed."""
    away = Refuse()
    for words, code in ((("register", "NOBODY"), 2), (("sync",), 1)):
        registered.net.break_server(away)
        assert registered(*words) == code
        alone = registered.err
        registered.testbed.run_for(timedelta(hours=1))
        with running(registered):
            assert registered(*words) == code
        registered.net.lift(away)
        assert complaint(registered.err) == complaint(alone)


def complaint(err: str) -> str:
    """Return what a command complained of."""
    return next(line for line in err.splitlines() if line.startswith("esolutions-client: "))


def test_communication_that_is_off_is_said_through_run_too(registered: CommandLine) -> None:
    """`run` stays and waits while it is off, and answers."""
    assert registered("disable") == 0
    with running(registered):
        assert registered("poll") == 1
    assert "esolutions-client enable" in registered.err


def test_a_program_that_died_in_the_middle_leaves_its_work_to_the_command(registered: CommandLine) -> None:
    """The command notices that no program is at work any more, and does it itself."""
    session = Session(Options(data_dir=registered.folder), **registered.world)
    held = at_work(session, "run")
    held.__enter__()

    def die() -> None:
        (wish,) = session.store.wishes.open()
        assert session.store.wishes.take(wish.wish_id)
        held.__exit__(None, None, None)

    registered.on_wait = die
    document = registered.json("poll")
    assert len(document["answered"]) == 2
    assert open_wishes(registered) == []
    session.close()


def test_what_was_begun_is_begun_again_and_not_for_ever(registered: CommandLine) -> None:
    """A wish that its taker died of is tried a second time; it is not tried a third time."""
    path = registered.folder / "client.sqlite"
    with closing(Store(path)) as store:
        first = store.wishes.put("poll", {}, registered.testbed.now)
        second = store.wishes.put("poll", {}, registered.testbed.now)
        assert store.wishes.take(first)
        assert store.wishes.take(second)
        assert store.wishes.take(second)
    assert registered("run", "--once") == 0
    with closing(Store(path)) as store:
        outcomes = [wish.outcome for wish in map(store.wishes.get, (first, second)) if wish is not None]
    assert "document" in (outcomes[0] or {})
    assert "stopped in the middle of this 2 times" in str(outcomes[1])


def test_what_run_does_not_do_in_time_stays_and_is_seen(registered: CommandLine) -> None:
    """The command ends with 1 and says how to see it; `status` lists it; the next `run` does it."""
    started = registered.testbed.now.timestamp()
    with running(registered):
        ticks = iter(range(10_000))
        registered.on_wait = lambda: None
        registered._monotonic = lambda: started + next(ticks) * LONGEST_WAIT_SECONDS / 20  # type: ignore[method-assign]
        assert registered("poll") == 1
    assert "`esolutions-client status`" in registered.err
    (wish,) = registered.json("status")["wishes"]
    assert (wish["kind"], wish["state"]) == ("poll", "asked")
    assert registered("run", "--once") == 0
    assert registered.json("status")["wishes"] == []


def test_whoever_presses_control_c_takes_the_wish_back(registered: CommandLine) -> None:
    """Nothing was begun, so nothing is done; the exit code says that it was not."""
    with running(registered):
        registered.on_wait = None  # waiting is interrupted
        assert registered("poll") == 1
        assert "nothing was done" in registered.err
    assert open_wishes(registered) == []


def test_control_c_does_not_stop_what_was_begun(registered: CommandLine) -> None:
    """What is taken is finished, and `history` tells."""
    with running(registered) as agent:

        def take_and_interrupt() -> None:
            (wish,) = agent.store.wishes.open()
            agent.store.wishes.take(wish.wish_id)
            raise KeyboardInterrupt

        registered.on_wait = take_and_interrupt
        assert registered("poll") == 1
        assert "`esolutions-client history`" in registered.err
        agent.run_due()
    assert open_wishes(registered) == []
    assert ("asked", "poll: done") in [(e["kind"], e["text"]) for e in registered.json("history")["events"]]


def test_two_commands_at_once_both_come_to_their_turn(registered: CommandLine) -> None:
    """Without `run`, the second waits for the first and does its work itself."""
    first = Session(Options(data_dir=registered.folder), **registered.world)
    held = at_work(first, "sync")
    held.__enter__()
    registered.on_wait = lambda: held.__exit__(None, None, None)
    assert len(registered.json("poll")["answered"]) == 2
    first.close()


def test_run_waits_for_a_command_and_refuses_a_second_run(registered: CommandLine) -> None:
    """A poll ends by itself; another `run` does not."""
    command = Session(Options(data_dir=registered.folder), **registered.world)
    held = at_work(command, "poll")
    held.__enter__()
    registered.on_wait = lambda: held.__exit__(None, None, None)
    assert registered("run", "--once") == 0
    command.close()
    with running(registered):
        assert registered("run", "--once") == 2
        assert "`run` is at work on this data folder already" in registered.err


def test_another_server_than_that_of_run_is_refused_without_its_password(registered: CommandLine) -> None:
    """A person who names another server is told which one is used, and what to do."""
    with running(registered, "https://user:secret@one.example/CommunicationServer"):
        assert registered("poll", "--server-url", "https://me:hidden@two.example/CommunicationServer") == 2
        assert "one.example" in registered.err
        assert "two.example" in registered.err
        assert not {"secret", "hidden"} & set(registered.err.replace(":", " ").replace("@", " ").split())
        same = "https://user:secret@one.example/CommunicationServer"
        assert registered("poll", "--server-url", same) == 0
    assert open_wishes(registered) == []


def test_a_wish_of_another_version_is_answered_and_blocks_nobody(registered: CommandLine) -> None:
    """What is not known, cannot be read or was asked for long ago is answered; what comes after it is done."""
    path = registered.folder / "client.sqlite"
    with closing(Store(path)) as store:
        now = registered.testbed.now
        asked = [
            store.wishes.put("dance", {}, now),
            store.wishes.put("poll", {}, now),
            store.wishes.put("poll", {}, now - timedelta(days=2)),
            store.wishes.put("poll", {}, now),
        ]
    with closing(sqlite3.connect(path)) as store_file, store_file:
        store_file.execute("UPDATE wish SET arguments = 'half' WHERE wish_id = ?", (asked[1],))
    assert registered("run", "--once") == 0
    with closing(Store(path)) as store:
        outcomes = [str(wish.outcome) for wish in map(store.wishes.get, asked) if wish is not None]
    assert "does not know 'dance'" in outcomes[0]
    assert "cannot be read" in outcomes[1]
    assert "too long ago" in outcomes[2]
    assert "document" in outcomes[3]


def test_the_lock_is_given_once(registered: CommandLine) -> None:
    """Whatever else commands do while they wait."""
    with running(registered):
        other = Session(Options(data_dir=registered.folder), **registered.world)
        with pytest.raises(AtWorkError), at_work(other, "poll"):
            pytest.fail("two are at work")
        other.close()
