"""What carries a conversation to a printer.

A port runs many conversations side by side and hands back results as they come. It lets no foreign error through:
whatever goes wrong with one printer becomes an `SnmpError` for that printer and leaves the others alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esolutions_client.snmp.errors import SnmpError
    from esolutions_client.snmp.requests import Conversation

__all__ = ["SnmpPort", "Target"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a printer's agent listens and how it wants to be asked; `community` is a secret and not shown."""

    host: str
    port: int = 161
    version: str = "2c"
    community: str = field(default="public", repr=False)
    timeout_seconds: float = 2.0
    retries: int = 1


class SnmpPort(Protocol):
    """Runs conversations with agents."""

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations concurrently; yield (index of the task, result or error) in batches as they finish.

        Every task is answered exactly once. A silent printer delays nobody but itself.
        """
        ...
