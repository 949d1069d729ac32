"""The states of commands, messages and wishes go the ways of their tables, in the store as on paper."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import esolutions_client
from esolutions_client.errors import ClientError, TransitionError
from esolutions_client.states.command_state import COMMAND_BEGINNINGS, COMMAND_TRANSITIONS, CommandState
from esolutions_client.states.message_state import MESSAGE_TRANSITIONS, MessageState
from esolutions_client.states.wish_state import WISH_TRANSITIONS, WishState
from esolutions_client.store.store import Store
from esolutions_client.wire.messages import Command

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.states.transitions import Transitions

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
ALLOWED: dict[str, set[tuple[str, str]]] = {
    "command": {
        ("open", "answering"),
        ("open", "answered"),
        ("answering", "open"),
        ("answering", "answered"),
        ("answering", "held"),
        ("answering", "refused"),
        ("answered", "open"),
        ("answered", "held"),
        ("answered", "refused"),
        ("held", "answered"),
        ("refused", "answered"),
    },
    "message": {("waiting", "acknowledged"), ("waiting", "rejected"), ("acknowledged", "waiting")},
    "wish": {("asked", "taken"), ("taken", "done")},
}
TABLES: dict[str, tuple[Transitions[Any], list[str]]] = {
    "command": (COMMAND_TRANSITIONS, list(CommandState)),
    "message": (MESSAGE_TRANSITIONS, list(MessageState)),
    "wish": (WISH_TRANSITIONS, list(WishState)),
}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    opened = Store(tmp_path / "client.sqlite", synchronous="OFF")
    yield opened
    opened.close()


def command(command_id: str = "command") -> Command:
    """Return a billing request."""
    return Command(
        command_id=command_id,
        serial_number="ABC123456",
        action="Report",
        period_start=NOW - timedelta(days=30),
        period_end=NOW,
        read_not_before=NOW,
        issued_at=NOW,
        answer_by=NOW + timedelta(days=10),
        poll_interval=timedelta(hours=2),
        silent_after=timedelta(days=7),
        low_supply_percent=20,
        frequency="Monthly",
        repeat=0,
    )


def put_in_state(store: Store, table: str, state: str) -> None:
    """Let the one row of a table be in a state, however it got there."""
    store._connection.execute(f"UPDATE {table} SET state = ?", (state,))  # noqa: S608 - ours


def state_of(store: Store, table: str) -> str:
    """Return the state of the one row of a table."""
    return str(store._connection.execute(f"SELECT state FROM {table}").fetchone()[0])  # noqa: S608 - ours


@pytest.mark.parametrize("kind", TABLES)
def test_a_state_is_followed_only_by_those_that_are_drawn(kind: str) -> None:
    """Every pair of states, allowed or not."""
    table, states = TABLES[kind]
    assert {(old, new) for old in states for new in states if table.allows(old, new)} == ALLOWED[kind]


@pytest.mark.parametrize("kind", TABLES)
@given(data=st.data())
def test_a_history_keeps_to_the_table(kind: str, data: st.DataObject) -> None:
    """Whatever is asked in whatever order: an allowed transition, none at all, or an error of ours that names both."""
    table, states = TABLES[kind]
    state, *wanted = data.draw(st.lists(st.sampled_from(states), min_size=1))
    for following in wanted:
        if following == state or (state, following) in ALLOWED[kind]:
            table.check("it", state, following)
            state = following
        else:
            with pytest.raises(TransitionError, match=f"it is {state} and cannot become {following}"):
                table.check("it", state, following)


def test_an_illegal_transition_is_an_error_of_the_clients_tree() -> None:
    """Every command of the program turns it into an exit code."""
    assert issubclass(TransitionError, ClientError)


@pytest.mark.parametrize("state", MessageState)
@pytest.mark.parametrize("following", MessageState)
def test_a_message_of_the_outbox_goes_only_allowed_ways(
    store: Store, state: MessageState, following: MessageState
) -> None:
    """Acknowledged, rejected or offered again from any state; what is refused has changed nothing."""
    store.outbox.put("message", "SyncProxyStatus", NOW, "{}")
    put_in_state(store, "outbox", state)
    before = store._connection.execute("SELECT * FROM outbox").fetchall()

    def move() -> None:
        match following:
            case MessageState.WAITING:
                store.outbox.offer("message", "[]")
            case MessageState.ACKNOWLEDGED:
                store.outbox.acknowledge("message", "receipt")
            case MessageState.REJECTED:
                store.outbox.reject("message")

    if state == following or (state, following) in ALLOWED["message"]:
        move()
        assert state_of(store, "outbox") == following
    else:
        with pytest.raises(TransitionError, match=f"message message is {state} and cannot become {following}"):
            move()
        assert store._connection.execute("SELECT * FROM outbox").fetchall() == before


@pytest.mark.parametrize("state", CommandState)
@pytest.mark.parametrize("following", CommandState)
def test_a_command_in_the_store_goes_only_allowed_ways(
    store: Store, state: CommandState, following: CommandState
) -> None:
    """One that cannot be moved keeps its state, and those that are moved with it keep theirs."""
    for command_id in ("command", "other"):
        store.commands.put(command(command_id), NOW, CommandState.OPEN)
    store._connection.execute("UPDATE command SET state = ? WHERE command_id = 'command'", (state,))
    store.commands.set_state(["other"], CommandState.ANSWERING)
    wanted = ["other", "not known", "command"]
    if state == following or (state, following) in ALLOWED["command"]:
        with store.transaction():
            store.commands.set_state(wanted, following)
        assert {store.commands.state("command"), store.commands.state("other")} == {following}
    else:
        with pytest.raises(TransitionError, match=f"command command is {state}"), store.transaction():
            store.commands.set_state(wanted, following)
        assert store.commands.state("command") is state
        assert store.commands.state("other") is CommandState.ANSWERING


@pytest.mark.parametrize("state", CommandState)
@pytest.mark.parametrize("beginning", CommandState)
def test_a_command_that_is_repeated_begins_anew(store: Store, state: CommandState, beginning: CommandState) -> None:
    """Open or answering, whatever came of it before; no command begins as one that is over."""
    store.commands.put(command(), NOW, CommandState.OPEN)
    put_in_state(store, "command", state)
    if beginning in COMMAND_BEGINNINGS:
        store.commands.put(command(), NOW, beginning)
        assert store.commands.state("command") is beginning
    else:
        with pytest.raises(TransitionError, match=f"cannot begin as {beginning}"):
            store.commands.put(command(), NOW, beginning)
        assert store.commands.state("command") is state


@pytest.mark.parametrize("state", CommandState)
def test_a_command_can_be_closed_from_every_state(store: Store, state: CommandState) -> None:
    """The two statements that close many at once ask no table: it would allow them all."""
    assert state is CommandState.ANSWERED or COMMAND_TRANSITIONS.allows(state, CommandState.ANSWERED)
    store.commands.put(command(), NOW, CommandState.OPEN)
    put_in_state(store, "command", state)
    store.commands.close_period("ABC123456", NOW)
    assert store.commands.state("command") is CommandState.ANSWERED
    put_in_state(store, "command", state)
    store.commands.close_all("forgotten")
    assert store.commands.state("command") is CommandState.ANSWERED


@pytest.mark.parametrize("state", WishState)
def test_a_wish_is_taken_before_it_is_done_and_not_after(store: Store, state: WishState) -> None:
    """By one program, or by the next where that one died; its outcome is kept only once it was taken."""
    wish_id = store.wishes.put("poll", {}, NOW)
    put_in_state(store, "wish", state)
    is_allowed = state is not WishState.DONE
    assert (state is WishState.TAKEN or WISH_TRANSITIONS.allows(state, WishState.TAKEN)) is is_allowed
    assert store.wishes.take(wish_id) is is_allowed
    assert state_of(store, "wish") == (WishState.TAKEN if is_allowed else WishState.DONE)
    put_in_state(store, "wish", state)
    if state is WishState.ASKED:
        with pytest.raises(TransitionError, match="is asked and cannot become done"):
            store.wishes.finish(wish_id, {})
        assert state_of(store, "wish") == "asked"
    else:
        store.wishes.finish(wish_id, {})
        assert state_of(store, "wish") == "done"


def test_what_is_not_in_the_store_is_passed_over(store: Store) -> None:
    """A sync was never queued, a wish may have been withdrawn."""
    store.outbox.acknowledge("a sync", "receipt")
    store.wishes.finish(1, {})
    store.commands.set_state(["never seen"], CommandState.ANSWERED)
    assert store.outbox.waiting() == 0
    assert store.wishes.open() == []
    assert store.commands.state("never seen") is None


def test_a_state_is_set_in_the_store_by_these_statements_alone() -> None:
    """Each asks its table first, or is one that the table allows from every state it can meet."""
    root = Path(esolutions_client.__file__).parent
    found = {
        str(path.relative_to(root)): len(re.findall(r"SET state =", path.read_text(encoding="utf-8")))
        for path in root.rglob("*.py")
    }
    assert {path: number for path, number in found.items() if number} == {
        "store/commands.py": 3,
        "store/outbox.py": 1,
        "store/wishes.py": 2,
    }
