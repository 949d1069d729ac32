"""What carries a conversation to a printer.

A port runs many conversations side by side and hands back results as they come. It lets no foreign error through:
whatever goes wrong with one printer becomes an `SnmpError` for that printer and leaves the others alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

from esolutions_client.snmp.errors import SnmpError, UnusableReplyError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esolutions_client.snmp.pdus import Conversation

__all__ = ["VERSIONS", "SnmpPort", "Target", "always", "refuse_version"]

VERSIONS = ("1", "2c")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a printer's agent listens and how it wants to be asked; `community` is a secret and not shown.

    `device_index` is the printer's hrDeviceIndex where several answer there; a port does not look at it.
    """

    host: str
    port: int = 161
    version: str = "2c"
    community: str = field(default="public", repr=False)
    timeout_seconds: float = 2.0
    retries: int = 1
    device_index: int | None = None


class SnmpPort(Protocol):
    """Runs conversations with agents."""

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations concurrently; yield (index of the task, result or error) in batches as they finish.

        Every task is answered exactly once. A silent printer delays only itself.

        Raises:
            TurnedOffError: communication was turned off meanwhile, where the port was told how to know.
        """
        ...


def always() -> bool:
    """Say that communication is on: what a port asks that was given no switch."""
    return True


def refuse_version(target: Target) -> None:
    """Refuse a target before a packet is sent.

    Raises:
        UnusableReplyError: its version is not one that is spoken.
    """
    if target.version not in VERSIONS:
        raise UnusableReplyError(f"{target.host}: SNMP version {target.version} is not supported; use 1 or 2c")
