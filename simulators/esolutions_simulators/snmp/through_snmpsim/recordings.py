"""Let snmpsim serve recordings as they are, an address each: its own reader of record files, and none of our agents."""

import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from esolutions_simulators.snmp.engine import Command, Office
from esolutions_simulators.snmp.ready import PRINTERS_PER_PROCESS
from esolutions_simulators.snmp.socket_ports import free_port, refuse_taken

__all__ = ["RecordingsEngine"]

_MODULE = "esolutions_simulators.snmp.through_snmpsim.recorded"
# snmpsim names a community by the file that holds what it may read.
_RECORD_FILE = "public.snmprec"


class RecordingsEngine:
    """snmpsim's own responder with a recording at each address of an office, in order."""

    def __init__(self, recordings: Sequence[Path]) -> None:
        self._recordings = tuple(recordings)
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
        """Yield a command for every few recordings, each copied to where snmpsim looks for it."""
        pairs = list(zip(office.addresses, self._recordings, strict=True))
        for first in range(0, len(pairs), PRINTERS_PER_PROCESS):
            own = folder / f"recordings-{first}"
            mine = pairs[first : first + PRINTERS_PER_PROCESS]
            for number, (_, recording) in enumerate(mine):
                (own / str(number)).mkdir(parents=True)
                shutil.copyfile(recording, own / str(number) / _RECORD_FILE)
            served = (f"{address}:{self._port}" for address, _ in mine)
            yield Command(_MODULE, (str(own), *served), first)

    def let_go(self) -> None:
        """Close nothing: the responders bind for themselves."""
