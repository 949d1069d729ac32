"""Run snmpsim's responder without the doors and the gaps it comes with: what both ways of using it share.

Nothing here decides what an endpoint answers.
"""

import os
import socket
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pysnmp.carrier.asyncio.dgram import udp
from pysnmp.entity import config
from snmpsim import controller, endpoints
from snmpsim.commands import responder

from esolutions_simulators.console.output import say_beside
from esolutions_simulators.snmp.ready import say_ready

__all__ = ["MakeTransport", "host"]

_INDEX = "index"
_VERSION_3 = 3
# Makes what hears datagrams at an endpoint.
MakeTransport = Callable[[str], Any]


def host(arguments: Sequence[str], folder: Path, make_transport: MakeTransport = lambda _: udp.UdpTransport()) -> int:
    """Run snmpsim with these arguments of its own, and ``folder`` for its files; return its exit code when it ends.

    The folder holds no modules of variation: what a recording says is a value, never a program.
    """
    _close_doors()
    endpoints.IPv4TransportEndpoints = partial(_Endpoints, make_transport)
    responder.context.SnmpContext = _Context
    responder.AsyncioDispatcher = _Dispatcher
    sys.argv[1:] = [
        *("--quiet", "--log-level", "error", "--cache-dir", str(folder / "cache")),
        *("--variation-modules-dir", str(folder), *_own_user(), *arguments),
    ]
    code: int = responder.main()
    return code


class _Endpoints(endpoints.IPv4TransportEndpoints):  # type: ignore[misc]  # snmpsim has no types
    """Binds at once, where snmpsim leaves it to the loop and goes on without those that fail."""

    def __init__(self, make_transport: MakeTransport) -> None:
        super().__init__()
        self._make_transport = make_transport

    def _addEndpoint(self, addr: str) -> Any:  # noqa: N802 -- snmpsim's name
        host, _, port = addr.rpartition(":")
        bound = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        bound.bind((host, int(port)))
        bound.setblocking(False)  # noqa: FBT003 -- the socket's own way to say it
        return self._make_transport(addr).open_server_mode(sock=bound), addr


class _Context(responder.context.SnmpContext):  # type: ignore[misc]
    """Knows printers alone: snmpsim would list its record files to a request in the context "index"."""

    def register_context_name(self, name: Any, instrum: Any = None) -> None:
        if not isinstance(instrum, controller.DataIndexInstrumController):
            super().register_context_name(name, instrum)


class _Dispatcher(responder.AsyncioDispatcher):  # type: ignore[misc]
    """Says when it runs, and tells of datagrams that nothing can be made of in a line each kind."""

    def run_dispatcher(self, timeout: float = 0.0) -> None:
        self._told: set[str] = set()
        self.loop.set_exception_handler(lambda _, problem: self._tell(problem))
        self.loop.call_soon(say_ready)
        super().run_dispatcher(timeout)

    def _tell(self, problem: dict[str, Any]) -> None:
        error = problem.get("exception")
        kind = type(error).__name__
        if kind not in self._told:
            self._told.add(kind)
            # pysnmp's messages hold whole tracebacks, in several lines or one.
            text = " ".join(str(error or problem.get("message")).split())
            say_beside(f"a datagram was dropped: {kind}: {text[-200:]}")


def _close_doors() -> None:
    """Leave out the users and the community that every snmpsim has."""
    add_v1_system = config.add_v1_system

    def add_community(engine: Any, index: Any, community: Any, **rest: Any) -> None:
        # pysnmp's version 3 is not heard: a printer that is off would still tell its engine's id.
        engine.message_processing_subsystems.pop(_VERSION_3, None)
        if index != _INDEX:
            add_v1_system(engine, index, community, **rest)

    config.add_v1_system = add_community
    config.add_v3_user = lambda *_: None


def _own_user() -> list[str]:
    """Return what makes snmpsim content to run as root: it asks for a user to change to."""
    if not hasattr(os, "getuid") or os.getuid() != 0:
        return []
    import grp
    import pwd

    # Another user could not read the fleet nor, often, the Python it runs on; loopback needs no protection.
    user, group = pwd.getpwuid(0).pw_name, grp.getgrgid(0).gr_name
    return ["--process-user", user, "--process-group", group]
