"""Read of a PDU what the security of messages needs, and make reports and refusals (RFC 3416, section 3).

What a request asks for is not looked at here.
"""

from esolutions_simulators.snmp.fast.codec.ber import (
    SEQUENCE,
    BerError,
    as_integer,
    as_oid,
    element,
    inside,
    integer,
    tlv,
)

__all__ = ["is_confirmed", "refusal", "report", "request_id"]

_RESPONSE, _REPORT = 0xA2, 0xA8
# RFC 3411, section 2.8: GET, GETNEXT, SET and GETBULK, which are answered; INFORM is for managers.
_CONFIRMED = frozenset((0xA0, 0xA1, 0xA3, 0xA5))
_COUNTER32 = 0x41


def is_confirmed(pdu: bytes) -> bool:
    """Tell whether a PDU is one that an agent answers."""
    return pdu[0] in _CONFIRMED


def request_id(pdu: bytes) -> int:
    """Return the request-id of a PDU; 0 where there is none."""
    try:
        _, at, end = element(pdu, 0, len(pdu))
        return integer(pdu, at, end)[0]
    except BerError:
        return 0


def report(number: int, counter: str, count: int) -> bytes:
    """Return a report of one counter."""
    variable = tlv(SEQUENCE, as_oid(counter) + as_integer(count % 2**32, _COUNTER32))
    return tlv(_REPORT, as_integer(number) + as_integer(0) + as_integer(0) + tlv(SEQUENCE, variable))


def refusal(pdu: bytes, status: int) -> bytes | None:
    """Return the response that refuses a request as a whole, its variables as they came; None where it is none."""
    try:
        _, at, end = element(pdu, 0, len(pdu))
        number, at = integer(pdu, at, end)
        for _ in range(2):
            _, at = integer(pdu, at, end)
        inside(SEQUENCE, pdu, at, end)
    except BerError:
        return None
    return tlv(_RESPONSE, as_integer(number) + as_integer(status) + as_integer(0) + pdu[at:end])
