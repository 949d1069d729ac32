"""What a piece of the server's work has at hand inside one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    import random
    from datetime import datetime

    from sqlalchemy.engine import Connection

    from esolutions_server.domain.policy import Policy

__all__ = ["UnitOfWork"]


@dataclass(frozen=True, slots=True)
class UnitOfWork:
    """One transaction: its connection, its time (whole seconds, as the wire has it), and the server's terms."""

    connection: Connection
    now: datetime
    rng: random.Random
    policy: Policy

    @property
    def latest(self) -> datetime:
        """The latest time that a clock can show by which messages are still taken."""
        return self.now + self.policy.freshness

    def new_id(self) -> str:
        """Return a fresh GUID."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))
