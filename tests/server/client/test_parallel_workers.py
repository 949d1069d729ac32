"""Tests that run side by side share one testbed: each worker has a namespace of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.wire

# What somebody writes who tests a client of their own with pytest-xdist.
_TESTS = """
import json, os, threading
from datetime import UTC, datetime, timedelta

import pytest
import requests

from esolutions_server.client import Meeting, TestbedClient
from esolutions_server.testbed.faults.kinds import HttpError

SERVING = json.loads(os.environ["SERVING"])
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def bed(worker_id):
    with TestbedClient(SERVING["admin_url"], SERVING["admin_token"]) as testbed:
        url, mine = testbed.make_namespace(worker_id)
        mine.reset()
        # Both are at work at the same time.
        pause = threading.Event()
        while len(testbed.namespaces()) < 2:
            pause.wait(0.01)
        yield url, mine
        mine.close()


@pytest.mark.parametrize("round", range(3))
@pytest.mark.parametrize("number", [pytest.param(n, marks=pytest.mark.xdist_group(f"group {n}")) for n in (1, 2)])
def test_mine(bed, worker_id, number, round):
    url, mine = bed
    mine.freeze(START)
    mine.state.add_account(f"Office {number}", f"key@{number}.example")
    mine.take_snapshot("begun")
    mine.faults.lay(HttpError(500 + number), Meeting(times=1))
    assert requests.post(url, data="<x/>", headers={"Content-Type": "text/xml"}, timeout=20).status_code == 500 + number
    requests.post(url, data="<x/>", headers={"Content-Type": "text/xml"}, timeout=20)
    assert mine.advance(timedelta(days=number)).now == START + timedelta(days=number)
    assert [account.name for account in mine.state.accounts()] == [f"Office {number}"]
    assert len(list(mine.journal.search())) == 1
    mine.restore("begun")
    assert mine.clock().now == START
    assert not list(mine.journal.search())
"""


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Give what a testbed printed that serves."""
    command = [sys.executable, "-m", "esolutions_server", "serve", "--testbed", "--port", "0", "--tls", "off", "--json"]
    with subprocess.Popen(
        [*command, "--data-dir", str(tmp_path / "data")], stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield json.loads(process.stdout.readline())
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_two_workers_share_one_server(serving: dict[str, Any], tmp_path: Path) -> None:
    """Neither sees the accounts, the clock, the faults, the snapshots or the journal of the other."""
    (tmp_path / "test_mine.py").write_text(_TESTS, encoding="utf-8")
    # What the run around this one says of its own workers is not for these.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    options = ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", str(tmp_path), "-q"]
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-n", "2", "--dist", "loadgroup", *options, "test_mine.py"],
        cwd=tmp_path,
        env={**environment, "SERVING": json.dumps(serving)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ran.returncode == 0, ran.stdout + ran.stderr
    assert "6 passed" in ran.stdout
