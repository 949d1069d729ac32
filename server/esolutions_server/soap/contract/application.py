"""The operations of the wire as a spyne application: its WSDL, its validation, its reading and writing.

spyne's own pipeline ends in faults that quote exceptions, and its schema
validator mixes up the errors of threads; so the steps are taken here one by
one, for one caller at a time. Nothing here knows HTTP or who is calling.
"""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any, Protocol, cast

from lxml import etree
from spyne import Application, MethodContext, ServiceBase, rpc
from spyne.model.fault import Fault
from spyne.protocol.soap import Soap11
from spyne.server import ServerBase

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.soap.contract import types

__all__ = ["Call", "Contract", "Handler"]

NAME = "CommunicationServer"
TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
LONGEST_REASON = 300

_DECLARATION = f' xmlns:tns="{types.NAMESPACE}"'.encode()


def _operation(request: Any, answer: Any, answer_name: str) -> Any:
    return rpc(
        request,
        _returns=answer,
        _body_style="bare",
        _operation_name=request.get_type_name(),
        _out_message_name=answer_name,
    )


class Handler(Protocol):
    """Whoever answers requests; each method gets the instance of a wire type."""

    def register_proxy(self, wire: Any) -> bytes:
        """Answer RegisterProxy."""

    def register_devices(self, wire: Any) -> bytes:
        """Answer RegisterProxyDevices."""

    def sync(self, wire: Any) -> bytes:
        """Answer SyncProxy."""

    def status(self, wire: Any) -> bytes:
        """Answer SyncProxyStatus."""

    def submit_billing(self, wire: Any) -> bytes:
        """Answer SubmitBillingTransaction."""


class CommunicationServer(ServiceBase):  # type: ignore[misc]
    """One method for each transaction the FAQ lists; who answers comes with the call."""

    @_operation(types.RegisterProxy, types.Receipt, "RegisterProxyReceipt")  # type: ignore[untyped-decorator]
    def register_proxy(ctx: Any, request: Any) -> Any:  # noqa: N805 (spyne passes its context)
        """Make an installed client known."""
        return ctx.udc.register_proxy(request)

    @_operation(types.RegisterProxyDevices, types.Receipt, "RegisterProxyDevicesReceipt")  # type: ignore[untyped-decorator]
    def register_devices(ctx: Any, request: Any) -> Any:  # noqa: N805
        """Make devices known."""
        return ctx.udc.register_devices(request)

    @_operation(types.SyncProxy, types.SyncProxyResponse, "SyncProxyResponse")  # type: ignore[untyped-decorator]
    def sync(ctx: Any, request: Any) -> Any:  # noqa: N805
        """Ask what there is to do."""
        return ctx.udc.sync(request)

    @_operation(types.SyncProxyStatus, types.Receipt, "SyncProxyStatusReceipt")  # type: ignore[untyped-decorator]
    def status(ctx: Any, request: Any) -> Any:  # noqa: N805
        """Say which devices were turned on."""
        return ctx.udc.status(request)

    @_operation(types.SubmitBillingTransaction, types.Receipt, "SubmitBillingTransactionReceipt")  # type: ignore[untyped-decorator]
    def submit_billing(ctx: Any, request: Any) -> Any:  # noqa: N805
        """Answer billing requests."""
        return ctx.udc.submit_billing(request)


class _Attributes(SimpleNamespace):
    """What spyne knows of a type, where it costs nothing to look; None for what it does not know."""

    def __getattr__(self, name: str) -> None:
        return None


class _Protocol(Soap11):  # type: ignore[misc]
    """spyne's, remembering what it found out about a type: it asks some forty times an element.

    The schema decides of what type an element is; no message says otherwise (`xsi:type`).
    """

    def __init__(self, **options: Any) -> None:
        find_out = super().get_cls_attrs
        self.get_cls_attrs = cache(lambda kind: _Attributes(**dict(find_out(kind).items())))
        super().__init__(parse_xsi_type=False, **options)

    def set_app(self, app: Any) -> None:
        """Take the application, whose schema spyne makes here; the type of an element's own text it would leave out."""
        if app is not None:
            app.interface.deps[types.Meter].add(types.MeterValue)
        super().set_app(app)


class _Transport(ServerBase):  # type: ignore[misc]
    transport = TRANSPORT


class Call:
    """One request, read and waiting for its answer."""

    def __init__(self, context: Any, request: Any, protocol: Any) -> None:
        self._context = context
        self._request = request
        self._protocol = protocol

    def perform(self, handler: Handler) -> bytes:
        """Let the operation's method take the request to the handler, and return what that answers."""
        self._context.udc = handler
        return cast("bytes", self._context.descriptor.function(self._context, self._request))

    def write(self, answer: Any) -> bytes:
        """Return an answer, an instance of its wire type, as a fragment that leaves its prefix undeclared."""
        kind = self._context.descriptor.out_message
        parent = etree.Element("parent", nsmap={"tns": types.NAMESPACE})
        name = kind.Attributes.sub_name or kind.get_type_name()
        self._protocol.to_parent(self._context, kind, answer, parent, types.NAMESPACE, name)
        return etree.tostring(parent[0], encoding="UTF-8", xml_declaration=False).replace(_DECLARATION, b"", 1)


class Contract:
    """The application; its methods are for one thread at a time."""

    def __init__(self) -> None:
        self._protocol = _Protocol(validator="lxml")
        self._application = Application(
            [CommunicationServer],
            tns=types.NAMESPACE,
            name=NAME,
            in_protocol=self._protocol,
            out_protocol=_Protocol(),
        )
        self._transport = _Transport(self._application)
        methods = CommunicationServer.public_methods.values()
        self._descriptors = {f"{{{types.NAMESPACE}}}{method.in_message.get_type_name()}": method for method in methods}

    @property
    def interface(self) -> Any:
        """What spyne knows of the application, for the WSDL."""
        return self._application.interface

    def read(self, payload: etree._Element) -> Call:
        """Validate and read the content of a request.

        Raises:
            RefusalError: it is not a request of this contract.
        """
        context = MethodContext(self._transport, MethodContext.SERVER)
        context.in_body_doc = payload
        try:
            self._protocol.validate_body(context, Soap11.REQUEST)
            # What the schema has but is no request is a part of one.
            context.descriptor = self._descriptors.get(payload.tag)
            if context.descriptor is None:
                raise RefusalError(FaultCode.CLIENT, "there is no such operation")
            request = self._protocol.from_element(context, context.descriptor.in_message, payload)
        except Fault as fault:
            raise _refusal(fault) from None
        return Call(context, request, self._application.out_protocol)


def _refusal(fault: Fault) -> RefusalError:
    text = fault.faultstring
    reason = text.decode("ascii", "replace") if isinstance(text, bytes) else str(text)
    # libxml2 begins with where it found the error in a file there never was.
    return RefusalError(FaultCode.CLIENT, reason.rpartition("SCHEMAV_")[2][:LONGEST_REASON])
