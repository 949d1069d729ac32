"""A testbed on real sockets, by its client and by the commands beside it."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import requests

from esolutions_server.cli.application import run
from esolutions_server.client import Meeting, TestbedClient, TestbedRefusedError, TestbedUnreachableError
from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.domain.verification import Count, Matcher, Order
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_server.testbed.faults.kinds import CutResponse, HttpError, Slow
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.wire
GUID = "11111111-2222-4333-8444-555555555555"
NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Give what `serve --testbed --json` printed; it ends cleanly."""
    command = [sys.executable, "-m", "esolutions_server", "serve", "--testbed", "--port", "0", "--json"]
    with subprocess.Popen([*command, "--data-dir", str(tmp_path)], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        yield {**ready, "data_dir": str(tmp_path)}
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not (tmp_path / "serving.json").exists()


def test_the_clock_of_a_running_testbed(serving: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """By the client, and by the commands, which find the testbed by its data directory."""
    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed:
        assert testbed.clock().mode == "real"
        assert testbed.freeze().mode == "frozen"
        assert testbed.set_clock(NOW).now == NOW
        assert testbed.advance(timedelta(days=2)).now == NOW + timedelta(days=2)
        assert testbed.run_clock(0.001).speed == 0.001
        assert testbed.let_clock_go().mode == "real"

    def command(*words: str) -> str:
        where = ("--data-dir", serving["data_dir"])
        assert run(now=lambda: NOW, rng=random.Random(1), arguments=["clock", *words, *where]) == 0
        return capsys.readouterr().out

    command("freeze")
    assert command("set", "2026-02-01T00:00:00Z") == "2026-02-01T00:00:00Z  frozen\n"
    assert command("advance", "1d12h") == "2026-02-02T12:00:00Z  frozen\n"
    assert command("show") == "2026-02-02T12:00:00Z  frozen\n"
    assert "real" in command("real")


def test_everything_at_once_by_command_and_by_client(
    serving: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Snapshots, forks and the reset, which wants to be meant."""

    def command(*words: str) -> int:
        return run(now=lambda: NOW, rng=random.Random(1), arguments=[*words, "--data-dir", serving["data_dir"]])

    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed:
        testbed.freeze(NOW)
        assert command("snapshot", "monday") == 0
        assert list(testbed.snapshots()) == ["monday"]
        testbed.advance(timedelta(days=2))
        assert command("fork", "left") == 0
        assert command("fork", "right", "--snapshot", "monday") == 0
        shown = []
        for name in ("left", "right"):
            _, at = testbed.make_namespace(name)
            shown.append(at.clock().now)
            at.close()
        assert shown == [NOW + timedelta(days=2), NOW]
        assert command("restore", "monday") == 0
        assert testbed.clock().now == NOW
        assert command("restore", "tuesday") == 1
        assert command("reset") == 2
        assert command("reset", "--yes") == 0
        assert testbed.clock().mode == "real"
        testbed.restore("monday")
        assert testbed.clock().now == NOW
        testbed.remove_snapshot("monday")
        assert not testbed.snapshots()
        _, again = testbed.fork("again")
        again.reset()
        again.close()
    out, err = capsys.readouterr()
    assert "left is at https://" in out
    assert "no snapshot 'tuesday'" in err
    assert "say --yes" in err


def test_a_refusal_says_why(serving: dict[str, Any]) -> None:
    """As an error with HTTP's status."""
    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed:
        with pytest.raises(TestbedRefusedError, match=r"speed: .*864") as refused:
            testbed.run_clock(1e9)
        assert refused.value.status == 422
        url, left = testbed.make_namespace("left")
        assert url.endswith("/ns/left/CommunicationServer")
        left.freeze(NOW)
        assert left.clock().now == NOW
        assert testbed.clock().mode == "real"
        testbed.remove_namespace("left")
        assert not testbed.namespaces()
    with TestbedClient(serving["admin_url"], "wrong") as stranger, pytest.raises(TestbedRefusedError, match="token"):
        stranger.clock()


def test_where_no_testbed_serves_the_commands_say_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And where they looked; nothing is made there."""
    folder = tmp_path / "nothing"
    assert run(now=lambda: NOW, rng=random.Random(1), arguments=["clock", "show", "--data-dir", str(folder)]) == 1
    assert f"no testbed serves from {folder}" in capsys.readouterr().err
    assert not folder.exists()
    with TestbedClient("http://127.0.0.1:9/admin/api", "t") as client, pytest.raises(TestbedUnreachableError):
        client.clock()


def test_what_came_is_verified_from_another_process(serving: dict[str, Any]) -> None:
    """The verdicts are those of the engine, with the closest miss."""
    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed:
        met, missed = testbed.verify(Count(Matcher("SyncProxy"), at_most=0), Order((Matcher("RegisterProxy"),)))
    assert met.passed
    assert str(missed) == ("NOT MET: RegisterProxy, for each client\n  expected RegisterProxy (1 of 1); there was none")


def test_what_goes_wrong_on_a_real_way(serving: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """Faults by command and by client: a caller's own library says what it is that they do."""

    def command(*words: str) -> int:
        return run(
            now=lambda: NOW, rng=random.Random(1), arguments=["fault", *words, "--data-dir", serving["data_dir"]]
        )

    def post() -> requests.Response:
        return requests.post(
            serving["url"], data=b"<x/>", headers={"Content-Type": "text/xml"}, verify=serving["ca_file"], timeout=20
        )

    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed:
        assert command("add", "http-error", "--status", "503", "--times", "1") == 0
        assert [report.fault for report in testbed.faults.every()] == [HttpError(503)]
        assert (post().status_code, post().status_code) == (503, 500)
        assert command("add", "refuse", "--times", "1") == 0
        with pytest.raises(requests.ConnectionError):
            post()
        laid = testbed.faults.lay(CutResponse(10), Meeting(every=2, times=1, lasting=timedelta(hours=1)))
        assert laid.until is not None
        assert post().ok is False
        with pytest.raises(requests.exceptions.ChunkedEncodingError, match=r"IncompleteRead\(10 bytes"):
            post()
        testbed.faults.lay(Slow(0.01))
        assert post().status_code == 500
        assert command("list") == 0
        assert command("list", "--json") == 0
        assert command("add", "slow") == 2
        assert command("add", "earthquake") == 2
        assert command("add", "refuse", "--lasting", "soon") == 2
        assert command("clear") == 0
        assert testbed.faults.every() == []
    out, err = capsys.readouterr()
    assert "slow seconds=0.01" in out
    assert "`seconds` is missing" in err


def test_an_exchange_is_held_while_others_are_answered(serving: dict[str, Any]) -> None:
    """By the client: it is looked at, altered and let go, and its caller gets what became of it."""
    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed, ThreadPoolExecutor(1) as callers:

        def post(text: str) -> str:
            headers = {"Content-Type": "text/xml"}
            return requests.post(serving["url"], data=text, headers=headers, verify=serving["ca_file"], timeout=20).text

        testbed.breakpoints.add("answer", Meeting(times=1), seconds=60)
        waiting = callers.submit(post, "<x/>")
        pause = threading.Event()
        while not (held := testbed.breakpoints.held()):
            pause.wait(0.01)
        assert "faultstring" in post("<y/>")
        assert testbed.breakpoints.alter(held[0].number, "faultstring", "other").stage == "answer"
        assert "<other>" in testbed.breakpoints.look_at(held[0].number).document
        assert not waiting.done()
        testbed.breakpoints.let_go(held[0].number)
        assert "<other>" in waiting.result(20)
        again = testbed.breakpoints.add("request")
        assert [each.number for each in testbed.breakpoints.every()] == [again.number]
        testbed.breakpoints.remove(again.number)
        testbed.breakpoints.clear()
        assert not testbed.breakpoints.every()


def test_what_a_server_knows_by_the_client(serving: dict[str, Any]) -> None:
    """Views as the server has them: added, listed a page at a time, looked up, refused."""
    with TestbedClient(serving["admin_url"], serving["admin_token"]) as testbed:
        state = testbed.state
        account = state.add_account("Acme", "key@acme.example")
        assert [account] == list(state.accounts()) == [state.account("Acme")]
        person = state.add_person("Acme", "bob@acme.example")
        assert person in list(state.people())
        assert person == state.person("bob@acme.example")
        rows = [EquipmentRow(f"ABC{number:06d}", NOW.date(), "Acme", person.email, "monthly") for number in range(700)]
        assert state.import_equipment(rows) == 700
        known = list(state.equipment())
        assert [row.serial for row in known] == [row.serial for row in rows]
        assert known[7] == state.equipment_of("ABC000007")
        assert known[7].installed_on == NOW.date()
        for unknown in (
            state.devices,
            state.proxies,
            state.commands,
            state.bills,
            state.held_values,
            state.values,
            state.mail,
        ):
            assert not list(unknown())
        refusals: dict[int, list[Callable[[], object]]] = {
            404: [
                lambda: state.device("ABC000007"),
                lambda: state.retire("ABC000007", is_replaced=True),
                lambda: state.cancel("ABC000007"),
                lambda: state.sign_up("ABC000007", person.email),
                lambda: state.take_to("ABC000007", DeviceState.ACTIVE),
                lambda: state.request_billing("ABC000007"),
                lambda: state.proxy(GUID),
                lambda: state.command(GUID),
                lambda: state.value(1),
                lambda: state.one_mail(1),
            ],
            422: [
                lambda: state.accept(GUID),
                lambda: state.reject(GUID),
                lambda: state.reassign("ABC000007", "nobody"),
            ],
        }
        for status, asked in refusals.items():
            for ask in some(asked):
                with pytest.raises(TestbedRefusedError) as refused:
                    ask()
                assert refused.value.status == status


def test_the_address_that_is_printed_opens_the_page(serving: dict[str, Any]) -> None:
    """With its token, which is nowhere in the address that it leads to."""
    with requests.Session() as browser:
        page = browser.get(serving["page_url"], timeout=20)
        assert (page.status_code, page.url) == (200, serving["page_url"].partition("?")[0])
        assert "No message has come yet" in page.text
    assert requests.get(page.url, timeout=20).status_code == 401
