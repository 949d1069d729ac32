"""Find a UDP port that is free at every address of a fleet."""

import socket
from collections.abc import Sequence
from contextlib import ExitStack

__all__ = ["PortError", "free_port", "refuse_taken"]

_MOST_TRIES = 50


class PortError(OSError):
    """No port can be had."""


def _bind_all(addresses: Sequence[str], port: int) -> int:
    """Bind ``port`` at every address for a moment and return it; 0 lets the first address choose."""
    with ExitStack() as sockets:
        for address in addresses:
            trial = sockets.enter_context(socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
            try:
                trial.bind((address, port))
            except OSError as error:
                raise PortError(f"cannot listen at {address}:{port}: {error.strerror}") from error
            port = trial.getsockname()[1]
    return port


def free_port(addresses: Sequence[str]) -> int:
    """Return a port that is free at every one of ``addresses``.

    Raises:
        PortError: none was found.
    """
    for _ in range(_MOST_TRIES):
        try:
            return _bind_all(addresses, 0)
        except PortError as error:
            last = error
    raise PortError(f"no port is free at all of {len(addresses)} addresses: {last}")


def refuse_taken(addresses: Sequence[str], port: int) -> None:
    """Raise if ``port`` is taken at one of ``addresses``; with port 0, if one is not of this machine.

    Raises:
        PortError: naming the address.
    """
    for address in addresses:
        # One after the other: there may be more of them than files that can be open.
        _bind_all([address], port)
