"""No datagram leaves a port once communication is turned off."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.pdus import Conversation, Get
from tests.client.snmp.support.udp_agents import SYS_DESCR, Babbler, outcomes

if TYPE_CHECKING:
    from esolutions_client.snmp.ports import SnmpPort

pytestmark = pytest.mark.wire


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
