"""Speak SNMP 1 and 2c with one printer through pysnmp, and turn its types into ours.

The one module that knows pysnmp's objects. It asks and awaits; what to ask is the conversation's business.
"""

from __future__ import annotations

import asyncio
import warnings
from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from pyasn1.type import univ  # type: ignore[import-untyped]  # pysnmp's values are made of these

from esolutions_client.snmp.errors import TOO_BIG, AgentError, SilentError, TooBigError, UnusableAnswerError
from esolutions_client.snmp.requests import Get, GetBulk

with warnings.catch_warnings():
    # Where pysmi is installed, pysnmp 7.1 imports a name from it that pysmi has deprecated.
    warnings.simplefilter("ignore", DeprecationWarning)
    from pysnmp.hlapi.v1arch.asyncio import (
        CommunityData,
        SnmpDispatcher,
        Udp6TransportTarget,
        UdpTransportTarget,
        bulk_cmd,
        get_cmd,
        next_cmd,
    )

if TYPE_CHECKING:
    from esolutions_client.snmp.ports import Target
    from esolutions_client.snmp.requests import Answer, Request, Value

__all__ = ["Dispatcher", "PysnmpAgent"]

_MESSAGE_MODELS = {"1": 0, "2c": 1}
_NULL = univ.Null("")
# pysnmp looks for expired requests ten times a second; well after that, a request has been lost inside it.
_GRACE_SECONDS = 2.0


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

    async def _rows(self, request: Request) -> tuple[Any, Any, Any]:
        try:
            async with asyncio.timeout(self._patience):
                silence, status, index, rows = await self._send(request)
        except TimeoutError:
            silence, status, index, rows = True, 0, 0, ()
        if silence:
            target = self._target
            asked = f"asked {target.retries + 1} times, {target.timeout_seconds:g} s each"
            raise SilentError(f"{target.host}: no answer ({asked})")
        return status, index, rows

    async def _send(self, request: Request) -> tuple[Any, Any, Any, Any]:
        way = (self._dispatcher, self._community, self._address)
        if isinstance(request, GetBulk):
            result = await bulk_cmd(*way, 0, request.max_repetitions, (_name(request.oid), _NULL))
        elif isinstance(request, Get):
            result = await get_cmd(*way, *[(_name(oid), _NULL) for oid in request.oids])
        else:
            result = await next_cmd(*way, *[(_name(oid), _NULL) for oid in request.oids])
        answer: tuple[Any, Any, Any, Any] = result
        return answer


class Dispatcher(SnmpDispatcher):  # type: ignore[misc]  # pysnmp has no types
    """pysnmp's dispatcher, which cannot be closed while requests are under way without help."""

    def abandon(self) -> None:
        """Forget the requests that are under way; their callbacks do not survive being told."""
        self._pendingReqs.clear()


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


@lru_cache(maxsize=4096)
def _name(oid: str) -> Any:
    return univ.ObjectIdentifier(oid)


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
