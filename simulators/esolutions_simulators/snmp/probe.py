"""Ask an SNMP endpoint whether it is up, with the smallest GET there is."""

import socket
from collections.abc import Callable

__all__ = ["READY_ANSWER", "READY_COMMUNITY", "is_ready"]

READY_COMMUNITY = "esolutions-ready"
READY_ANSWER = b"ready"
_PATIENCE_S = 0.1
_MOST_TRIES = 300


def _tlv(tag: int, *parts: bytes) -> bytes:
    """Encode a BER element of less than 128 octets."""
    body = b"".join(parts)
    return bytes([tag, len(body)]) + body


def _get_request() -> bytes:
    """Encode an SNMPv2c GET of sysDescr.0 (RFC 3416) with the community of readiness."""
    name = _tlv(0x06, bytes([0x2B, 6, 1, 2, 1, 1, 1, 0]))
    variables = _tlv(0x30, _tlv(0x30, name, _tlv(0x05)))
    pdu = _tlv(0xA0, _tlv(0x02, b"\x01"), _tlv(0x02, b"\x00"), _tlv(0x02, b"\x00"), variables)
    return _tlv(0x30, _tlv(0x02, b"\x01"), _tlv(0x04, READY_COMMUNITY.encode()), pdu)


def is_ready(address: str, port: int, is_worth_waiting: Callable[[], bool]) -> bool:
    """Ask until there is an answer, or it is not worth waiting any more, or half a minute is over."""
    request = _get_request()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.settimeout(_PATIENCE_S)
        for _ in range(_MOST_TRIES):
            if not is_worth_waiting():
                return False
            probe.sendto(request, (address, port))
            try:
                answer, sender = probe.recvfrom(4096)
            except TimeoutError:
                continue
            if sender == (address, port) and READY_ANSWER in answer.partition(READY_COMMUNITY.encode())[2]:
                return True
    return False
