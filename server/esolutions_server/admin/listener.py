"""What stands behind the admin listener's socket: the API, which is loaded when it is asked first."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from esolutions_server.admin.access import Access
    from esolutions_server.testbed.instrument import Instrument

__all__ = ["AdminListener"]

ERRORS_KEPT = 20


class AdminListener:
    """The admin API as a WSGI application. Flask takes half a second to load: a testbed that is not asked does without.

    Attributes:
        public_url: where it is, once that is known.
        errors: the newest unforeseen errors; each was logged and answered with status 500.
    """

    def __init__(self, instrument: Instrument, access: Access, hosts: frozenset[str] = frozenset()) -> None:
        """Put the API before a testbed.

        Args:
            instrument: the testbed.
            access: who may.
            hosts: names by which the listener is reached besides loopback's own.
        """
        self.public_url = ""
        self.errors: deque[BaseException] = deque(maxlen=ERRORS_KEPT)
        self._instrument = instrument
        self._access = access
        self._hosts = hosts
        self._lock = threading.Lock()
        self._application: Callable[[Any, Any], Iterable[bytes]] | None = None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse, /) -> Iterable[bytes]:
        """Answer one HTTP request whose body is here whole (PEP 3333)."""
        return self._loaded()(environ, start_response)

    def _loaded(self) -> Callable[[Any, Any], Iterable[bytes]]:
        with self._lock:
            if self._application is None:
                from esolutions_server.admin.application import open_application

                self._application = open_application(self._instrument, self._access, self._hosts, self.errors.append)
            return self._application
