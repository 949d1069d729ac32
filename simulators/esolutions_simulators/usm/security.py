"""Say who sent a message of version 3, and answer it as RFC 3412, section 7.2, and RFC 3414, section 3.2, have it.

What comes in is looked at in the order of those sections, and the first thing
that is wrong is reported: an engine or a user that is not known, a level that
the user has no keys for, a proof that is none, a message that is too old, one
that cannot be read. Only then does the printer get to see the request. No
password and no key is in anything that is returned or raised.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import Enum

from esolutions_simulators.snmp.fast.codec.ber import BerError
from esolutions_simulators.usm.engine import Engine
from esolutions_simulators.usm.keys import UserKeys, keys_of
from esolutions_simulators.usm.messages import (
    AUTH,
    PRIV,
    REPORTABLE,
    Header,
    Message,
    ScopedPdu,
    encode_message,
    encode_scoped,
    read_message,
    read_scoped,
)
from esolutions_simulators.usm.pdus import is_confirmed, refusal, report, request_id
from esolutions_simulators.usm.users import User

__all__ = ["MOST_OCTETS", "Respond", "SecurityModel"]

# RFC 3414, section 2.2.3: a message that is older was kept and sent again.
_WINDOW_S = 150
_LARGEST_BOOTS = 2**31 - 1
# What a UDP datagram holds (RFC 3417).
MOST_OCTETS = 65_507
# What encryption and longer lengths add at most.
_SPARE_OCTETS = 32
_LEVEL = AUTH | PRIV
_AUTHORIZATION_ERROR = 16

# Answers a PDU with one of at most so many octets; None for no answer.
Respond = Callable[[bytes, int], bytes | None]


class _Mistake(Enum):
    """What is reported of a message, by the counter that counts it (RFC 3414, section 5; RFC 3412, section 5)."""

    UNSUPPORTED_LEVEL = "1.3.6.1.6.3.15.1.1.1.0"
    NOT_IN_TIME_WINDOW = "1.3.6.1.6.3.15.1.1.2.0"
    UNKNOWN_USER = "1.3.6.1.6.3.15.1.1.3.0"
    UNKNOWN_ENGINE = "1.3.6.1.6.3.15.1.1.4.0"
    WRONG_DIGEST = "1.3.6.1.6.3.15.1.1.5.0"
    DECRYPTION = "1.3.6.1.6.3.15.1.1.6.0"
    UNKNOWN_PDU_HANDLER = "1.3.6.1.6.3.11.2.1.3.0"
    UNKNOWN_CONTEXT = "1.3.6.1.6.3.12.1.5.0"


class _Reported(Exception):  # noqa: N818 -- a way out, caught below
    """A mistake that ends the work on a message; ``level`` is how its report is protected."""

    def __init__(self, mistake: _Mistake, level: int = 0, scoped: ScopedPdu | None = None) -> None:
        super().__init__(mistake.name)
        self.mistake, self.level, self.scoped = mistake, level, scoped


class SecurityModel:
    """The User-based Security Model of many engines at once; it counts what was wrong at each."""

    def __init__(self) -> None:
        self._counts: Counter[tuple[bytes, int, _Mistake]] = Counter()

    def response(self, octets: bytes, engine: Engine, users: Sequence[User], respond: Respond) -> bytes | None:
        """Return the datagram that answers ``octets`` at an engine that knows ``users``; None for silence.

        Args:
            octets: the datagram that came.
            engine: the engine that is asked, at the time.
            users: whom it knows.
            respond: answers the PDU of a message that is in order.
        """
        try:
            message = read_message(octets)
        except BerError:
            return None
        try:
            keys = self._keys(message, engine, users)
            scoped = self._scoped(message, engine, keys)
        except _Reported as found:
            return self._report(message, engine, found, users)
        except BerError:
            return None
        return self._answered(message, engine, keys, scoped, respond)

    def _keys(self, message: Message, engine: Engine, users: Sequence[User]) -> UserKeys:
        """Return the keys of who sent a message, once it is shown that it is he and now."""
        header = message.header
        level = header.flags & _LEVEL
        if header.engine_id != engine.id:
            raise _Reported(_Mistake.UNKNOWN_ENGINE)
        user = next((user for user in users if user.name.encode() == header.user), None)
        if user is None:
            raise _Reported(_Mistake.UNKNOWN_USER)
        keys = keys_of(user, engine.id)
        if (level & AUTH and not keys.is_proving) or (level & PRIV and not keys.is_hiding):
            raise _Reported(_Mistake.UNSUPPORTED_LEVEL)
        if level & AUTH:
            if not keys.is_proven(message.octets, message.digest_at, message.digest):
                raise _Reported(_Mistake.WRONG_DIGEST)
            if not _is_timely(header, engine):
                raise _Reported(_Mistake.NOT_IN_TIME_WINDOW, AUTH)
        return keys

    def _scoped(self, message: Message, engine: Engine, keys: UserKeys) -> ScopedPdu:
        """Return what the message says, readable, and see that it is for this engine."""
        header = message.header
        data: bytes | None = message.data
        if header.flags & PRIV:
            data = keys.shown(message.data, header.boots, header.time, header.salt)
        if data is None:
            raise _Reported(_Mistake.DECRYPTION)
        scoped = read_scoped(data)
        level = header.flags & _LEVEL
        if scoped.engine_id != engine.id or not is_confirmed(scoped.pdu):
            raise _Reported(_Mistake.UNKNOWN_PDU_HANDLER, level, scoped)
        if scoped.context:
            raise _Reported(_Mistake.UNKNOWN_CONTEXT, level, scoped)
        return scoped

    def _answered(
        self, message: Message, engine: Engine, keys: UserKeys, scoped: ScopedPdu, respond: Respond
    ) -> bytes | None:
        """Return what the printer says to a message that is in order, protected as the message is."""
        level = message.header.flags & _LEVEL
        reply = _Reply(message.header, engine, keys, level)
        if level != (AUTH if keys.is_proving else 0) | (PRIV if keys.is_hiding else 0):
            # RFC 3413, section 3.2: who asks with less than the user's own level gets to see nothing.
            pdu: bytes | None = refusal(scoped.pdu, _AUTHORIZATION_ERROR)
        else:
            pdu = respond(scoped.pdu, reply.room)
        return None if pdu is None else reply.of(replace(scoped, pdu=pdu))

    def _report(self, message: Message, engine: Engine, found: _Reported, users: Sequence[User]) -> bytes | None:
        """Return the report of a mistake, where its sender wants one."""
        counted = (engine.id, engine.boots, found.mistake)
        self._counts[counted] += 1
        asked = found.scoped or _readable(message)
        # RFC 3412, section 6.4: the flag decides where the PDU cannot be read, its class where it can.
        if not (is_confirmed(asked.pdu) if asked else message.header.flags & REPORTABLE):
            return None
        user = next((user for user in users if user.name.encode() == message.header.user), None)
        keys = keys_of(user, engine.id) if user and found.level else UserKeys()
        pdu = report(request_id(asked.pdu) if asked else 0, found.mistake.value, self._counts[counted])
        scoped = ScopedPdu(engine.id, asked.context if asked else b"", pdu)
        return _Reply(message.header, engine, keys, found.level).of(scoped)


@dataclass(frozen=True, slots=True)
class _Reply:
    """What a message of ours says in its header, and how it is protected."""

    asked: Header
    engine: Engine
    keys: UserKeys
    level: int

    @property
    def room(self) -> int:
        """How many octets of a PDU fit into what the asker takes."""
        around, _ = self._encoded(encode_scoped(ScopedPdu(self.engine.id, b"", b"")), b"")
        return min(self.asked.most_octets, MOST_OCTETS) - len(around) - _SPARE_OCTETS

    def of(self, scoped: ScopedPdu) -> bytes:
        """Return the whole message."""
        data, salt = encode_scoped(scoped), b""
        if self.level & PRIV:
            data, salt = self.keys.hidden(data, self.engine.boots, self.engine.time)
        message, at = self._encoded(data, salt)
        return self.keys.signed(message, at) if self.level & AUTH else message

    def _encoded(self, data: bytes, salt: bytes) -> tuple[bytes, int]:
        asked, engine = self.asked, self.engine
        header = Header(
            asked.message_id, MOST_OCTETS, self.level, engine.id, engine.boots, engine.time, asked.user, salt
        )
        return encode_message(header, self.keys.digest_octets if self.level & AUTH else 0, data)


def _is_timely(header: Header, engine: Engine) -> bool:
    """Tell whether a message was made just now, since the engine's last start (RFC 3414, section 3.2 (7a))."""
    if _LARGEST_BOOTS in (header.boots, engine.boots) or header.boots != engine.boots:
        return False
    return abs(header.time - engine.time) <= _WINDOW_S


def _readable(message: Message) -> ScopedPdu | None:
    """Return what a message says that is not hidden."""
    if message.header.flags & PRIV:
        return None
    try:
        return read_scoped(message.data)
    except BerError:
        return None
