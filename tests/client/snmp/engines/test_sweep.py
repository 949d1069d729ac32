"""The sweep: one socket, tens of thousands of addresses."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyasn1.codec.ber import decoder  # type: ignore[import-untyped]
from pysnmp.proto import api

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.engines.sweep import Sweep, _question, _request_id
from esolutions_client.snmp.ports import Target

if TYPE_CHECKING:
    from collections.abc import Iterator

QUICK = Sweep(packets_per_second=100_000, wait_seconds=0.2)


@pytest.mark.parametrize(("version", "model"), [("1", api.SNMP_VERSION_1), ("2c", api.SNMP_VERSION_2C)])
@pytest.mark.parametrize("community", ["public", "x" * 200, ""])
def test_the_question_is_what_an_snmp_library_understands(version: str, model: int, community: str) -> None:
    """The octets made by hand decode to a GET of sysObjectID.0 with our id."""
    module = api.PROTOCOL_MODULES[model]
    target = Target("192.0.2.1", version=version, community=community)
    message, rest = decoder.decode(_question(target, 0x40000007), asn1Spec=module.Message())
    pdu = module.apiMessage.get_pdu(message)
    assert not rest
    assert bytes(module.apiMessage.get_community(message)) == community.encode()
    assert module.apiPDU.get_request_id(pdu) == 0x40000007
    assert [str(name) for name, _ in module.apiPDU.get_varbinds(pdu)] == ["1.3.6.1.2.1.1.2.0"]


@given(st.one_of(st.binary(max_size=60), st.integers(0, 59).map(lambda cut: _question(Target("x"), 1)[:cut])))
def test_no_datagram_confuses_the_sweep(message: bytes) -> None:
    """Octets that are no response have no request id, and raise nothing."""
    request_id = _request_id(message)
    assert request_id is None or message[0] == 0x30


def test_the_question_itself_is_no_answer() -> None:
    """An echo service on the port is not a printer."""
    message = _question(Target("192.0.2.1"), 0x40000007)
    assert _request_id(message) is None
    assert _request_id(message.replace(b"\xa0", b"\xa2", 1)) == 0x40000007


@pytest.fixture
def shy_agent() -> Iterator[tuple[str, int]]:
    """An agent that answers only from the second question on, and sends a stray answer besides."""
    agent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    agent.bind(("127.0.0.7", 0))

    def serve() -> None:
        asked = 0
        while message := agent.recvfrom(2048):
            if message[0] == b"stop":
                return
            asked += 1
            answer = message[0].replace(b"\xa0", b"\xa2", 1)
            agent.sendto(answer.replace(b"\x40\x00", b"\x7f\x00", 1), message[1])
            if asked > 1:
                agent.sendto(answer, message[1])

    thread = threading.Thread(target=serve)
    thread.start()
    yield agent.getsockname()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as closer:
        closer.sendto(b"stop", agent.getsockname())
    thread.join()
    agent.close()


@pytest.mark.wire
def test_the_sweep_hears_who_answers_the_second_time(shy_agent: tuple[str, int]) -> None:
    """A lost packet does not lose a printer, and stray answers add none."""
    targets = [Target(f"127.0.0.{last}", shy_agent[1]) for last in range(1, 31)]
    assert list(QUICK.answering(targets)) == [6]


@pytest.mark.wire
def test_targets_the_sweep_cannot_ask_are_left_to_the_port() -> None:
    """Names, IPv6 addresses and version 3 are not asked here, and not lost either."""
    targets = [Target("printer.example"), Target("127.0.0.9", 9), Target("::1"), Target("127.0.0.9", 9, version="3")]
    assert list(QUICK.answering(targets)) == [0, 2, 3]


@pytest.mark.wire
def test_a_sweep_ends_when_communication_is_turned_off(shy_agent: tuple[str, int]) -> None:
    """No further question leaves, and no answer is waited for any more."""
    asked: list[bool] = []

    def may_send() -> bool:
        asked.append(len(asked) < 40)
        return asked[-1]

    targets = [Target(f"127.0.0.{last}", shy_agent[1]) for last in range(1, 255)]
    with pytest.raises(TurnedOffError):
        list(Sweep(may_send=may_send).answering(targets))
    assert asked.count(False) == 1


@pytest.mark.wire
def test_a_flood_of_datagrams_does_not_hold_a_sweep() -> None:
    """What comes faster than it is read has no end; the sweep has."""
    is_over = threading.Event()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as flood:
        flood.bind(("127.0.0.8", 0))

        def pour() -> None:
            _, asker = flood.recvfrom(2048)
            while not is_over.is_set():
                flood.sendto(b"flood", asker)

        thread = threading.Thread(target=pour)
        thread.start()
        try:
            assert list(Sweep(rounds=1, wait_seconds=0.1).answering([Target(*flood.getsockname())])) == []
        finally:
            is_over.set()
            thread.join()
