"""A bare spyne service that takes a sync and answers with an empty one: the least that spyne can do with these bytes.

No WS-Security, no database, no journal: it is what the server is measured against.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

# The server's types bring spyne in on every Python; spyne itself is imported after them.
from esolutions_server.soap.contract import types

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["echo_application"]


def echo_application() -> Callable[..., Any]:
    """Return the WSGI application of the echo."""
    from spyne import Application, ServiceBase, rpc
    from spyne.protocol.soap import Soap11
    from spyne.server.wsgi import WsgiApplication

    class Echo(ServiceBase):  # type: ignore[misc]  # spyne has no types
        @rpc(
            types.SyncProxy,
            _returns=types.SyncProxyResponse,
            _body_style="bare",
            _operation_name="SyncProxy",
            _out_message_name="SyncProxyResponse",
        )  # type: ignore[untyped-decorator]
        def sync(ctx: Any, request: Any) -> Any:  # noqa: N805 - spyne passes its context
            return types.SyncProxyResponse(
                ReceiptId=request.MessageId, InReplyTo=request.MessageId, IssuedAt=request.ComposedAt
            )

    protocol = Soap11(validator="lxml")
    return WsgiApplication(Application([Echo], types.NAMESPACE, in_protocol=protocol, out_protocol=Soap11()))  # type: ignore[no-any-return]
