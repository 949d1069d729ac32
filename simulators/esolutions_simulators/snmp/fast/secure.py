"""Answer messages of version 3 for the printer at an address, where it has users who may speak it.

What a message is worth is decided in esolutions_simulators.usm; a request that
is in order is answered as in version 2c, without a community.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.print_server import PrintServerAgent
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
from esolutions_simulators.usm.engine import engine_at
from esolutions_simulators.usm.messages import VERSION_3

if TYPE_CHECKING:
    from esolutions_simulators.usm.security import SecurityModel

__all__ = ["RespondPlainly", "SecureResponder", "is_version_3"]

_Agent = SimulatedAgent | PrintServerAgent
# Answers a message of version 2c whose community is not looked at, in at most so many octets.
RespondPlainly = Callable[[bytes, _Agent, float, int], bytes | None]

_NOBODY = as_integer(1) + tlv(OCTET_STRING, b"")
_AROUND_OCTETS = len(tlv(SEQUENCE, _NOBODY)) + 8


def is_version_3(datagram: bytes) -> bool:
    """Tell whether a datagram says that it is of version 3; nothing behind that is looked at."""
    try:
        at, end = inside(SEQUENCE, datagram, 0, len(datagram))
        return integer(datagram, at, end)[0] == VERSION_3
    except BerError:
        return False


class SecureResponder:
    """Answers messages of version 3 for every printer of a fleet."""

    def __init__(self, respond_plainly: RespondPlainly) -> None:
        self._respond_plainly = respond_plainly
        self._model: SecurityModel | None = None

    def respond(self, datagram: bytes, agent: _Agent, at_epoch: float) -> bytes | None:
        """Return the datagram that answers one of version 3; None for silence, as where the printer has no users."""
        users = agent.printer.users
        # A printer that is off tells no caller the id of its engine, nor does one that speaks version 1 alone.
        if not users or agent.get((), at_epoch) is None:
            return None
        respond = partial(self._pdu, agent, at_epoch)
        return self.prepare().response(datagram, engine_at(agent.printer, at_epoch), users, respond)

    def prepare(self) -> "SecurityModel":
        """Return what decides what a message is worth; pysnmp, which it stands on, takes a while to load."""
        if self._model is None:
            from esolutions_simulators.usm.security import SecurityModel

            self._model = SecurityModel()
        return self._model

    def _pdu(self, agent: _Agent, at_epoch: float, pdu: bytes, most_octets: int) -> bytes | None:
        """Return the PDU that answers one."""
        asked = tlv(SEQUENCE, _NOBODY + pdu)
        answer = self._respond_plainly(asked, agent, at_epoch, most_octets + _AROUND_OCTETS)
        if answer is None:
            return None
        at, _ = inside(SEQUENCE, answer, 0, len(answer))
        for _ in range(2):
            _, _, at = element(answer, at, len(answer))
        return answer[at:]
