"""Host names, address families and closed ports: each costs its own printer time, and no other."""

from __future__ import annotations

import socket
import sys
import threading
from dataclasses import replace
from typing import Any

import pytest

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.errors import SilentError
from esolutions_client.snmp.ports import SnmpPort, Target
from tests.client.snmp.support.udp_agents import Babbler, answered, ask, mute, outcomes

pytestmark = pytest.mark.wire


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
