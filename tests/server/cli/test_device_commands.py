"""What an operator decides about a device or a held reading, from the command line."""

from __future__ import annotations

import json
import random
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server import open_server
from esolutions_server.cli.application import run
from esolutions_server.domain.devices.states import Step
from esolutions_server.domain.policy import Policy
from esolutions_server.service.devices.lifecycle import take_step
from esolutions_server.service.unit_of_work import UnitOfWork
from esolutions_server.store.repositories import devices
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.server.support.world import World

SERIAL = "ABC000001"
NAMES = ("Total Impressions", "Black Impressions", "Color Impressions", "Large Impressions", "Fax Impressions")


class Desk:
    """An operator beside a server that runs, with one active device."""

    def __init__(self, world: World, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.world = world
        self.proxy = world.active_proxy(SERIAL)
        self._folder = folder
        self._capsys = capsys

    def json(self, *arguments: str) -> Any:
        """Run a command and return the document it prints."""
        assert self.run(*arguments, "--json") == 0
        return json.loads(self.out)

    def run(self, *arguments: str) -> int:
        """Run a command and return its exit code; `out` and `err` are what it printed."""
        where = ("--data-dir", str(self._folder))
        code = run(now=self.world.clock, rng=random.Random(5), arguments=[*arguments, *where])
        self.out, self.err = self._capsys.readouterr()
        return code

    def hold(self) -> str:
        """Let a reading come in which a meter cannot be read; return its request."""
        self.world.clock.move(days=2)
        command_id = self.world.server.administration.request_billing(SERIAL)
        self.proxy.sync()
        rows = "".join(f'<n:Meter Name="{name}">{"" if name == NAMES[4] else 1234667}</n:Meter>' for name in NAMES)
        assert self.proxy.submit(SERIAL, command_id, rows=rows) == "Held"
        return command_id


@pytest.fixture
def desk(make_world: Callable[..., World], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Desk]:
    """A server whose database commands can open."""
    world = make_world()
    world.server.close()
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    world.server = open_server(url, now=world.clock, rng=random.Random(3), policy=Policy())
    yield Desk(world, tmp_path, capsys)
    world.server.close()


@pytest.mark.parametrize(("word", "state"), [("cancel", "registered"), ("retire", "retired"), ("replace", "replaced")])
def test_a_device_leaves_service(desk: Desk, word: str, state: str) -> None:
    """Nothing is asked about it any more; what it is now is printed."""
    assert desk.json("device", word, SERIAL) == {"serial": SERIAL, "state": state}
    assert desk.world.states() == {SERIAL: state}
    desk.world.clock.move(days=60)
    assert desk.proxy.sync().commands == []
    assert desk.run("device", word, SERIAL) == 1
    hint = "it is not enrolled, so there is nothing to end"
    if word != "cancel":
        hint = "it has a new life when a client registers it again"
    assert desk.err == f"esolutions-server: {SERIAL}: a device that is {state} cannot {word}; {hint}\n"
    assert desk.out == ""


@pytest.mark.parametrize(("word", "state"), [("retire", "retired"), ("replace", "replaced")])
def test_a_device_that_has_left_service_cannot_be_signed_up(desk: Desk, word: str, state: str) -> None:
    """It is said what has to come first; nothing escapes."""
    desk.json("device", word, SERIAL)
    assert desk.run("signup", SERIAL) == 1
    hint = "it can be when a client has registered it again"
    assert desk.err == f"esolutions-server: {SERIAL} is {state} and cannot be signed up: {hint}\n"
    assert desk.world.states() == {SERIAL: state}


def test_a_device_is_assigned_to_another_person(desk: Desk) -> None:
    """The FAQ: who reported its meter reads before is told by mail."""
    assert desk.run("device", "reassign", SERIAL, "eve@acme.example") == 1
    assert "`person add` them first" in desk.err
    assert desk.json("person", "add", "Acme", "eve@acme.example")["email"] == "eve@acme.example"
    assert desk.json("device", "reassign", SERIAL, "eve@acme.example") == {
        "serial": SERIAL,
        "person": "eve@acme.example",
        "previous": "bob@acme.example",
    }
    (mail,) = desk.json("mail")
    assert (mail["recipient"], SERIAL in mail["subject"]) == ("bob@acme.example", True)


@pytest.mark.parametrize("words", [("cancel",), ("retire",), ("replace",)])
def test_a_device_that_nobody_registered_is_exit_code_1(desk: Desk, words: tuple[str, ...]) -> None:
    """The sentence says where to look."""
    assert desk.run("device", *words, "NOBODY") == 1
    assert desk.err == "esolutions-server: NOBODY is not registered: `devices` lists those that are\n"


def test_a_held_reading_is_accepted_but_for_what_could_not_be_read(desk: Desk) -> None:
    """The list says why it is held; the answer says what is billed and what is not."""
    command_id = desk.hold()
    held = desk.json("billing", "values", "--held")
    assert {value["reason"] for value in held} == {"Fax Impressions cannot be read"}
    assert desk.json("billing", "accept", command_id) == {
        "command_id": command_id,
        "billed": list(NAMES[:4]),
        "not_billed": [NAMES[4]],
    }
    assert [value["meter"] for value in desk.json("billing", "values")] == list(NAMES[:4])
    (left,) = desk.json("billing", "values", "--not-billed")
    assert (left["meter"], left["value"], left["outcome"]) == (NAMES[4], None, "Unread")


def test_a_held_reading_is_rejected_and_asked_for_anew(desk: Desk) -> None:
    """Under another request, whose id is printed."""
    command_id = desk.hold()
    desk.world.clock.move(hours=1)
    again = desk.json("billing", "reject", command_id)["asked_again"]
    states = {request["id"]: request["state"] for request in desk.json("billing", "list")}
    assert states == {command_id: "rejected", again: "open"}
    assert desk.run("billing", "reject", command_id) == 1
    assert desk.err == f"esolutions-server: nothing is held under {command_id}: `billing values --held` lists what is\n"


def test_a_list_that_goes_into_a_file_has_whole_values(desk: Desk) -> None:
    """What is no terminal has no width: ids and reasons are there to be copied."""
    command_id = desk.hold()
    assert desk.run("billing", "values", "--held") == 0
    lines = desk.out.splitlines()
    assert len(lines) == 6
    assert all(command_id in line and "Fax Impressions cannot be read" in line for line in some(lines[1:]))
    assert lines[0].split() == [
        *["serial", "meter", "value", "impressions", "read_at", "outcome", "reason", "command_id"]
    ]


def test_what_a_client_wrote_does_not_steer_the_terminal(desk: Desk) -> None:
    """Names of meters are data: no markup, no control characters."""
    payload = desk.proxy.devices_payload(["DEF000001"])
    strange = payload.replace(NAMES[0], "[red]Total\x9b31m", 1)
    assert desk.proxy.send(strange).texts("Outcome") == ["Accepted"]
    desk.world.know("DEF000001")
    desk.world.clock.move(hours=1)
    desk.world.server.administration.sign_up("DEF000001")
    (turn_on,) = desk.proxy.sync().commands
    assert desk.proxy.status("DEF000001", turn_on["CommandId"]) == "Accepted"
    command_id = desk.world.server.administration.request_billing("DEF000001")
    desk.proxy.sync()
    rows = desk.proxy.meters(1234567).replace(NAMES[0], "[red]Total\x9b31m")
    assert desk.proxy.submit("DEF000001", command_id, rows=rows) == "Accepted"
    assert desk.run("billing", "values", "DEF000001") == 0
    assert "[red]" in desk.out
    assert "\x9b" not in desk.out


def test_a_step_returns_the_device_as_it_is_then(desk: Desk) -> None:
    """The row that was written, not the one from before: when a sync has to look at it, too."""
    with desk.world.server._store.transaction() as connection:
        work = UnitOfWork(connection, desk.world.clock(), random.Random(4), Policy())
        before = devices.find(connection, SERIAL)
        assert before is not None
        returned = take_step(work, before, Step.RETIRE)
        assert returned == devices.find(connection, SERIAL)
    assert (before.state, returned.state) == ("active", "retired")
    assert returned.attention_at is None is not before.attention_at


def test_a_reading_is_rejected_in_the_second_after_it_was_asked_for(desk: Desk) -> None:
    """Two requests for one period differ by their second: in the same one it is refused in words."""
    desk.world.clock.move(days=31)
    (command,) = desk.proxy.sync().commands
    assert desk.proxy.submit(SERIAL, command["CommandId"], 5) == "Held"
    assert desk.run("billing", "reject", command["CommandId"]) == 1
    assert "reject it again" in desk.err
    desk.world.clock.move(seconds=1)
    assert desk.run("billing", "reject", command["CommandId"]) == 0


def lines_of(desk: Desk, *words: str) -> dict[str, str]:
    """Return what a command shows of one thing, by the names of its lines."""
    assert desk.run(*words) == 0
    found = (line.split("  ", 1) for line in desk.out.splitlines())
    return {name.strip(): rest[0].strip() for name, *rest in found if rest}


def test_one_device_is_shown_with_all_that_its_client_says_of_it(desk: Desk) -> None:
    """Each field of its registration, its status and its last reading has a line."""
    desk.world.clock.move(days=2)
    command_id = desk.world.server.administration.request_billing(SERIAL)
    desk.proxy.sync()
    supply = desk.proxy.supply(Name="Black Toner", State="low", Unit="sheets", Capacity=9000, Level=812)
    assert desk.proxy.submit(SERIAL, command_id, rows=desk.proxy.meters(1234667) + supply) == "Accepted"
    lines = lines_of(desk, "devices", SERIAL)
    at = f"{desk.world.clock():%Y-%m-%dT%H:%M:%SZ}"
    assert lines["state"] == "active"
    assert lines["detected at"] == "2026-01-01T03:00:00Z"
    assert lines["turned on at"] == lines["activated at"] == "2026-01-01T04:00:00Z"
    assert lines[f"meter {NAMES[0]}"] == f"1234667 of {at}"
    assert lines["supply Black Toner"] == f"low, 812 of 9000 sheets, of {at}"
    assert desk.run("devices", "NOBODY") == 1
    assert "NOBODY is not registered" in desk.err


def test_one_client_is_shown_with_its_schedule(desk: Desk) -> None:
    """When it was installed, when it calls and how often it reads, and why it called last; its secret is not shown."""
    lines = lines_of(desk, "proxies", desk.proxy.guid)
    assert (lines["installed at"], lines["consent given at"]) == ("2026-01-01T03:00:00Z",) * 2
    assert (lines["daily sync time"], lines["sync window"], lines["poll interval"]) == ("03:00:00Z", "3600 s", "7200 s")
    assert (lines["reason"], lines["queue"], lines["is silent"]) == ("Scheduled", "0", "False")
    assert (lines["next contact at"], lines["expected until"]) == ("2026-01-02T04:00:00Z",) * 2
    assert desk.proxy.secret not in desk.out
    assert desk.run("proxies", desk.proxy.guid.replace("2222", "3333")) == 1
    assert "is registered" in desk.err


def test_the_journal_has_a_column_for_how_hard_it_was_to_get_through(desk: Desk) -> None:
    """The attempt, and the seconds that the message waited."""
    composed = f"{desk.world.clock() - timedelta(seconds=4321):%Y-%m-%dT%H:%M:%SZ}"
    payload = desk.proxy.sync_payload().replace("<n:Attempt>1<", "<n:Attempt>7<")
    now = f"{desk.world.clock():%Y-%m-%dT%H:%M:%SZ}"
    desk.proxy.send(payload.replace(f"<n:ComposedAt>{now}<", f"<n:ComposedAt>{composed}<"))
    assert desk.run("journal") == 0
    names, *_, newest = (line.split() for line in desk.out.splitlines())
    shown = dict(zip(names, newest, strict=False))
    assert (shown["attempt"], shown["waited"]) == ("7", "4321")
