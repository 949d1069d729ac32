"""Agents on real sockets that answer each datagram with what a test says, and one question to ask them."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

from esolutions_client.snmp.codec.ber import element, tlv
from esolutions_client.snmp.pdus import Conversation, Get, Unreadable
from esolutions_client.snmp.ports import SnmpPort, Target
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable

SYS_DESCR = "1.3.6.1.2.1.1.1.0"


# What a question is when it is sent back as its own answer.
NULL = Unreadable("NULL where a value should be")


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
