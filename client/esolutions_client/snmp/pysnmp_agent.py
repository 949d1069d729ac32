"""Speak SNMP 1 and 2c with one printer through pysnmp, and turn its types into ours.

The one module that knows pysnmp's objects. It asks and awaits; what to ask is the conversation's business.
"""

from __future__ import annotations

import asyncio
import warnings
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from pyasn1.type import univ  # type: ignore[import-untyped]  # pysnmp's values are made of these

from esolutions_client.snmp.errors import TOO_BIG, AgentError, SilentError, TooBigError, UnusableAnswerError
from esolutions_client.snmp.requests import Get, GetBulk, GetNext

with warnings.catch_warnings():
    # Where pysmi is installed, pysnmp 7.1 imports a name from it that pysmi has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pysnmp.hlapi.v1arch.asyncio import CommunityData, SnmpDispatcher, Udp6TransportTarget, UdpTransportTarget
    from pysnmp.proto import api

if TYPE_CHECKING:
    from esolutions_client.snmp.ports import Target
    from esolutions_client.snmp.requests import Answer, Request, Value

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
            UnusableAnswerError: the version is another one.
            SilentError: the name is not known.
        """
        if target.version not in _MESSAGE_MODELS:
            raise UnusableAnswerError(f"{target.host}: SNMP version {target.version} is not supported; use 1 or 2c")
        return cls(target, dispatcher, await _address(target))

    def __init__(self, target: Target, dispatcher: Dispatcher, address: Any) -> None:
        self._dispatcher = dispatcher
        self._target = target
        self._address = address
        self._community = CommunityData(target.community, mpModel=_MESSAGE_MODELS[target.version])
        self._patience = (target.retries + 1) * target.timeout_seconds + _GRACE_SECONDS

    async def ask(self, request: Request) -> Answer:
        """Return the answer to a request.

        Raises:
            SilentError, TooBigError, AgentError: there is none.
            UnusableAnswerError: it answers something else.
        """
        status, index, rows = await self._rows(request)
        host = self._target.host
        if status == TOO_BIG:
            raise TooBigError(f"{host}: the answer would be too big")
        if status:
            raise AgentError(int(status), int(index))
        if not isinstance(request, Get):
            return [(str(name), _value(value)) for name, value in rows]
        if [str(name) for name, _ in rows] != list(request.oids):
            raise UnusableAnswerError(f"{host}: answered other variables than it was asked for")
        return [_value(value) for _, value in rows]

    async def _rows(self, request: Request) -> tuple[int, int, Any]:
        """Return error status, error index and varbinds of the answer."""
        try:
            async with asyncio.timeout(self._patience):
                pdu = await self._dispatcher.exchange(self._community, self._address, request)
        except TimeoutError:
            pdu = None
        if pdu is None:
            target = self._target
            asked = f"asked {target.retries + 1} times, {target.timeout_seconds:g} s each"
            raise SilentError(f"{target.host}: no answer ({asked})")
        view = api.PROTOCOL_MODULES[self._community.mpModel].apiPDU
        return int(view.get_error_status(pdu)), int(view.get_error_index(pdu)), view.get_varbinds(pdu)


class Dispatcher(SnmpDispatcher):  # type: ignore[misc]  # pysnmp has no types
    """pysnmp's dispatcher, with awaitable answers.

    The hlapi functions build each request anew, a quarter of the cost of an exchange; printers of one model are asked
    the same, so here a request is built once and sent with another id.
    """

    def __init__(self) -> None:
        super().__init__()
        self._built: dict[tuple[int, Request], Any] = {}

    async def exchange(self, community: Any, address: Any, request: Request) -> Any:
        """Return the PDU that answers a request, None where none came."""
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        pdu = self._built_once(community.mpModel, request)
        api.PROTOCOL_MODULES[community.mpModel].apiPDU.set_request_id(pdu, api.v1.getNextRequestID())
        self.send_pdu(community, address, pdu, cbFun=_settle, cbCtx=answer)
        return await answer

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


def _settle(_dispatcher: Any, _request_id: Any, silence: Any, pdu: Any, answer: asyncio.Future[Any]) -> None:
    if not answer.done():
        answer.set_result(None if silence else pdu)


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


async def _address(target: Target) -> Any:
    """Return pysnmp's address of a target; names are resolved to IPv4, as printers are known.

    Raises:
        SilentError: the name is not known.
    """
    try:
        kind = {4: _Udp4, 6: Udp6TransportTarget}[ip_address(target.host).version]
    except ValueError:
        kind = UdpTransportTarget
    try:
        return await kind.create((target.host, target.port), timeout=target.timeout_seconds, retries=target.retries)
    except Exception as error:
        raise SilentError(f"{target.host}: the name is not known") from error


def _value(value: Any) -> Value:
    """Return a pysnmp value as one of ours; the exceptions of SNMP 2 are NULLs to pysnmp."""
    # To pyasn1 a NULL is an OCTET STRING: it must be looked at first.
    if isinstance(value, univ.Null):
        return None
    if isinstance(value, univ.Integer):
        return int(value)
    if isinstance(value, univ.ObjectIdentifier):
        return str(value)
    return bytes(value.asOctets())
