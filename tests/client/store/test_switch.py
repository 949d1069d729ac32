"""The switch of communication: what was turned off stays off, whatever happens to the file, the store or the disk."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esolutions_client.errors import StoreError, TurnedOffError
from esolutions_client.service.switching import open_switch, wait_until_quiet
from esolutions_client.store.store import Store
from esolutions_client.store.switch import Switch, switch_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_TIMEOUT = 30
_HOLDER = """
import sys
from pathlib import Path
from esolutions_client.store.switch import Switch
with Switch(Path(sys.argv[1])).traffic():
    print("sockets are open", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    """A switch that is on."""
    made = Switch(tmp_path / "client.switch")
    made.turn(on=True)
    return made


def test_what_one_program_turns_every_program_sees_at_once(switch: Switch) -> None:
    """The file is read anew at each question; its size never changes, and no other user may read it."""
    other = Switch(switch.path)
    size = switch.path.stat().st_size
    for on in (False, True, False):
        other.turn(on=on)
        assert (switch.is_on, switch.may_send()) == (on, on)
        assert switch.path.stat().st_size == size
    if os.name == "posix":
        assert switch.path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        lambda path: path.write_bytes(path.read_bytes()[:20]),
        lambda path: path.write_bytes(bytes(512)),
        lambda path: path.write_bytes(path.read_bytes().replace(b"on ", b"ON ", 1)),
        lambda path: (path.unlink(), path.mkdir()),
    ],
    ids=["missing", "empty", "cut", "zeros", "garbled", "a folder"],
)
def test_a_switch_that_cannot_be_read_is_off(switch: Switch, damage: Callable[[Path], object]) -> None:
    """Also for a program that had read it before."""
    states = [switch.is_on]
    damage(switch.path)
    states.append(switch.is_on)
    assert states == [True, False]
    assert not Switch(switch.path).is_on
    with pytest.raises(TurnedOffError, match="esolutions-client enable"):
        switch.require_on()


def test_a_file_that_was_put_in_place_of_the_switch_is_the_switch(switch: Switch) -> None:
    """As a backup that is restored does: a program that has the old one open notices."""
    assert switch.is_on
    other = Switch(switch.path.with_name("other"))
    other.turn(on=False)
    other.path.replace(switch.path)
    assert not switch.is_on


def test_a_store_of_an_older_version_stays_as_it_was_turned(path: Path) -> None:
    """The first program of this version makes the switch from the store."""
    for was, on in ((False, False), (True, True), (None, True)):
        store = Store(path)
        try:
            store.settings.enabled = was
            assert open_switch(store).is_on is on
        finally:
            store.close()
        for file in path.parent.iterdir():
            file.unlink()


def test_a_switch_that_was_lost_is_off_until_somebody_turns_it_on(store: Store) -> None:
    """It is not known what was said last; that it is so stays so."""
    assert open_switch(store).is_on
    switch_path(store.path).unlink()
    assert not open_switch(store).is_on
    assert not open_switch(store).is_on
    open_switch(store).turn(on=True)
    assert open_switch(store).is_on


def test_it_is_turned_off_where_there_was_none(tmp_path: Path) -> None:
    """Before anything was installed, even."""
    switch = Switch(tmp_path / "new" / "client.switch")
    switch.turn(on=False)
    assert switch.is_there
    assert not switch.is_on


def test_a_switch_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    """A person who asked for it must not believe that it was done."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StoreError, match="cannot be written"):
        Switch(tmp_path / "file" / "client.switch").turn(on=False)


def test_traffic_begins_only_while_it_is_on_and_shows_until_it_ends(switch: Switch) -> None:
    """Another program sees it, however many parts it has."""
    other = Switch(switch.path)
    assert other.is_quiet()
    with switch.traffic():
        assert not other.is_quiet()
        with switch.traffic():
            assert not other.is_quiet()
        other.turn(on=False)
        assert not other.is_quiet()
        with pytest.raises(TurnedOffError), switch.traffic():
            pytest.fail("nothing may begin")
        assert not other.is_quiet()
    assert other.is_quiet()
    with pytest.raises(TurnedOffError), switch.traffic():
        pytest.fail("nothing may begin")
    assert other.is_quiet()


def test_whoever_turns_it_off_waits_until_nothing_is_under_way(switch: Switch) -> None:
    """It is said once that it takes a while."""
    said: list[str] = []
    waits: list[float] = []
    under_way = switch.traffic()
    under_way.__enter__()

    def wait(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 100:
            under_way.__exit__(None, None, None)

    assert wait_until_quiet(Switch(switch.path), wait, lambda: said.append("waiting"))
    assert (len(waits), said) == (100, ["waiting"])


def test_the_wait_has_an_end(switch: Switch) -> None:
    """What never ends cannot be confirmed, and that is the answer."""
    with switch.traffic():
        assert not wait_until_quiet(Switch(switch.path), lambda _: None, lambda: None)


@pytest.mark.wire
def test_a_program_that_is_killed_has_nothing_under_way_and_one_that_is_stopped_may_have(switch: Switch) -> None:
    """The system gives the lock of a dead program back; a suspended one keeps it, and its sockets."""
    command = [sys.executable, "-c", _HOLDER, str(switch.path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        try:
            assert holder.stdout.readline()
            if hasattr(signal, "SIGSTOP"):
                holder.send_signal(signal.SIGSTOP)
            switch.turn(on=False)
            assert not switch.is_quiet()
        finally:
            holder.kill()
        holder.wait(_TIMEOUT)
        assert switch.is_quiet()
