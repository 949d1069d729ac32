"""Speak SNMP 1 and 2c with one printer through pysnmp: its encoder, its socket, its time limits.

The one module that knows pysnmp's objects. It asks and awaits; what to ask is the conversation's business. Responses
are decoded by our codec: pysnmp's drops a whole response for one value that is encoded wrongly, and the two engines
must agree on what a printer said.
"""

from __future__ import annotations

import asyncio
import socket
import warnings
from random import SystemRandom
from typing import TYPE_CHECKING, Any

from pyasn1.type import univ  # type: ignore[import-untyped]  # pysnmp's values are made of these

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.codec.messages import draw_id, encode, open_response, reply_to
from esolutions_client.snmp.engines.native.names import literal, resolve
from esolutions_client.snmp.errors import SilentError, SnmpError, UnusableReplyError
from esolutions_client.snmp.pdus import Get, GetBulk, GetNext
from esolutions_client.snmp.ports import refuse_version

with warnings.catch_warnings():
    # Where pysmi is installed, pysnmp 7.1 imports a name from it that pysmi has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pysnmp.hlapi.v1arch.asyncio import CommunityData, SnmpDispatcher, Udp6TransportTarget, UdpTransportTarget
    from pysnmp.proto import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.snmp.codec.messages import Response
    from esolutions_client.snmp.pdus import Reply, Request
    from esolutions_client.snmp.ports import Target

__all__ = ["Dispatcher", "PysnmpAgent"]

_MESSAGE_MODELS = {"1": 0, "2c": 1}
_NULL = univ.Null("")
# pysnmp looks for expired requests ten times a second; well after that, a request has been lost inside it.
_GRACE_SECONDS = 2.0
_MOST_BUILT = 512


class PysnmpAgent:
    """One printer's agent: awaits its answer to a request."""

    @classmethod
    async def of(cls, target: Target, dispatcher: Dispatcher) -> PysnmpAgent:
        """Return the agent of a target, which must be of version 1 or 2c.

        Raises:
            UnusableReplyError: the version is another one.
            SilentError: the name is not known.
        """
        refuse_version(target)
        try:
            found = literal(target.host) or await dispatcher.resolved(target.host)
        except (OSError, UnicodeError) as error:
            raise SilentError(f"{target.host}: the name is not known") from error
        return cls(target, dispatcher, await _address(target, found))

    def __init__(self, target: Target, dispatcher: Dispatcher, address: Any) -> None:
        self._dispatcher = dispatcher
        self._target = target
        self._address = address
        self._community = CommunityData(target.community, mpModel=_MESSAGE_MODELS[target.version])
        self._patience = (target.retries + 1) * target.timeout_seconds + _GRACE_SECONDS

    async def ask(self, request: Request) -> Reply:
        """Return the answer to a request.

        Raises:
            SilentError, TooBigError, AgentError: there is none.
            UnusableReplyError: it answers something else.
        """
        target = self._target
        response, complaint = await self._response(request)
        if response is None:
            asked = f"asked {target.retries + 1} times, {target.timeout_seconds:g} s each"
            if complaint:
                raise UnusableReplyError(f"{target.host}: what came is no answer: {complaint} ({asked})")
            raise SilentError(f"{target.host}: no answer ({asked})")
        try:
            return reply_to(request, encode(target.version, target.community, request), response)
        except UnusableReplyError as error:
            raise UnusableReplyError(f"{target.host}: its answer cannot be used: {error}") from error

    async def _response(self, request: Request) -> tuple[Response | None, str]:
        """Return the response, None where there is none, and what came from the printer and was none."""
        waiting: asyncio.Future[Response | None] = asyncio.get_running_loop().create_future()
        place = self._address.transport_address[:2]
        self._dispatcher.complaints.pop(place, None)
        try:
            async with asyncio.timeout(self._patience):
                self._dispatcher.exchange(self._community, self._address, request, waiting)
                response = await waiting
        except TimeoutError:
            response = None
        return response, self._dispatcher.complaints.pop(place, "")


class Dispatcher(SnmpDispatcher):  # type: ignore[misc]  # pysnmp has no types
    """pysnmp's dispatcher, with awaitable answers.

    The hlapi functions build each request anew, a quarter of the cost of an exchange; printers of one model are asked
    the same, so here a request is built once and sent with another id.
    """

    def __init__(self, may_send: Callable[[], bool]) -> None:
        super().__init__()
        self._may_send = may_send
        self._rng = SystemRandom()
        self._built: dict[tuple[int, Request], Any] = {}
        self._lookups: dict[str, asyncio.Future[tuple[int, str]]] = {}
        # What came last from a host and port and was no response.
        self.complaints: dict[tuple[str, int], str] = {}

    def exchange(
        self, community: Any, address: Any, request: Request, waiting: asyncio.Future[Response | None]
    ) -> None:
        """Send a request; `waiting` gets its response, or None where none came.

        Raises:
            TurnedOffError: communication is turned off.
        """
        if not self._may_send():
            raise TurnedOffError("communication is turned off: no printer is asked")
        pdu = self._built_once(community.mpModel, request)
        api.PROTOCOL_MODULES[community.mpModel].apiPDU.set_request_id(pdu, draw_id(self._rng))
        self.send_pdu(community, address, pdu, cbFun=_settle, cbCtx=waiting)

    async def resolved(self, host: str) -> tuple[int, str]:
        """Return family and address of a host name, which is looked up once.

        Raises:
            TurnedOffError: communication is turned off.
        """
        if not self._may_send():
            raise TurnedOffError
        loop = asyncio.get_running_loop()
        lookup = self._lookups.get(host)
        if lookup is None:
            lookup = self._lookups[host] = asyncio.ensure_future(loop.run_in_executor(None, resolve, host))
        return await asyncio.shield(lookup)

    def abandon(self) -> None:
        """Forget the requests that are under way, as one does before closing."""
        self._pendingReqs.clear()

    def _built_once(self, model: int, request: Request) -> Any:
        pdu = self._built.get((model, request))
        if pdu is None:
            if len(self._built) >= _MOST_BUILT:
                self._built.clear()
            pdu = self._built[model, request] = _pdu(model, request)
        return pdu

    def _recv_callback(self, _engine: Any, _domain: Any, sender: Any, octets: bytes) -> None:
        """Take a datagram, in the place of pysnmp's decoder, which knows neither our errors nor the sender."""
        place = tuple(sender)[:2]
        try:
            response = open_response(octets)
        except SnmpError as error:
            if any(place == _place(state) for state in self._pendingReqs.values()):
                self.complaints[place] = str(error)
            return
        state = self._pendingReqs.get(response.request_id)
        if state is not None and place == _place(state):
            del self._pendingReqs[response.request_id]
            self.transport_dispatcher.job_finished(id(self))
            _settle(self, response.request_id, None, response, state["cbCtx"])

    def _timer_callback(self, now: float) -> None:
        """Ask again where time has run out, unless communication is off: the port notices that soon."""
        if self._may_send():
            super()._timer_callback(now)


def _place(state: dict[str, Any]) -> tuple[str, int]:
    host, port = state["transportTarget"].transport_address[:2]
    return host, port


def _settle(
    _dispatcher: Any, _request_id: Any, silence: Any, response: Any, waiting: asyncio.Future[Response | None]
) -> None:
    if not waiting.done():
        waiting.set_result(None if silence else response)


def _pdu(model: int, request: Request) -> Any:
    module = api.PROTOCOL_MODULES[model]
    kinds = {Get: "GetRequestPDU", GetNext: "GetNextRequestPDU", GetBulk: "GetBulkRequestPDU"}
    pdu = getattr(module, kinds[type(request)])()
    oids = (request.oid,) if isinstance(request, GetBulk) else request.oids
    module.apiPDU.set_defaults(pdu)
    module.apiPDU.set_varbinds(pdu, [(univ.ObjectIdentifier(oid), _NULL) for oid in oids])
    if isinstance(request, GetBulk):
        module.apiBulkPDU.set_non_repeaters(pdu, 0)
        module.apiBulkPDU.set_max_repetitions(pdu, request.max_repetitions)
    return pdu


class _Udp4(UdpTransportTarget):  # type: ignore[misc]  # pysnmp has no types
    """An address that is already one: pysnmp would ask the resolver, in a thread, about each."""

    async def _resolve_address(self, transportAddr: tuple[str, int]) -> tuple[str, int]:  # noqa: N803 - pysnmp's name
        return transportAddr


async def _address(target: Target, found: tuple[int, str]) -> Any:
    kind = _Udp4 if found[0] == socket.AF_INET else Udp6TransportTarget
    return await kind.create((found[1], target.port), timeout=target.timeout_seconds, retries=target.retries)
