"""Conversations over real UDP."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableAnswerError
from esolutions_client.snmp.identify import Identified, identify
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.pysnmp_port import PysnmpPort
from esolutions_client.snmp.reading import read_printer, read_walk
from esolutions_client.snmp.requests import Conversation, Get

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.wire

Now = Callable[[], datetime]
SYS_DESCR = "1.3.6.1.2.1.1.1.0"


@pytest.fixture(params=["pysnmp", "gufo"])
def port(request: pytest.FixtureRequest) -> SnmpPort:
    """Each of the ports in turn; gufo-snmp is an extra and may be absent."""
    if request.param == "pysnmp":
        return PysnmpPort()
    pytest.importorskip("gufo.snmp")
    from esolutions_client.snmp.gufo_port import GufoPort

    return GufoPort()


def ask() -> Conversation[object]:
    """Ask one question and return the answer as it is."""
    answer = yield Get((SYS_DESCR,))
    return answer


def outcomes(port: SnmpPort, targets: list[Target], make: Callable[[], Conversation[object]] = ask) -> list[object]:
    """Return what came of one conversation with each target."""
    found: dict[int, object] = {}
    for batch in port.converse([(target, make()) for target in targets]):
        for index, outcome in batch:
            assert index not in found
            found[index] = outcome
    return [found[index] for index in range(len(targets))]


def mute(_: bytes) -> list[bytes]:
    """Answer nothing."""
    return []


class Babbler:
    """An agent on a real socket that answers each datagram with what a function makes of it."""

    def __init__(self, reply: Callable[[bytes], list[bytes]]) -> None:
        self._reply = reply
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve)

    def __enter__(self) -> Target:
        """Return where it listens."""
        self._thread.start()
        host, port = self._socket.getsockname()
        return Target(host, port, timeout_seconds=0.2, retries=1)

    def __exit__(self, *_: object) -> None:
        """Tell the thread to end, and wait until it has."""
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closer:
            closer.sendto(b"", self._socket.getsockname())
        self._thread.join()
        self._socket.close()

    def _serve(self) -> None:
        while True:
            message, address = self._socket.recvfrom(65_535)
            if not message:
                return
            for reply in self._reply(message):
                self._socket.sendto(reply, address)


def test_recordings_read_the_same_over_udp_as_from_their_files(
    port: SnmpPort, recorded_agents: tuple[str, int], recordings: Path, now: Now
) -> None:
    """All recordings at once, in both versions, beside one address where nobody is."""
    host, udp_port = recorded_agents
    paths = sorted(recordings.glob("*.snmprec"))
    tasks: list[tuple[Target, Conversation[Identified]]] = [
        (Target(host, udp_port, version=version, community=path.stem), identify(now=now, version=version))
        for version in ("1", "2c")
        for path in paths
    ]
    tasks.append((Target("127.0.0.1", 9, timeout_seconds=0.3, retries=0), identify(now=now)))
    found = {index: outcome for batch in port.converse(tasks) for index, outcome in batch}
    for index, path in enumerate(paths * 2):
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
    assert batches[0] == [(1, [None])]
    rest = dict(outcome for batch in batches[1:] for outcome in batch)
    assert set(rest) == {0, 2}
    assert all(isinstance(outcome, SilentError) for outcome in rest.values())


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
    assert isinstance(outcome, SnmpError) or outcome == [None]


def test_an_answer_to_another_question_is_never_taken_for_ours(port: SnmpPort) -> None:
    """A value must not land under the name of another variable."""

    def reply(message: bytes) -> list[bytes]:
        return [message.replace(b"\xa0", b"\xa2", 1).replace(b"\x01\x01\x01\x00", b"\x01\x01\x05\x00", 1)]

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [target])
    assert isinstance(outcome, UnusableAnswerError) or outcome == [None]


def test_a_lost_answer_is_asked_for_again(port: SnmpPort) -> None:
    """One drop costs one time limit, not the reading."""
    seen: list[bytes] = []

    def reply(message: bytes) -> list[bytes]:
        seen.append(message)
        return [message.replace(b"\xa0", b"\xa2", 1)] if len(seen) > 1 else []

    with Babbler(reply) as target:
        (outcome,) = outcomes(port, [target])
    assert outcome == [None]
    assert len(seen) == 2


def test_a_broken_conversation_is_an_error_of_ours(port: SnmpPort) -> None:
    """The port lets no foreign exception through, and says what it was."""

    def broken() -> Conversation[object]:
        yield Get((SYS_DESCR,))
        raise ZeroDivisionError("a defect")

    with Babbler(lambda message: [message.replace(b"\xa0", b"\xa2", 1)]) as target:
        (outcome,) = outcomes(port, [target], broken)
    assert isinstance(outcome, UnusableAnswerError)
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
    assert isinstance(outcome, UnusableAnswerError)
    assert not seen


def test_a_caller_may_leave_before_the_end(port: SnmpPort) -> None:
    """Closing the iterator ends what is under way, without a warning about forgotten tasks or sockets."""
    with Babbler(lambda message: [message.replace(b"\xa0", b"\xa2", 1)]) as alive, Babbler(mute) as dead:
        batches = port.converse([(dead, ask()), (alive, ask())])
        assert next(batches) == [(1, [None])]
        batches.close()  # type: ignore[attr-defined]  # it is a generator
    assert list(batches) == []


def test_reading_a_printer_that_is_off_raises_silence(port: SnmpPort, now: Now) -> None:
    """`read` tells that nobody answered, and how long it waited."""
    with Babbler(mute) as target, pytest.raises(SilentError, match=r"127\.0\.0\.1: no answer \(asked 2 times, 0\.2 s"):
        read_printer(port, target, now=now)


def test_a_community_is_not_shown() -> None:
    """It is a password: logs and tracebacks show targets."""
    assert "hush" not in repr(Target("192.0.2.1", community="hush"))
