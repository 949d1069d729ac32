"""Datagrams that are no reply to our request, or none that can be used: dropped, or told from silence."""

from __future__ import annotations

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.codec.values import read_value
from esolutions_client.snmp.errors import SnmpError, UnusableReplyError
from esolutions_client.snmp.pdus import Conversation, Get
from tests.client.snmp.support.udp_agents import NULL, SYS_DESCR, Babbler, answered, outcomes
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.snmp.ports import SnmpPort

pytestmark = pytest.mark.wire


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
