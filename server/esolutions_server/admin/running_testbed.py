"""A testbed on sockets: its SOAP listener, and the admin listener on loopback."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from esolutions_server.admin.access import API, Access
from esolutions_server.admin.listener import AdminListener
from esolutions_server.admin.session import PAGE
from esolutions_server.http.serving import RunningServer

if TYPE_CHECKING:
    from types import TracebackType

    from esolutions_server.testbed.instrument import Instrument

__all__ = ["RunningTestbed"]

# Requests to the admin listener, some of which wait; streams have threads of their own.
ADMIN_THREADS = 32


class RunningTestbed:
    """A testbed, from entering to leaving the context.

    Attributes:
        listener: where the SOAP services are.
        admin_url: where the admin API is.
        admin_token: who bears it may use that; drawn for this run.
    """

    def __init__(
        self, instrument: Instrument, listener: RunningServer, *, admin_port: int = 0, is_strict: bool = False
    ) -> None:
        """Prepare a testbed; nothing is opened yet.

        Args:
            instrument: what is served.
            listener: serves its SOAP.
            admin_port: the admin listener's port on 127.0.0.1; 0 takes a free one.
            is_strict: raise what the admin API had not foreseen where the context ends.
        """
        self.listener = listener
        self.admin_token = ""
        self._instrument = instrument
        self._admin_port = admin_port
        self._is_strict = is_strict
        self._admin: RunningServer | None = None
        self._opened = ExitStack()

    @property
    def admin_url(self) -> str:
        """Where the admin API is."""
        return "" if self._admin is None else self._admin.url

    @property
    def page_url(self) -> str:
        """Where the live page is, with the token that opens it."""
        return f"{self.admin_url.removesuffix(API)}{PAGE}?token={self.admin_token}"

    def __enter__(self) -> Self:
        access = Access.drawn()
        self.admin_token = access.token
        with ExitStack() as opened:
            opened.enter_context(self.listener)
            self._admin = RunningServer(
                AdminListener(self._instrument, access),
                path=API,
                port=self._admin_port,
                tls="off",
                threads=ADMIN_THREADS,
                is_strict=self._is_strict,
            )
            opened.enter_context(self._admin)
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # First: callers whose messages are held get their answers while there is a listener.
        self._instrument.let_go_of_callers()
        self._opened.__exit__(kind, error, trace)
