"""Every fault does what it says, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import UnreachableError
from esolutions_client.snmp.errors import SilentError, SnmpError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, GetNext, Unreadable, run
from esolutions_client.snmp.ports import Target
from esolutions_client.wire.http.transport import HttpResponse
from esolutions_scenarios.faults import http, snmp
from esolutions_scenarios.faults.crash import Crash, CrashingStore, CrashPoint
from esolutions_scenarios.faults.net import FaultySnmp, FaultyTransport, Net
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from esolutions_client.snmp.pdus import Conversation, Reply, Request

_ANSWER = HttpResponse(200, b"<answer/>")
_TARGET = Target("127.0.0.10", timeout_seconds=1.0, retries=1)
_WALKED = [("1.3.1", 1), ("1.3.2", 2), ("1.3.3", 3)]


class _Server:
    """Notes what arrives and answers."""

    def __init__(self) -> None:
        self.got: list[bytes] = []

    def post(self, body: bytes, *, operation: str) -> HttpResponse:  # noqa: ARG002
        self.got.append(body)
        return _ANSWER


class _Lan:
    """Runs conversations against one answer."""

    def __init__(self, answer: Reply) -> None:
        self.answer = answer
        self.asked = 0

    def converse(
        self, tasks: Sequence[tuple[Target, Conversation[Reply]]]
    ) -> Iterator[list[tuple[int, Reply | SnmpError]]]:
        for index, (_, conversation) in enumerate(tasks):
            try:
                yield [(index, run(conversation, self._give))]
            except SnmpError as error:
                yield [(index, error)]

    def _give(self, _request: Request) -> Reply:
        self.asked += 1
        return self.answer


def _post(fault: http.HttpFault, body: bytes = b"<request/>") -> tuple[_Server, HttpResponse]:
    server, net = _Server(), Net()
    net.break_server(fault)
    return server, FaultyTransport(server, net).post(body, operation="SyncProxy")


def _ask(fault: snmp.SnmpFault, request: Request, answer: Sequence[Any], *others: snmp.SnmpFault) -> tuple[_Lan, Any]:
    lan, net = _Lan(list(answer)), Net()
    for each in (fault, *others):
        net.break_printers(each)

    def conversation() -> Conversation[Reply]:
        return (yield request)

    ((_, result),) = next(iter(FaultySnmp(lan, net).converse([(_TARGET, conversation())])))  # type: ignore[arg-type]
    return lan, result


@pytest.mark.parametrize(
    ("fault", "arrives"),
    [
        (http.Refuse(), []),
        (http.TimeOut(), []),
        (http.LoseReply(), [b"<request/>"]),
        (http.CutRequest(4), [b"<req"]),
        (http.CutRequest(0), []),
        (http.CutResponse(3), [b"<request/>"]),
        (http.Slow(61.0), [b"<request/>"]),
        (http.Drip(61.0), [b"<request/>"]),
    ],
)
def test_a_fault_that_loses_the_answer_says_what_arrived(fault: http.HttpFault, arrives: list[bytes]) -> None:
    """The client sees nothing in each case; the server sees more or less."""
    server, net = _Server(), Net()
    net.break_server(fault)
    with pytest.raises(UnreachableError):
        FaultyTransport(server, net).post(b"<request/>", operation="SyncProxy")
    assert server.got == arrives


@pytest.mark.parametrize(
    ("fault", "arrives", "answer"),
    [
        (http.HttpError(503), 0, (503, b"error")),
        (http.Garbage(b"\x00"), 0, (200, b"\x00")),
        (http.SoapFault("Server", "tired"), 0, (500, b"tired")),
        (http.Repeat(2), 3, (200, b"<answer/>")),
        (http.CutResponse(900), 1, (200, b"<answer/>")),
        (http.Slow(1.0), 1, (200, b"<answer/>")),
        (http.Drip(1.0), 1, (200, b"<answer/>")),
        (http.AlterResponse(b"answer", b"lie"), 1, (200, b"<lie/>")),
    ],
)
def test_a_fault_that_answers_says_what(fault: http.HttpFault, arrives: int, answer: tuple[int, bytes]) -> None:
    """What the client sees, and how often the server saw the request."""
    server, seen = _post(fault)
    assert len(server.got) == arrives
    assert seen.status == answer[0]
    assert answer[1] in seen.body


def test_an_altered_request_arrives_altered() -> None:
    """Only the first place is changed."""
    server, _ = _post(http.AlterRequest(b"1", b"9"), b"11")
    assert server.got == [b"91"]


def test_faults_are_composed_by_calling() -> None:
    """The first of a chain is met first: it repeats what the second then changes."""
    server, _ = _post(http.Chain(http.Repeat(1), http.AlterRequest(b"request", b"changed")))
    assert server.got == [b"<changed/>", b"<changed/>"]


def test_a_fault_is_met_as_often_and_by_whom_it_is_laid_for() -> None:
    """Two times, and by billing only."""
    server, net = _Server(), Net()
    net.break_server(http.Refuse(), times=2, operations=["SubmitBillingTransaction"])
    transport = FaultyTransport(server, net)
    transport.post(b"sync", operation="SyncProxy")
    for _ in range(2):
        with pytest.raises(UnreachableError):
            transport.post(b"bill", operation="SubmitBillingTransaction")
    transport.post(b"bill", operation="SubmitBillingTransaction")
    assert server.got == [b"sync", b"bill"]
    assert net.messages_sent == 4


@pytest.mark.parametrize(
    ("fault", "expected", "asked"),
    [
        (snmp.Drop(), SilentError, 0),
        (snmp.Delay(5.0), SilentError, 1),
        (snmp.WrongAddress(), SilentError, 1),
        (snmp.TooBig(), TooBigError, 1),
        (snmp.Reorder(), UnusableReplyError, 1),
    ],
)
def test_a_fault_that_spoils_an_exchange_raises_what_the_port_would(
    fault: snmp.SnmpFault, expected: type[SnmpError], asked: int
) -> None:
    """Silence, or a refusal; and whether the printer was asked at all."""
    lan, result = _ask(fault, Get(("1.3.1", "1.3.2")), [1, 2])
    assert isinstance(result, expected)
    assert lan.asked == asked


@pytest.mark.parametrize(
    "other",
    [
        snmp.Delay(0.1),
        snmp.Duplicate(),
        snmp.WrongAddress(),
        snmp.Reorder(),
        snmp.Truncate(),
        snmp.Garbage(),
        snmp.TooBig(),
        snmp.EndlessWalk(),
        snmp.NullRow("1.3.1"),
    ],
)
@pytest.mark.parametrize("request_", [Get(("1.3.1", "1.3.2")), GetNext(("1.3",))])
def test_a_lost_request_has_no_answer_that_another_fault_could_change(other: snmp.SnmpFault, request_: Request) -> None:
    """Whichever of the two was laid first."""
    for first, second in ((other, snmp.Drop()), (snmp.Drop(), other)):
        lan, result = _ask(first, request_, [1, 2], second)
        assert isinstance(result, SilentError)
        assert lan.asked == 0


def test_faults_that_change_an_answer_change_just_that() -> None:
    """Late but in time, twice, cut, of another type, turned around, without end."""
    walk = GetNext(("1.3",))
    assert _ask(snmp.Delay(0.1), Get(("1.3.1",)), [1])[1] == [1]
    assert _ask(snmp.Duplicate(), Get(("1.3.1",)), [1])[1] == [1]
    assert _ask(snmp.Truncate(2), Get(("1.3.1",) * 3), [1, 2, 3])[1] == [1, 2]
    assert all(isinstance(value, bytes) for value in some(_ask(snmp.Garbage(), Get(("1.3.1",)), [1])[1]))
    assert _ask(snmp.Reorder(), walk, list(_WALKED))[1] == _WALKED[::-1]
    assert _ask(snmp.EndlessWalk(), walk, list(_WALKED))[1] == [_WALKED[0]] * 3
    null = Unreadable("it holds NULL")
    assert _ask(snmp.NullRow("1.3.2"), walk, list(_WALKED))[1] == [_WALKED[0], ("1.3.2", null), _WALKED[2]]
    assert _ask(snmp.NullRow("1.3.2"), Get(("1.3.2", "1.3.20")), [2, 20])[1] == [null, 20]
    assert _ask(snmp.NullRow("1.3.2"), Get(("1.3.2.1",)), [None])[1] == [None]
    assert _ask(snmp.Truncate(1), Get(("1.3.2", "1.3.3")), [2, 3], snmp.NullRow("1.3.2"))[1] == [null]


def test_a_lifted_fault_is_gone() -> None:
    """After `lift` and `mend` everything passes."""
    net, fault = Net(), snmp.Drop()
    net.break_printers(fault, ["127.0.0.10"])
    assert net.snmp_faults("127.0.0.10") == [fault]
    assert net.snmp_faults("127.0.0.11") == []
    net.lift(fault)
    assert not net.has_snmp_faults
    net.break_server(http.Refuse())
    net.mend()
    assert net.http_faults("SyncProxy") == []


@pytest.mark.parametrize(("when", "kept"), [("before", None), ("after", "yes")])
def test_a_crash_loses_what_was_not_committed_and_nothing_else(when: str, kept: str | None, tmp_path: Path) -> None:
    """Before the commit the change is gone, after it it is there."""
    point = CrashPoint()
    store = CrashingStore(tmp_path / "store.sqlite", synchronous="OFF", point=point)
    point.arm(1, when)  # type: ignore[arg-type]
    with pytest.raises(Crash), store.transaction():
        store.settings.last_result = "yes"
    store.close()
    again = CrashingStore(tmp_path / "store.sqlite", synchronous="OFF", point=point)
    assert again.settings.last_result == kept
    again.close()
