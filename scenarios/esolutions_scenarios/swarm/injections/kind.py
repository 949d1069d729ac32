"""What a kind of mishap is: how often it comes, how long it lasts, how it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

from esolutions_scenarios.faults.ending import Ending

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.office import Office

__all__ = ["Beginning", "Ending", "Kind"]

# A mishap begins at an office, with particulars of its own draw; it returns what undoes it, or None where nothing can.
Beginning = Callable[["Office", Random], Ending | None]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of mishap.

    `share` weighs it against the others, `longest_hours` is the longest it lasts (0: it is sudden),
    `needs_machine` says that it cannot begin while the customer's machine is off.
    """

    begin: Beginning
    share: int
    longest_hours: float = 0.0
    needs_machine: bool = True
