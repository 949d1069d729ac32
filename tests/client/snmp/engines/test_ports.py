"""Conversations over real UDP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.errors import SilentError, UnusableReplyError
from esolutions_client.snmp.pdus import Conversation, Get
from esolutions_client.snmp.ports import SnmpPort, Target
from esolutions_client.snmp.read_once import read_printer, read_walk
from esolutions_client.snmp.rows.identify import Identified, identify
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path
from tests.client.snmp.support.udp_agents import NULL, SYS_DESCR, Babbler, ask, mute, outcomes

pytestmark = pytest.mark.wire

Now = Callable[[], datetime]


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
