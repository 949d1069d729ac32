"""Client, server and printers as three processes started from the shell, and what crosses between them."""

from __future__ import annotations

import json
import re
import sqlite3
from contextlib import ExitStack, closing
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.referee.specification import load_specification
from tests.scenarios.support.processes import (
    PRINTERS,
    CountingProxy,
    Shell,
    complete_a_cycle,
    start_printers,
    start_server,
)
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.wire


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    """A shell whose programs are stopped at the end."""
    with ExitStack() as running:
        yield Shell(tmp_path, running)


def _published(name: str, devices: int) -> int:
    return next(formula.size(devices) for formula in load_specification().formulas if formula.name == name)


def test_what_a_proxy_in_between_counts_is_what_the_faq_publishes(shell: Shell) -> None:
    """Over plain HTTP on loopback, so that the proxy sees the bodies: all formulas hold on what really crossed."""
    targets = start_printers(shell)
    url = start_server(shell, "off")["url"]
    host, port = re.match(r"http://([^:/]+):(\d+)", url).groups()  # type: ignore[union-attr]
    with CountingProxy(host, int(port)) as proxy:
        reach = (
            "--server-url", f"http://127.0.0.1:{proxy.port}/CommunicationServer", "--allow-plain-http",
            "--http-proxy", "none",
        )  # fmt: skip
        complete_a_cycle(shell, targets, reach)
        sizes = {}
        for body in proxy.bodies():
            name = re.search(rb"<(?:ns0|tns):(\w+)[ >]", body)
            kind = "Report" if b">Report<" in body else name[1].decode() if name else "?"
            sizes[kind] = len(body)
    assert sizes["RegisterProxy"] == _published("reg proxy", 0)
    assert sizes["RegisterProxyDevices"] == _published("reg proxy device", PRINTERS)
    assert sizes["RegisterProxy"] + sizes["RegisterProxyDevices"] == _published("total registration", PRINTERS)
    assert sizes["SyncProxy"] == _published("sync proxy request", 0)
    assert sizes["SyncProxyResponse"] == _published("sync proxy request response", PRINTERS)
    assert sizes["SyncProxyStatus"] == _published("sync proxy status", PRINTERS)
    assert sizes["Report"] == _published("billing transaction request", PRINTERS)
    assert sizes["SubmitBillingTransaction"] == _published("billing transaction response", PRINTERS)


def test_over_https_the_bills_are_what_the_printers_show(shell: Shell) -> None:
    """With certificate and host name checked; the transmitted values are those of the client's own meter page."""
    targets = start_printers(shell)
    started = start_server(shell, "auto")
    reach = ("--server-url", started["url"], "--ca", started["ca_file"], "--http-proxy", "none")
    for serial in some(complete_a_cycle(shell, targets, reach)):
        meters = shell.client("meters", serial, "--json")["meters"]
        assert meters
        assert all(meter["transmitted"] == meter["current"] for meter in some(meters))
    sent = shell.client("sent", "--json")["sent"]
    assert all(message["outcome"] == "acknowledged" for message in some(sent))
    # Without the authority, nothing is sent.
    refused = ("--server-url", started["url"], "--http-proxy", "none", "--data-dir", str(shell.folder / "other"))
    shell.client(*refused, "sync", "--json", code=2)


def test_communication_that_is_turned_off_stays_off_across_processes(shell: Shell) -> None:
    """`disable` in one process stops `sync` and `poll` in the next; `enable` lets them go again."""
    targets = start_printers(shell)
    started = start_server(shell, "auto")
    reach = ("--server-url", started["url"], "--ca", started["ca_file"], "--http-proxy", "none")
    shell.client("discover", *targets)
    assert len(shell.client(*reach, "register", "--all", "--json")["registered"]) == PRINTERS
    # A poll and a sync are due.
    shell.clock.forward(timedelta(days=1))
    shell.client("disable")
    before = len(shell.client("sent", "--json")["sent"])
    shell.client("sync", code=1)
    shell.client("poll", code=1)
    shell.client("run", "--once")
    assert len(shell.client("sent", "--json")["sent"]) == before
    shell.client("enable")
    shell.client("sync", "--json")


def test_a_printer_is_added_while_run_is_at_work_and_after_it_was_killed(shell: Shell) -> None:
    """`register`, `poll` and `sync` of one process are done by another, and by themselves where that one has died."""
    targets = start_printers(shell)
    started = start_server(shell, "auto")
    reach = ("--server-url", started["url"], "--ca", started["ca_file"], "--http-proxy", "none")
    serials = [printer["serial_number"] for printer in shell.client("discover", *targets, "--json")["found"]]
    assert shell.client(*reach, "register", serials[0], "--json")["registered"] == serials[:1]
    running = shell.run()
    assert shell.client("status", "--json")["at_work"] is True
    # Neither of them says where the server is: the way to it has worked, and is remembered.
    assert shell.client("register", serials[1], "--json")["registered"] == serials[1:2]
    assert sorted(shell.client("poll", "--json")["answered"]) == sorted(serials[:2])
    assert shell.client("sync", "--json")["commands"] == []
    refused = shell.client("--server-url", "https://other.example/x", "poll", code=2)
    assert refused == ""
    with closing(sqlite3.connect(shell.folder / "client" / "client.sqlite")) as store, store:
        # A wish that `run` was in the middle of when it died.
        running.kill()
        running.wait()
        store.execute(
            "INSERT INTO wish (kind, arguments, asked_at, state, attempts) VALUES ('register', ?, ?, 'taken', 1)",
            (json.dumps({"serials": serials[1:2]}), shell.clock.now.isoformat()),
        )
    assert shell.client("register", serials[2], "--json")["registered"] == serials[2:]
    assert shell.client("status", "--json")["at_work"] is False
    shell.client("run", "--once")
    assert shell.client("status", "--json")["wishes"] == []
    listed = shell.client("devices", "--json")["devices"]
    assert [(device["serial_number"], device["state"]) for device in listed] == [(s, "registered") for s in serials]
