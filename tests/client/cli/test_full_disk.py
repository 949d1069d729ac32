"""A full disk: nothing is read that could not be kept, `run` waits for room, and communication can be turned off."""

from __future__ import annotations

import json
import os
import socket
import struct
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.store.store import ROOM_BYTES, Store
from esolutions_client.store.switch import Switch, switch_path
from esolutions_scenarios.testbed_client import client_command

if TYPE_CHECKING:
    from pathlib import Path

    from tests.client.cli.support.command_line import CommandLine
    from tests.support.system import Require

_TIMEOUT = 120
_DAY = 86_400
_FIVE_HOURS = 18_000
# In a mount namespace of its own: a small file system, a copy of the data folder, and not a byte of room.
_SCRIPT = """
import json, os, shutil, subprocess, sys
folder, origin, program, *rest = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], check=True)
data = os.path.join(folder, "client")
shutil.copytree(origin, data)
with open(os.path.join(folder, "ballast"), "wb", buffering=0) as ballast:
    try:
        while ballast.write(bytes(4096)):
            pass
    except OSError:
        pass
def start(word, **options):
    words = [*json.loads(program), word, "--data-dir", data, *rest]
    return subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)
run = start("run")
said = run.stderr.readline()
off = start("disable")
out, err = off.communicate()
alive = run.poll() is None
run.terminate()
run.communicate()
switch = open(os.path.join(data, "client.switch"), "rb").read()
on = start("enable")
on.communicate()
print(json.dumps({"said": said, "alive": alive, "run": run.returncode, "off": off.returncode, "out": out, "err": err,
                  "switch": switch.decode().strip(), "on": on.returncode}))
"""


def fill(monkeypatch: pytest.MonkeyPatch, free_bytes: int = ROOM_BYTES - 1) -> None:
    """Leave less room than a round of readings takes."""
    monkeypatch.setattr(Store, "free_bytes", lambda _: free_bytes)


def test_no_printer_is_asked_whose_reading_cannot_be_kept(
    registered: CommandLine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each command that would read says so and ends with 1; what stores nothing is free to go on."""
    before = registered.net.conversations_begun
    fill(monkeypatch)
    for words in (["poll"], ["discover", *registered.targets]):
        assert registered(*words) == 1
        assert "is full" in registered.err
    assert registered.net.conversations_begun == before
    assert registered("read", registered.targets[0]) == 0
    assert registered("status") == 0


def test_run_tries_again_after_longer_and_longer_on_a_full_disk(
    registered: CommandLine, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A minute, two, four, up to an hour; nothing is asked or sent meanwhile, and with room it goes on at once."""
    testbed = registered.testbed
    testbed.run_for(timedelta(days=1))
    fill(monkeypatch)
    before = registered.net.conversations_begun, registered.net.messages_sent
    slept: list[float] = []

    def wait(seconds: float) -> None:
        slept.append(seconds)
        testbed.timeline.move_to(testbed.now + timedelta(seconds=seconds))
        if sum(slept) > _FIVE_HOURS:
            raise KeyboardInterrupt

    monkeypatch.setattr(registered, "_wait", wait)
    assert registered("run") == 0
    told = [record.getMessage() for record in caplog.records if "trying again in" in record.getMessage()]
    assert [text.rpartition(" in ")[2] for text in told[:7]] == [f"{m} minutes" for m in (1, 2, 4, 8, 16, 32, 60)]
    assert len(told) <= 10
    assert (registered.net.conversations_begun, registered.net.messages_sent) == before
    fill(monkeypatch, ROOM_BYTES)
    assert registered("run", "--once") == 0
    assert registered.json("status")["last_poll_at"] is not None
    assert registered.net.conversations_begun > before[0]


def test_a_single_run_on_a_full_disk_fails(registered: CommandLine, monkeypatch: pytest.MonkeyPatch) -> None:
    """It does not wait: the person who asked for one round is told that there was none."""
    registered.testbed.run_for(timedelta(days=1))
    fill(monkeypatch)
    assert registered("run", "--once") == 1
    assert "is full" in registered.err


@pytest.mark.wire
def test_run_starts_on_a_full_file_system_and_can_be_turned_off(
    registered: CommandLine, tmp_path: Path, require: Require
) -> None:
    """A real one, without a byte of room: not one datagram leaves, and `disable` and `enable` work."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as printer:
        printer.bind(("127.0.0.1", 0))
        printer.settimeout(0)
        found = _on_a_full_file_system(registered, tmp_path, require, printer.getsockname()[1])
        assert "trying again in 1 minutes" in found["said"]
        assert (found["alive"], found["run"], found["off"], found["on"]) == (True, 0, 0, 0), found
        assert "turned off" in found["out"]
        assert found["switch"] == "communication off"
        with pytest.raises(BlockingIOError):
            printer.recv(1)
    # The origin of the copy is as it was.
    assert Switch(switch_path(registered.folder / "client.sqlite")).is_on


def _on_a_full_file_system(command: CommandLine, folder: Path, require: Require, port: int) -> dict[str, Any]:
    """Do what the script does, with a printer that is due to be read at a port; skip where it cannot be done."""
    clock, mount = folder / "clock", folder / "mount"
    clock.write_bytes(struct.pack("<dQ", command.testbed.now.timestamp() + _DAY, 0))
    mount.mkdir()
    with closing(Store(command.folder / "client.sqlite")) as store:
        for device in store.devices.all():
            with store.transaction():
                store.devices.save(replace(device, host="127.0.0.1", port=port))
    alone = [require("unshare"), "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode:
        pytest.skip("this system lets nobody have a mount namespace")
    program = json.dumps(client_command(clock))
    options = ["--server-url", "http://127.0.0.1:9/", "--allow-plain-http", "--http-proxy", "none"]
    done = subprocess.run(
        [*alone, sys.executable, "-c", _SCRIPT, str(mount), str(command.folder), program, *options],
        check=False,
        capture_output=True,
        text=True,
        timeout=_TIMEOUT,
    )
    if "mount:" in done.stderr:
        pytest.skip(f"this system mounts no file system here: {done.stderr}")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert isinstance(found, dict)
    return found
