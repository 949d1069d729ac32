"""Take messages of SNMP version 3 apart and put them together (RFC 3412, section 6; RFC 3414, section 2.4).

Lengths are definite and fit; nothing else is known here of what a message
means, nor of any key.
"""

from dataclasses import dataclass

from esolutions_simulators.snmp.fast.codec.ber import (
    OCTET_STRING,
    SEQUENCE,
    BerError,
    as_integer,
    element,
    inside,
    integer,
    tlv,
)

__all__ = [
    "AUTH",
    "PRIV",
    "REPORTABLE",
    "VERSION_3",
    "Header",
    "Message",
    "ScopedPdu",
    "encode_message",
    "encode_scoped",
    "read_message",
    "read_scoped",
]

VERSION_3 = 3
USM = 3
AUTH, PRIV, REPORTABLE = 1, 2, 4
# RFC 3412, section 6.3: what every engine can take.
_SMALLEST_SIZE = 484
_MOST_USER_OCTETS = 32


@dataclass(frozen=True, slots=True)
class Header:
    """What stands before the data of a message: of RFC 3412's HeaderData and of RFC 3414's UsmSecurityParameters."""

    message_id: int
    most_octets: int
    flags: int
    engine_id: bytes
    boots: int
    time: int
    user: bytes
    salt: bytes = b""


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came; ``digest_at`` is where in it the proof stands, ``data`` its scoped PDU, hidden or not."""

    octets: bytes
    header: Header
    digest: bytes
    digest_at: int
    data: bytes


@dataclass(frozen=True, slots=True)
class ScopedPdu:
    """A PDU, as octets, and whose it is."""

    engine_id: bytes
    context: bytes
    pdu: bytes


def read_message(octets: bytes) -> Message:
    """Take a message apart.

    Raises:
        BerError: it is none of version 3, or none that RFC 3412, section 7.2, has looked at any further.
    """
    begin, end = inside(SEQUENCE, octets, 0, len(octets))
    version, begin = integer(octets, begin, end)
    if version != VERSION_3:
        raise BerError("not a message of version 3")
    (message_id, most_octets, flags), begin = _global_data(octets, begin, end)
    at, stop = inside(OCTET_STRING, octets, begin, end)
    tag, start, data_end = element(octets, stop, end)
    data = octets[start if flags & PRIV else stop : end]
    if data_end != end or tag != (OCTET_STRING if flags & PRIV else SEQUENCE):
        raise BerError("the data of the message is something else")
    at, inner = inside(SEQUENCE, octets, at, stop)
    engine_id, at = _text(octets, at, inner)
    boots, at = integer(octets, at, inner)
    time, at = integer(octets, at, inner)
    user, at = _text(octets, at, inner)
    digest, behind = _text(octets, at, inner)
    salt, last = _text(octets, behind, inner)
    if last != inner or inner != stop or min(boots, time) < 0 or len(user) > _MOST_USER_OCTETS:
        raise BerError("the security parameters are something else")
    header = Header(message_id, most_octets, flags, engine_id, boots, time, user, salt)
    return Message(octets, header, digest, behind - len(digest), data)


def _global_data(octets: bytes, begin: int, end: int) -> tuple[tuple[int, int, int], int]:
    """Return the id, the size and the flags of HeaderData, and where it ends."""
    at, stop = inside(SEQUENCE, octets, begin, end)
    message_id, at = integer(octets, at, stop)
    most_octets, at = integer(octets, at, stop)
    flags, at = _text(octets, at, stop)
    model, at = integer(octets, at, stop)
    if at != stop or len(flags) != 1 or message_id < 0 or most_octets < _SMALLEST_SIZE or model != USM:
        raise BerError("the header is something else")
    if flags[0] & PRIV and not flags[0] & AUTH:
        # RFC 3412, section 7.2 (5d): there is no privacy without authentication.
        raise BerError("a message is hidden and not proven")
    return (message_id, most_octets, flags[0]), stop


def read_scoped(octets: bytes) -> ScopedPdu:
    """Take a scoped PDU apart; what stands behind it is the padding of a cipher.

    Raises:
        BerError: it is none.
    """
    at, end = inside(SEQUENCE, octets, 0, len(octets))
    engine_id, at = _text(octets, at, end)
    context, at = _text(octets, at, end)
    _, _, stop = element(octets, at, end)
    if stop != end:
        raise BerError("something stands behind the PDU")
    return ScopedPdu(engine_id, context, octets[at:end])


def encode_scoped(scoped: ScopedPdu) -> bytes:
    """Put a scoped PDU together."""
    return tlv(SEQUENCE, tlv(OCTET_STRING, scoped.engine_id) + tlv(OCTET_STRING, scoped.context) + scoped.pdu)


def encode_message(header: Header, digest_octets: int, data: bytes) -> tuple[bytes, int]:
    """Put a message together, with zeros for its proof; return it, and where the proof goes.

    Args:
        header: what stands before the data.
        digest_octets: how long the proof is.
        data: a scoped PDU, or the octets of a hidden one.
    """
    head = as_integer(header.message_id) + as_integer(header.most_octets)
    head += tlv(OCTET_STRING, bytes((header.flags,))) + as_integer(USM)
    who = tlv(OCTET_STRING, header.engine_id) + as_integer(header.boots) + as_integer(header.time)
    who += tlv(OCTET_STRING, header.user)
    salt = tlv(OCTET_STRING, header.salt)
    security = tlv(SEQUENCE, who + tlv(OCTET_STRING, bytes(digest_octets)) + salt)
    body = tlv(OCTET_STRING, data) if header.flags & PRIV else data
    front = as_integer(VERSION_3) + tlv(SEQUENCE, head) + tlv(OCTET_STRING, security)
    message = tlv(SEQUENCE, front + body)
    return message, len(message) - len(body) - len(salt) - digest_octets


def _text(octets: bytes, at: int, end: int) -> tuple[bytes, int]:
    begin, stop = inside(OCTET_STRING, octets, at, end)
    return octets[begin:stop], stop
