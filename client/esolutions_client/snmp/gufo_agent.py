"""Ask one printer through a socket of gufo-snmp, without waiting.

The one module that knows gufo-snmp, which has no wheel for Windows and is therefore an extra. It uses the sockets below
its sessions: a session waits by itself. There are two things they do not tell:

* an error status: an agent that refuses a whole request looks as if it had none of the variables, so that is reported
  as a refusal that names no variable, and the conversation asks for less;
* what follows an OID outside the subtree that a walk began with: a GETNEXT to a sibling walks there from their parent.
"""

from __future__ import annotations

import socket
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from gufo.snmp._fast import GetIter, NoSuchInstance, SnmpDecodeError, SnmpV1ClientSocket, SnmpV2cClientSocket

from esolutions_client.snmp.asking import oid_key
from esolutions_client.snmp.errors import GEN_ERR, AgentError, SilentError, UnusableAnswerError
from esolutions_client.snmp.requests import Get, GetBulk

if TYPE_CHECKING:
    from esolutions_client.snmp.ports import Target
    from esolutions_client.snmp.requests import Answer, GetNext, Request, Varbind

__all__ = ["GufoAgent"]

# More rows than a column has that a poll reads; an agent whose walk never ends is left here.
_MOST_STEPS = 128
_SOCKETS: dict[str, Any] = {"1": SnmpV1ClientSocket, "2c": SnmpV2cClientSocket}


class GufoAgent:
    """One printer's agent: ask, and hear when the descriptor becomes readable."""

    def __init__(self, target: Target) -> None:
        kind = _SOCKETS.get(target.version)
        if kind is None:
            raise UnusableAnswerError(f"{target.host}: SNMP version {target.version} is not supported; use 1 or 2c")
        self._host = target.host
        # Nothing but the defaults: type of service, buffers, and no time limit of its own.
        self._socket: Any = kind(_address(target), target.community, 0, 0, 0, 0)
        self.descriptor: int = self._socket.get_fd()
        self._walk: Any = None
        self._reached = ""
        self._steps_from_parent = 0
        self._found: list[Varbind] = []

    def ask(self, request: Request) -> None:
        """Send a request; of a GETNEXT for several OIDs the first, the others follow one by one.

        Raises:
            SilentError: the network refuses to carry it.
        """
        try:
            if isinstance(request, Get):
                self._socket.send_get_many(list(request.oids))
            elif isinstance(request, GetBulk):
                self._continue_from(request.oid, request.max_repetitions)
                self._socket.send_get_bulk(self._walk)
            else:
                self._steps_from_parent = 0
                self._continue_from(request.oids[len(self._found)])
                self._socket.send_get_next(self._walk)
        except OSError as error:
            raise SilentError(f"{self._host}: {error}") from error

    def hear(self, request: Request) -> Answer | None:
        """Return the answer that has arrived, None where it is not complete.

        Raises:
            SilentError: the network says that nobody listens there.
            AgentError: the agent refused.
        """
        try:
            if isinstance(request, Get):
                return self._values(request)
            if isinstance(request, GetBulk):
                return self._rows(request)
            return self._next(request)
        except (BlockingIOError, SnmpDecodeError):
            # Nothing, or nothing that is an answer: the time limit goes on.
            return None
        except OSError as error:
            raise SilentError(f"{self._host}: {error}") from error

    def _continue_from(self, oid: str, max_repetitions: int | None = None) -> None:
        """Go on with the walk that reached this OID, or begin one."""
        if self._walk is None or oid != self._reached:
            self._walk, self._reached = GetIter(oid, max_repetitions), oid

    def _values(self, request: Get) -> Answer:
        found = self._socket.recv_get_many()
        if not found and len(request.oids) > 1:
            raise AgentError(GEN_ERR)
        return [found.get(oid) for oid in request.oids]

    def _rows(self, request: GetBulk) -> Answer:
        try:
            rows = self._socket.recv_get_bulk(self._walk)
        except StopAsyncIteration:
            rows = [None]
        found: list[Varbind] = [row for row in rows if row is not None]
        if not found:
            # The end of the table, or a refusal such as tooBig: only GETNEXT can tell.
            raise AgentError(GEN_ERR)
        self._reached = found[-1][0]
        return found if len(found) == len(rows) else [*found, (request.oid, None)]

    def _next(self, request: GetNext) -> Answer | None:
        oid = request.oids[len(self._found)]
        try:
            row: Varbind = self._socket.recv_get_next(self._walk)
            self._reached = row[0]
        except (StopAsyncIteration, NoSuchInstance):
            row = (oid, None)
        if self._must_go_on(oid, row):
            self._socket.send_get_next(self._walk)
            return None
        if row[1] is not None and oid_key(row[0]) <= oid_key(oid):
            row = (oid, None)
        self._found.append(row)
        if len(self._found) < len(request.oids):
            self.ask(request)
            return None
        found, self._found = self._found, []
        return found

    def _must_go_on(self, oid: str, row: Varbind) -> bool:
        """Tell whether the row after the OID is still to come; where nothing is below it, look from its parent."""
        if row[1] is None and self._steps_from_parent == 0:
            self._walk = GetIter(oid.rpartition(".")[0])
        elif row[1] is None or oid_key(row[0]) > oid_key(oid):
            return False
        self._steps_from_parent += 1
        return self._steps_from_parent < _MOST_STEPS


def _address(target: Target) -> str:
    """Return the address as gufo-snmp wants it; a name is resolved to IPv4.

    Raises:
        SilentError: the name is not known.
    """
    try:
        host = str(ip_address(target.host))
    except ValueError:
        try:
            host = socket.gethostbyname(target.host)
        except OSError as error:
            raise SilentError(f"{target.host}: the name is not known") from error
    return f"[{host}]:{target.port}" if ":" in host else f"{host}:{target.port}"
