"""Take the port for our own responder, and share a fleet's addresses among its processes."""

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from itertools import pairwise
from pathlib import Path

from esolutions_simulators.snmp.engine import Command, Office
from esolutions_simulators.snmp.fast.sockets import TELLS_DESTINATION, bound_to_all
from esolutions_simulators.snmp.fast.split import share_by_address
from esolutions_simulators.snmp.socket_ports import PortError, free_port, refuse_taken

__all__ = ["FastEngine"]

_MODULE = "esolutions_simulators.snmp.fast.process"


class FastEngine:
    """One process for all printers, or several for a range of addresses each."""

    def __init__(self, processes: int = 1) -> None:
        self._processes = processes
        self._files: list[int] = []
        self._sockets = ExitStack()
        self._port = 0

    def bind(self, office: Office, port: int) -> int:
        """Bind a socket for each process where the system tells what came to which address; else find a free port.

        Raises:
            PortError: the port is taken.
        """
        if not (TELLS_DESTINATION and self._bind_all(office.addresses, port)):
            self._port = port or free_port(office.addresses)
            refuse_taken(office.addresses, self._port)
        return self._port

    def _bind_all(self, addresses: Sequence[str], port: int) -> bool:
        """Bind the sockets, and tell whether the system can share datagrams among them."""
        beyond = [address for address in addresses if not address.startswith("127.")]
        # A socket for all addresses is bound whether or not they are this machine's.
        refuse_taken(beyond, 0)
        shares = _shares(addresses, self._processes)
        sockets = []
        try:
            for _ in shares:
                bound = bound_to_all(port, is_loopback_only=not beyond, is_shared=len(shares) > 1)
                sockets.append(self._sockets.enter_context(bound))
                port = bound.getsockname()[1]
        except OSError as error:
            # Which address it is, if it is one of ours: one of another program may be in the way as well.
            refuse_taken(addresses, port)
            raise PortError(f"cannot listen at port {port} of all addresses: {error.strerror}") from error
        try:
            share_by_address(sockets, [share[0] for share in shares])
        except OSError:
            # A socket for each address does without.
            self.let_go()
            return False
        self._port, self._files = port, [bound.fileno() for bound in sockets]
        return True

    def commands(self, office: Office, folder: Path) -> Iterator[Command]:
        """Yield a command for each process."""
        place = (str(office.directory.path.resolve()), office.directory.clock_path.name)
        first = 0
        for number, share in enumerate(_shares(office.addresses, self._processes)):
            inherited = tuple(self._files[number : number + 1])
            where: tuple[str, ...] = tuple(map(str, inherited))
            if not where:
                listed = folder / f"addresses-{number}"
                listed.write_text("\n".join(share), encoding="ascii")
                where = (str(self._port), str(listed))
            yield Command(_MODULE, (*place, *where), first, inherited)
            first += len(share)

    def let_go(self) -> None:
        """Close the sockets here: the responders have their own."""
        self._sockets.close()
        self._files = []


def _shares(addresses: Sequence[str], count: int) -> list[Sequence[str]]:
    """Return the addresses in so many parts, as even as can be and none of them empty."""
    count = min(count, len(addresses))
    ends = [len(addresses) * number // count for number in range(count + 1)] if count else [0]
    return [addresses[start:end] for start, end in pairwise(ends)]
