"""The operations of the wire as a spyne application: its WSDL, its validation, its reading and writing.

spyne's own pipeline ends in faults that quote exceptions, asks each type anew
how it is spelled, and its schema validator mixes up the errors of threads; so
the steps are taken here one by one, for one caller at a time. HTTP and the caller's name are not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from lxml import etree
from spyne import Application, ServiceBase, rpc
from spyne.protocol.soap import Soap11
from spyne.server import ServerBase

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.soap.contract import types
from esolutions_server.soap.contract.codec import codec_of
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.contract.schema_errors import schema_complaints

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from esolutions_server.service.exchanges.operation import Operation
    from esolutions_server.service.messages import Request, Response
    from esolutions_server.soap.contract.codec import TypeCodec

__all__ = ["Call", "Contract"]

NAME = "CommunicationServer"
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
LONGEST_REASON = 300
MOST_COMPLAINTS = 100
_SHOWN = 40

_PREFIXES = {"tns": types.NAMESPACE}
_DECLARATION = f' xmlns:tns="{types.NAMESPACE}"'.encode()


def _service(operations: Iterable[Operation[Any, Any]]) -> Any:
    """Return the one service spyne dispatches to: a method for each row, which reads its request."""
    return type(ServiceBase)(NAME, (ServiceBase,), {operation.name: _method(operation) for operation in operations})


def _method(operation: Operation[Any, Any]) -> Any:
    def read(request: Any) -> Any:
        return operation.read(request)

    read.__name__, read.__doc__ = operation.name, operation.summary
    decorate = rpc(
        operation.wire_type,
        _returns=operation.response_wire_type,
        _body_style="bare",
        _no_ctx=True,
        _operation_name=operation.name,
        _out_message_name=operation.response_name,
    )
    return decorate(read)


# One for all applications: spyne takes another service under the same name for a mistake, and says so.
_SERVICE = _service(OPERATIONS.values())


class _Protocol(Soap11):  # type: ignore[misc]
    """spyne's, for the schema and the WSDL, and to validate by them; codecs of ours read and write messages."""

    def set_app(self, app: Any) -> None:
        """Take the application, whose schema spyne makes here; the type of an element's own text it would leave out."""
        if app is not None:
            app.interface.deps[types.Meter].add(types.MeterValue)
        super().set_app(app)


class _Transport(ServerBase):  # type: ignore[misc]
    transport = TRANSPORT


@dataclass(frozen=True, slots=True)
class _Operation:
    """An operation, how its request is read and its response written."""

    row: Operation[Any, Any]
    read: Callable[[Any], Request]
    request: TypeCodec
    response: TypeCodec
    response_tag: str


@dataclass(frozen=True, slots=True)
class Call:
    """One request, read: which operation it asks for, what it says, and how its response is written."""

    operation: Operation[Any, Any]
    request: Request
    _codec: TypeCodec
    _tag: str

    def write(self, response: Response) -> bytes:
        """Return a response as a fragment that leaves its prefix undeclared."""
        parent = etree.Element("parent", nsmap=_PREFIXES)
        self._codec.write(parent, self._tag, self.operation.write(response))
        return etree.tostring(parent[0], encoding="UTF-8", xml_declaration=False).replace(_DECLARATION, b"", 1)


class Contract:
    """The application; its methods are for one thread at a time."""

    def __init__(self) -> None:
        self._protocol = _Protocol(validator="lxml")
        self._application = Application(
            [_SERVICE], tns=types.NAMESPACE, name=NAME, in_protocol=self._protocol, out_protocol=_Protocol()
        )
        self._transport = _Transport(self._application)
        self._operations = {_tag(name): _operation(name, method) for name, method in _SERVICE.public_methods.items()}

    @property
    def interface(self) -> Any:
        """What spyne knows of the application, for the WSDL."""
        return self._application.interface

    def read(self, payload: etree._Element) -> Call:
        """Validate and read the content of a request.

        Raises:
            RefusalError: it is not a request of this contract.
        """
        for complaint in self.complaints(payload, most=1):
            raise RefusalError(FaultCode.CLIENT, complaint[:LONGEST_REASON])
        # What the schema has but is no request is a part of one.
        found = self._operations.get(payload.tag)
        if found is None:
            name = etree.QName(payload).localname
            raise RefusalError(FaultCode.CLIENT, f"there is no operation {name[:_SHOWN]}")
        request = found.read(found.request.read(payload))
        return Call(found.row, request, found.response, found.response_tag)

    def complaints(self, payload: etree._Element, *, most: int = MOST_COMPLAINTS) -> list[str]:
        """Return what the schema does not like about the content of a message or a response, as libxml2 found it."""
        schema = self._protocol.validation_schema
        if schema.validate(payload):
            return []
        return list(islice(schema_complaints(schema.error_log, payload), most))


def _operation(name: str, method: Any) -> _Operation:
    row = OPERATIONS[name]
    codecs = codec_of(method.in_message), codec_of(method.out_message)
    return _Operation(row, method.function, *codecs, _tag(row.response_name))


def _tag(name: str) -> str:
    return f"{{{types.NAMESPACE}}}{name}"
