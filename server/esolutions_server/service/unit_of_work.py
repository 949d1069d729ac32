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
    """One transaction: its connection, its moment (whole seconds, as the wire has it), and the server's terms."""

    connection: Connection
    now: datetime
    rng: random.Random
    policy: Policy

    def new_id(self) -> str:
        """Return a fresh GUID."""
        return str(UUID(int=self.rng.getrandbits(128), version=4))
