"""The memory world: everything in one process and one thread, as fast as the code itself.

The client, the server and the printers are the real ones. Only the sockets are
missing: the bytes of a request go to the server's WSGI application, and the
conversations with printers to the simulated agents.
"""

from __future__ import annotations

import hashlib
import io
from random import Random
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import UnreachableError
from esolutions_client.service.printers.printer_state import SnmpTimeouts
from esolutions_client.snmp.ports import always
from esolutions_client.wire.http.transport import HttpResponse
from esolutions_scenarios.faults.crash import Crash, CrashingDatabase, CrashPoint, SparedDatabase
from esolutions_scenarios.worlds.backup import back_up, lose, put_back
from esolutions_scenarios.worlds.lan import MemoryLan
from esolutions_server.reference import ReferenceServer
from esolutions_server.service.people.administration import Administration
from esolutions_server.store.engine.database import open_store
from esolutions_simulators.fleets.fleet import Fleet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_server.domain.policy import Policy

__all__ = ["MemoryWorld", "WsgiTransport", "digest_of"]


class MemoryWorld:
    """A world without sockets."""

    name = "memory"
    printer_port = 1161
    snmp_timeouts = SnmpTimeouts(timeout_seconds=0.0, retries=0)

    def __init__(self, folder: Path, *, start: datetime, seed: int, policy: Policy) -> None:
        self._now = start
        self._fleet = Fleet(())
        self._database = folder / "server.sqlite"
        self._rng = Random(f"server/{seed}")  # noqa: S311 - a simulation must be repeatable
        self._policy = policy
        self.server_crash_point = CrashPoint()
        self.server_restarts = 0
        # Digests of all that the server ever answered, and of its answers: what else a client takes for an answer is
        # forged, and what never arrived is no replay.
        self.requests: set[bytes] = set()
        self.responses: set[bytes] = set()
        self._errors: list[str] = []
        self._server = self._start_server()

    def now(self) -> datetime:
        """Return the virtual time."""
        return self._now

    @property
    def administration(self) -> Administration:
        """The server, as its operator works with it; a machine that may die does not die of that."""
        return self._administration

    def set_clock(self, at: datetime) -> None:
        """Set the virtual time."""
        self._now = at

    def show_fleet(self, fleet: Fleet) -> None:
        """Let the printers be as the fleet says."""
        self._fleet = fleet

    def snmp(self, may_send: Callable[[], bool] = always) -> SnmpPort:
        """Return a port to the printers, which asks before each request whether it may be sent."""
        return MemoryLan(lambda: self._fleet, self.now, may_send)

    def transport(self) -> WsgiTransport:
        """Return a port to the server."""
        return WsgiTransport(self._respond, self._note)

    def unforeseen_errors(self) -> list[str]:
        """Return the errors that the server met and did not foresee."""
        return [*self._errors, *map(repr, self._server.wsgi.errors)]

    def run_due_work(self) -> None:
        """Let the server do what its own clock says."""
        try:
            self._server.run_due_work()
        except Crash:
            self.restart_server()

    def restart_server(self, meanwhile: Callable[[Path], None] | None = None) -> None:
        """Let the server end as in a power cut, and start again from its database.

        Args:
            meanwhile: what happens to the database's file while it is not open.
        """
        self.server_restarts += 1
        self._errors = self.unforeseen_errors()
        self._server.close()
        if meanwhile is not None:
            meanwhile(self._database)
        self._server = self._start_server()

    def change_policy(self, policy: Policy) -> None:
        """Let the operator stop the server, and start it on other terms."""
        self._policy = policy
        self.restart_server()

    def back_up_server(self) -> Callable[[], None]:
        """Make a backup of the server's database; return what restores the server from it."""
        kept = back_up(self._database)
        return lambda: self.restart_server(lambda database: put_back(kept, database))

    def lose_server(self) -> None:
        """Let the server's database be lost, and the server start with an empty one."""
        self.restart_server(lose)

    def close(self) -> None:
        """Close the server's database."""
        self._server.close()

    def _note(self, request: bytes, response: bytes) -> None:
        self.requests.add(digest_of(request))
        self.responses.add(digest_of(response))

    def _respond(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        try:
            return self._server.wsgi(environ, start_response)
        except Crash:
            self.restart_server()
            raise UnreachableError("no answer: the server is gone") from None

    def _start_server(self) -> ReferenceServer:
        # No machine can lose power here, so nothing is gained by waiting for a disk.
        store = open_store(f"sqlite:///{self._database}", sqlite_synchronous="OFF")
        database = CrashingDatabase(store, self.server_crash_point)
        spared = SparedDatabase(store, self.server_crash_point)
        self._administration = Administration(spared, now=self.now, rng=self._rng, policy=self._policy)
        return ReferenceServer(database, now=self.now, rng=self._rng, policy=self._policy, allow_gzip=False)


class WsgiTransport:
    """Hands the bytes of a request to a WSGI application and takes the bytes of its answer."""

    def __init__(
        self, application: Callable[..., Any], on_response: Callable[[bytes, bytes], None] | None = None
    ) -> None:
        """Take an application, and what is to be called with each request that was answered, and its answer."""
        self._application = application
        self._on_response = on_response

    def post(self, body: bytes, *, operation: str) -> HttpResponse:
        """Answer one request."""
        status: list[str] = []
        environ = {
            "REQUEST_METHOD": "POST",
            "SCRIPT_NAME": "",
            "PATH_INFO": "/CommunicationServer",
            "QUERY_STRING": "",
            "SERVER_NAME": "localhost",
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "CONTENT_TYPE": "text/xml; charset=utf-8",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_SOAPACTION": f'"{operation}"',
            "HTTP_HOST": "localhost",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
        }
        date: list[str] = []

        def start(line: str, headers: list[tuple[str, str]], _error: object = None) -> None:
            status.append(line)
            date.extend(value for name, value in headers if name == "Date")

        chunks = self._application(environ, start)
        try:
            response = b"".join(chunks)
        finally:
            if hasattr(chunks, "close"):
                chunks.close()
        if self._on_response is not None:
            self._on_response(body, response)
        return HttpResponse(int(status[0].split()[0]), response, *date[:1])


def digest_of(body: bytes) -> bytes:
    """Return a short name of some bytes."""
    return hashlib.sha256(body).digest()
