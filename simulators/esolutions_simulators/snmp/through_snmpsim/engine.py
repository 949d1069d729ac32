"""Take the port for snmpsim, and start a process of it for every few printers."""

import json
from collections.abc import Iterator
from pathlib import Path

from esolutions_simulators.snmp.engine import Command, Office
from esolutions_simulators.snmp.ready import PRINTERS_PER_PROCESS
from esolutions_simulators.snmp.socket_ports import free_port, refuse_taken

__all__ = ["SnmpsimEngine"]

_MODULE = "esolutions_simulators.snmp.through_snmpsim.responder"


class SnmpsimEngine:
    """snmpsim's own responder, with our agents in the place of its record files."""

    def __init__(self) -> None:
        self._port = 0

    def bind(self, office: Office, port: int) -> int:
        """Find a port that is free at every address; the responders bind it.

        Raises:
            PortError: it is taken.
        """
        self._port = port or free_port(office.addresses)
        refuse_taken(office.addresses, self._port)
        return self._port

    def commands(self, office: Office, folder: Path) -> Iterator[Command]:
        """Yield a command for every few printers."""
        plan = folder / "plan.json"
        described = {
            "directory": str(office.directory.path.resolve()),
            "clock": office.directory.clock_path.name,
            "addresses": office.addresses,
            "port": self._port,
            "communities": office.communities,
        }
        plan.write_text(json.dumps(described), encoding="utf-8")
        for first in range(0, len(office.addresses), PRINTERS_PER_PROCESS):
            own = folder / f"snmpsim-{first}"
            own.mkdir()
            # snmpsim wants a record file; our controller takes the place of what is in it.
            (own / "any.snmprec").write_text("1.3.6|:esolutions|\n", encoding="utf-8")
            yield Command(_MODULE, (str(plan), str(first), str(own)), first)

    def let_go(self) -> None:
        """Close nothing: the responders bind for themselves."""
