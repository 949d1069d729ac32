"""A manager of version 3 that makes its messages itself, right or wrong, and reads what comes back."""

from dataclasses import dataclass, replace

from esolutions_simulators.usm.keys import keys_of
from esolutions_simulators.usm.messages import (
    AUTH,
    PRIV,
    REPORTABLE,
    Header,
    ScopedPdu,
    encode_message,
    encode_scoped,
    read_message,
    read_scoped,
)
from esolutions_simulators.usm.users import User
from tests.simulators.support.datagrams import GET, MESSAGE_ID, pdu

NOBODY = User("")
MOST_OCTETS = 65_507


@dataclass(frozen=True)
class Manager:
    """Who asks, whom, and what it knows of the engine's time."""

    user: User = NOBODY
    engine_id: bytes = b""
    boots: int = 0
    time: int = 0
    level: int = 0
    flags: int = REPORTABLE
    most_octets: int = MOST_OCTETS
    context: bytes = b""
    context_engine_id: bytes | None = None

    def message(self, body: bytes = pdu(GET, ["1.3.6.1.2.1.1.1.0"])) -> bytes:
        """Return a message around a PDU."""
        keys = keys_of(self.user, self.engine_id)
        asked = self.engine_id if self.context_engine_id is None else self.context_engine_id
        data, salt = encode_scoped(ScopedPdu(asked, self.context, body)), b""
        if self.level & PRIV:
            data, salt = keys.hidden(data, self.boots, self.time)
        name = self.user.name.encode()
        flags = self.level | self.flags
        header = Header(MESSAGE_ID, self.most_octets, flags, self.engine_id, self.boots, self.time, name, salt)
        message, at = encode_message(header, keys.digest_octets if self.level & AUTH else 0, data)
        return keys.signed(message, at) if self.level & AUTH else message

    def read(self, octets: bytes | None) -> tuple[Header, ScopedPdu] | None:
        """Return what a message says, proven and readable; None where there is none."""
        if octets is None:
            return None
        message = read_message(octets)
        header, data = message.header, message.data
        keys = keys_of(self.user, header.engine_id)
        if header.flags & AUTH:
            assert keys.is_proven(octets, message.digest_at, message.digest)
        if header.flags & PRIV:
            shown = keys.shown(data, header.boots, header.time, header.salt)
            assert shown is not None
            data = shown
        return header, read_scoped(data)

    def knowing(self, header: Header) -> "Manager":
        """Return the manager once it has heard from an engine."""
        return replace(self, engine_id=header.engine_id, boots=header.boots, time=header.time)
