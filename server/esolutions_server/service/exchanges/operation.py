"""What one operation of the wire is at the server: a row of the table that the SOAP layer fills.

No XML and no store is touched here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from esolutions_server.service.messages import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_server.domain.published_sizes import SizeFormula
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import ProxyRecord

__all__ = ["Operation"]

Asked = TypeVar("Asked", bound=Request)
Given = TypeVar("Given", bound=Response)


@dataclass(frozen=True, slots=True)
class Operation(Generic[Asked, Given]):
    """One operation, from its element on the wire to what it does.

    Attributes:
        name: its name in the WSDL, which is that of the request's element.
        summary: a sentence for the WSDL.
        wire_type: the type of the request on the wire.
        response_wire_type: that of the response.
        response_name: the response's element.
        read: makes a message of an instance of `wire_type`.
        write: makes an instance of `response_wire_type` of a response.
        handle: carries a request of an authenticated proxy out.
        request_size: the published size of the request.
        response_size: that of the response; None where none is published.
        is_signed: whether the request must have a signature.
    """

    name: str
    summary: str
    wire_type: Any
    response_wire_type: Any
    response_name: str
    read: Callable[[Any], Asked]
    write: Callable[[Given], Any]
    handle: Callable[[UnitOfWork, ProxyRecord, Asked], Given]
    request_size: SizeFormula
    response_size: SizeFormula | None = None
    is_signed: bool = False
