"""Say which exchanges a fault or a breakpoint meets: some operations, one proxy, every n-th, by chance, for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from datetime import datetime

__all__ = ["Occasions", "Tally"]


@dataclass(frozen=True, slots=True)
class Occasions:
    """Which exchanges are met; the default is all.

    Attributes:
        operations: names of the WSDL; none stands for all, those that cannot be read included.
        proxy_id: the GUID that the message names as its sender; None stands for all.
        every: of those, each n-th.
        probability: of those, by chance, from 0 to 1.
        seed: where the chance comes from.
        times: no more than so many; None has no end.
        until: not from that time of the testbed's clock on; None has no end.
    """

    operations: tuple[str, ...] = ()
    proxy_id: str | None = None
    every: int = 1
    probability: float = 1.0
    seed: int = 0
    times: int | None = None
    until: datetime | None = None

    def concern(self, operation: str | None, proxy_id: str | None) -> bool:
        """Whether an exchange is of the kind, whatever its number and the time."""
        is_of_operation = not self.operations or operation in self.operations
        return is_of_operation and (self.proxy_id is None or self.proxy_id == proxy_id)


@dataclass(frozen=True, slots=True)
class Tally:
    """How many exchanges of the kind came so far, and how many of them were met."""

    seen: int = 0
    met: int = 0

    def is_over(self, occasions: Occasions, now: datetime) -> bool:
        """Whether none will be met any more, at a time of the testbed's clock."""
        is_late = occasions.until is not None and now >= occasions.until
        return is_late or (occasions.times is not None and self.met >= occasions.times)

    def counted(self, occasions: Occasions, chance: random.Random) -> Tally:
        """Return the tally after one more exchange of the kind."""
        seen = self.seen + 1
        if seen % occasions.every:
            return Tally(seen, self.met)
        is_met = occasions.probability >= 1 or chance.random() < occasions.probability
        return Tally(seen, self.met + is_met)
