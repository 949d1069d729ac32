"""Conversations over real UDP."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.codec.ber import element, tlv
from esolutions_client.snmp.codec.values import read_value
from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableReplyError
from esolutions_client.snmp.pdus import Conversation, Get, Unreadable
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.read_once import read_printer, read_walk
from esolutions_client.snmp.rows.identify import Identified, identify
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.wire

Now = Callable[[], datetime]
SYS_DESCR = "1.3.6.1.2.1.1.1.0"
# What a question is when it is sent back as its own answer.
NULL = Unreadable("NULL where a value should be")


@pytest.fixture(params=["native", "pysnmp"])
def port(request: pytest.FixtureRequest) -> SnmpPort:
    """Each of the engines in turn."""
    return NativePort() if request.param == "native" else PysnmpPort()


def ask() -> Conversation[object]:
    """Ask one question and return the answer as it is."""
    answer = yield Get((SYS_DESCR,))
    return answer


def outcomes(port: SnmpPort, targets: list[Target], make: Callable[[], Conversation[object]] = ask) -> list[object]:
    """Return what came of one conversation with each target."""
    found: dict[int, object] = {}
    for batch in some(port.converse([(target, make()) for target in targets])):
        for index, outcome in some(batch):
            assert index not in found
            found[index] = outcome
    return [found[index] for index in range(len(targets))]


def answered(message: bytes, *values: bytes) -> bytes:
    """Return a question as its own answer, with these octets where it has the NULLs of its variables."""
    end = len(message)
    _, head, _ = element(message, 0, end)
    _, _, community = element(message, head, end)
    _, _, pdu = element(message, community, end)
    _, numbers, _ = element(message, pdu, end)
    at = numbers
    for _ in range(3):
        _, _, at = element(message, at, end)
    numbers_and_head = message[numbers:at], message[head:pdu]
    _, at, _ = element(message, at, end)
    rows = []
    for value in values:
        _, name, row_end = element(message, at, end)
        rows.append(tlv(0x30, message[name : element(message, name, row_end)[2]], value))
        at = row_end
    return tlv(0x30, numbers_and_head[1], tlv(0xA2, numbers_and_head[0], tlv(0x30, *rows)))


def mute(_: bytes) -> list[bytes]:
    """Answer nothing."""
    return []


class Babbler:
    """An agent on a real socket that answers each datagram with what a function makes of it."""

    def __init__(self, reply: Callable[[bytes], list[bytes]], host: str = "127.0.0.1") -> None:
        self._reply = reply
        self._family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.socket(self._family, socket.SOCK_DGRAM)
        self._socket.bind((host, 0))
        self.asker: Any = None
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Target:
        """Return where it listens."""
        self._thread.start()
        host, port = self._socket.getsockname()[:2]
        return Target(host, port, timeout_seconds=0.2, retries=1)

    def __exit__(self, *_: object) -> None:
        """Tell the thread to end, and wait until it has."""
        with socket.socket(self._family, socket.SOCK_DGRAM) as closer:
            closer.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            message, address = self._socket.recvfrom(65_535)
            if not message:
                return
            self.asker = address
            for reply in self._reply(message):
                self._socket.sendto(reply, address)


def test_recordings_read_the_same_over_udp_as_from_their_files(
    port: SnmpPort, recorded_agents: tuple[str, int], recordings: Path, now: Now
) -> None:
    """All recordings at once, in both versions, beside one address without an agent."""
    host, udp_port = recorded_agents
    paths = sorted(recordings.glob("*.snmprec"))
    tasks: list[tuple[Target, Conversation[Identified]]] = [
        (Target(host, udp_port, version=version, community=path.stem), identify(now=now, version=version))
        for version in ("1", "2c")
        for path in paths
    ]
    tasks.append((Target("127.0.0.1", 9, timeout_seconds=0.3, retries=0), identify(now=now)))
    found = {index: outcome for batch in port.converse(tasks) for index, outcome in batch}
    for index, path in some(enumerate(paths * 2)):
        outcome = found[index]
        assert isinstance(outcome, Identified), path.stem
        assert outcome.reading == read_walk(path, now=now)
    assert isinstance(found[len(tasks) - 1], SilentError)


def test_a_silent_printer_delays_nobody_else(port: SnmpPort, now: Now) -> None:
    """The one that answers is handed back in an earlier batch than those that never do."""

    def reply(message: bytes) -> list[bytes]:
        return [message.replace(b"\xa0", b"\xa2", 1)]

    with Babbler(reply) as alive, Babbler(mute) as dead:
        tasks = [(dead, ask()), (alive, ask()), (dead, ask())]
        batches = list(port.converse(tasks))
    assert batches[0] == [(1, [NULL])]
    rest = dict(outcome for batch in batches[1:] for outcome in batch)
    assert set(rest) == {0, 2}
    assert all(isinstance(outcome, SilentError) for outcome in some(rest.values()))


@pytest.mark.parametrize(
    "reply",
    [
        lambda _: [b""],
        lambda _: [b"garbage"],
        lambda message: [message[:-3]],
        lambda message: [message],
        lambda message: [message.replace(b"\xa0", b"\xa4", 1)],
        lambda message: [b"\x30\x84\xff\xff\xff\xff" + message],
    ],
    ids=["empty", "garbage", "truncated", "the question", "a trap", "a huge length"],
)
def test_datagrams_that_are_no_answer_are_silence_or_unusable(
    port: SnmpPort, reply: Callable[[bytes], list[bytes]]
) -> None:
    """A hostile datagram neither crashes nor hangs the port, and other printers are read all the same."""
    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [target])
    assert isinstance(outcome, SnmpError) or outcome == [NULL]


def test_an_answer_to_another_question_is_never_taken_for_ours(port: SnmpPort) -> None:
    """A value must not land under the name of another variable."""

    def reply(message: bytes) -> list[bytes]:
        return [message.replace(b"\xa0", b"\xa2", 1).replace(b"\x01\x01\x01\x00", b"\x01\x01\x05\x00", 1)]

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [target])
    assert isinstance(outcome, UnusableReplyError) or outcome == [NULL]


@pytest.mark.parametrize("octets", ["43 04 98 5D 4B 44", "02 05 00 98 5D 4B 44", "46 01 07", "47 01 07", "04 09 61"])
@pytest.mark.parametrize("version", ["1", "2c"])
def test_one_odd_value_hides_no_other(port: SnmpPort, version: str, octets: str) -> None:
    """Both engines read the same, in both versions: each value that is right, and of the odd one what it is."""
    seen: list[object] = []

    def reply(message: bytes) -> list[bytes]:
        return [answered(message, bytes.fromhex(octets), b"\x04\x02ab")]

    def two() -> Conversation[object]:
        seen.extend((yield Get((SYS_DESCR, SYS_DESCR))))
        return seen

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [replace(target, version=version)], two)
    row = bytes.fromhex(octets)
    assert outcome == [read_value(row, 0, len(row)), b"ab"]


def test_an_answer_that_cannot_be_used_is_not_called_silence(port: SnmpPort) -> None:
    """The printer did answer: the error says what is wrong with what came."""
    with Babbler(lambda message: [message.replace(b"\xa0", b"\xa2", 1)[:-1]]) as target:
        (outcome,) = outcomes(port, [target])
    assert isinstance(outcome, UnusableReplyError)
    assert "an element is longer than what holds it" in str(outcome)


@pytest.mark.parametrize("is_address_right", [True, False], ids=["another id", "another address"])
def test_a_reply_that_was_not_asked_for_is_dropped(port: SnmpPort, *, is_address_right: bool) -> None:
    """A guessed id or a forged value from elsewhere changes nothing: the printer's own answer, later, is taken."""
    forged = b"\x04\x06forged"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.66", 0))

        def reply(message: bytes) -> list[bytes]:
            if is_address_right:
                wrong = answered(message, forged)
                begin = wrong.index(b"\x02\x04") + 2
                return [
                    wrong[:begin] + bytes((wrong[begin] ^ 1,)) + wrong[begin + 1 :],
                    answered(message, b"\x04\x02ab"),
                ]
            stranger.sendto(answered(message, forged), babbler.asker)
            return [answered(message, b"\x04\x02ab")]

        babbler = Babbler(reply)
        with babbler as target:
            (outcome,) = outcomes(port, [target])
    assert outcome == [b"ab"]


def test_ids_are_drawn_anew_for_each_question(port: SnmpPort) -> None:
    """Who has seen one cannot guess the next; a repeated question keeps its own, so that a late reply counts."""
    ids: list[int] = []

    def reply(message: bytes) -> list[bytes]:
        ids.append(int.from_bytes(message[message.index(b"\x02\x04") + 2 :][:4], "big"))
        return [answered(message, b"\x04\x02ab")] if len(ids) % 2 == 0 else []

    def thrice() -> Conversation[object]:
        for _ in range(3):
            answer = yield Get((SYS_DESCR,))
        return answer

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [target], thrice)
    assert outcome == [b"ab"]
    assert ids[::2] == ids[1::2]
    assert len(set(ids)) == 3
    assert all(abs(one - other) > 1000 for one in some(set(ids)) for other in set(ids) if one != other)


def test_a_host_name_is_looked_up_once_for_all_its_printers(port: SnmpPort, monkeypatch: pytest.MonkeyPatch) -> None:
    """And an unknown one is the error of those who bear it alone."""
    asked: list[str] = []

    def resolve(host: str, *_: object) -> list[Any]:
        asked.append(host)
        if host != "printer.example":
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET6, 0, 0, "", ("::1", 0, 0, 0)), (socket.AF_INET, 0, 0, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Babbler(lambda message: [answered(message, b"\x04\x02ab")]) as target:
        named = replace(target, host="printer.example")
        found = outcomes(port, [named, replace(target, host="nobody.example"), named, target])
    assert [found[0], found[2], found[3]] == [[b"ab"]] * 3
    assert isinstance(found[1], SilentError)
    assert "the name is not known" in str(found[1])
    assert sorted(asked) == ["nobody.example", "printer.example"]


def test_a_slow_resolver_delays_nobody_else(port: SnmpPort, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is found when the others have been read: it would be waited for in vain otherwise."""
    may_answer = threading.Event()

    def resolve(*_: object) -> list[Any]:
        assert may_answer.wait(20)
        return [(socket.AF_INET, 0, 0, "", ("127.0.0.1", 0))]

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    with Babbler(lambda message: [answered(message, b"\x04\x02ab")]) as target:
        batches = port.converse([(replace(target, host="printer.example"), ask()), (target, ask())])
        assert next(batches) == [(1, [b"ab"])]
        may_answer.set()
        assert next(batches) == [(0, [b"ab"])]
        assert list(batches) == []


@pytest.mark.parametrize("engine", [NativePort, PysnmpPort])
def test_nothing_leaves_once_communication_is_off(engine: Any) -> None:
    """The switch is asked before each datagram and while waiting; the port ends, and so do all conversations."""
    seen: list[bytes] = []
    is_on = [True]
    ended: list[str] = []

    def reply(message: bytes) -> list[bytes]:
        seen.append(message)
        is_on[0] = False
        return []

    def watched() -> Conversation[object]:
        try:
            return (yield Get((SYS_DESCR,)))
        finally:
            ended.append("ended")

    port = engine(most_at_once=1, may_send=lambda: is_on[0])
    with Babbler(reply) as target:
        patient = replace(target, timeout_seconds=30.0, retries=5)
        with pytest.raises(TurnedOffError, match="communication is turned off"):
            outcomes(port, [patient, patient], watched)
        with pytest.raises(TurnedOffError, match="communication is turned off"):
            outcomes(port, [patient], watched)
    assert len(seen) == 1
    assert set(ended) == {"ended"}


def test_a_question_is_not_repeated_once_communication_is_off(port: SnmpPort) -> None:
    """The time limit ends before the switch is asked while waiting: it is asked before sending, too."""
    seen: list[bytes] = []
    port._may_send = lambda: not seen  # type: ignore[attr-defined]

    def reply(message: bytes) -> list[bytes]:
        seen.append(message)
        return []

    with Babbler(reply) as target, pytest.raises(TurnedOffError):
        outcomes(port, [replace(target, timeout_seconds=0.05, retries=9)])
    assert len(seen) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere an unconnected socket is told nothing")
def test_where_nobody_listens_is_known_at_once_and_harms_no_other() -> None:
    """The network refuses one; the others, asked from the same socket, are answered."""
    with Babbler(lambda message: [answered(message, b"\x04\x02ab")]) as target:
        closed = Target("127.0.0.67", target.port, timeout_seconds=30.0)
        found = outcomes(NativePort(), [closed, target, closed, target, target])
    assert [found[1], found[3], found[4]] == [[b"ab"]] * 3
    assert isinstance(found[0], SilentError)
    assert str(found[0]) == f"127.0.0.67: nothing listens on UDP port {target.port}"


def test_ipv6_printers_are_read_beside_the_others(port: SnmpPort) -> None:
    """A socket per family; the address may be written in any way."""
    with Babbler(lambda message: [answered(message, b"\x04\x02ab")], "::1") as six, Babbler(mute) as dead:
        found = outcomes(port, [dead, replace(six, host="0:0::0:1"), six])
    assert found[1:] == [[b"ab"], [b"ab"]]
    assert isinstance(found[0], SilentError)


def test_a_lost_answer_is_asked_for_again(port: SnmpPort) -> None:
    """One drop costs one time limit, not the reading."""
    seen: list[bytes] = []

    def reply(message: bytes) -> list[bytes]:
        seen.append(message)
        return [message.replace(b"\xa0", b"\xa2", 1)] if len(seen) > 1 else []

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [target])
    assert outcome == [NULL]
    assert len(seen) == 2


def test_a_broken_conversation_is_an_error_of_ours(port: SnmpPort) -> None:
    """The port lets no foreign exception through, and says what it was."""

    def broken() -> Conversation[object]:
        yield Get((SYS_DESCR,))
        raise ZeroDivisionError("a defect")

    with Babbler(lambda message: [message.replace(b"\xa0", b"\xa2", 1)]) as target:
        (outcome,) = outcomes(port, [target], broken)
    assert isinstance(outcome, UnusableReplyError)
    assert "ZeroDivisionError: a defect" in str(outcome)


@pytest.mark.parametrize("version", ["3", "2", ""])
def test_a_version_that_is_not_spoken_is_refused_before_a_packet_is_sent(port: SnmpPort, version: str) -> None:
    """Better a clear refusal than a time limit."""
    seen: list[bytes] = []

    def reply(message: bytes) -> list[bytes]:
        seen.append(message)
        return []

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [Target(target.host, target.port, version=version)])
    assert isinstance(outcome, UnusableReplyError)
    assert not seen


def test_a_caller_may_leave_before_the_end(port: SnmpPort) -> None:
    """Closing the iterator ends what is under way, without a warning about forgotten tasks or sockets."""
    with Babbler(lambda message: [message.replace(b"\xa0", b"\xa2", 1)]) as alive, Babbler(mute) as dead:
        batches = port.converse([(dead, ask()), (alive, ask())])
        assert next(batches) == [(1, [NULL])]
        batches.close()  # type: ignore[attr-defined]  # it is a generator
    assert list(batches) == []


def test_reading_a_printer_that_is_off_raises_silence(port: SnmpPort, now: Now) -> None:
    """`read` tells that no agent answered, and how long it waited."""
    with Babbler(mute) as target, pytest.raises(SilentError, match=r"127\.0\.0\.1: no answer \(asked 2 times, 0\.2 s"):
        read_printer(port, target, now=now)


def test_a_community_is_not_shown() -> None:
    """It is a password: logs and tracebacks show targets."""
    assert "hush" not in repr(Target("192.0.2.1", community="hush"))
