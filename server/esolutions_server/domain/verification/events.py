"""What happened between a server and its clients, as verification sees it: messages, and the commands in answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["Event", "Matcher", "spelled_time"]


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, in the order of `at`.

    Attributes:
        name: the operation of a message (`SyncProxy`), or the action of a command (`TurnOn`, `Report`).
        at: when, by the server's clock, aware UTC.
        proxy_id: with which client; None for a stranger.
        serials: which devices it is about, as far as that is known.
        outcome: of a message as in the journal (`receipt`, `repeated`, a fault's code); of a command `sent`.
        number: of the exchange in the journal.
    """

    name: str
    at: datetime
    proxy_id: str | None = None
    serials: frozenset[str] = field(default_factory=frozenset)
    outcome: str = "receipt"
    number: int = 0

    def __str__(self) -> str:
        """Name it for people: what, when, which exchange."""
        outcome = "" if self.outcome in {"receipt", "sent"} else f" ({self.outcome})"
        return f"{self.name}{outcome} at {spelled_time(self.at)}, exchange {self.number}"


# Messages that a server took, and its own commands; a repetition of what it had taken is no second one.
_TAKEN = frozenset({"receipt", "sent"})


@dataclass(frozen=True, slots=True)
class Matcher:
    """Which events are meant.

    Attributes:
        name: an operation or an action.
        proxy_id: of one client; None of any.
        serial: about one device; None about any.
        outcome: with this one; None for those that the server took, `any` for all.
    """

    name: str
    proxy_id: str | None = None
    serial: str | None = None
    outcome: str | None = None

    def matches(self, event: Event) -> bool:
        """Whether an event is meant."""
        return (
            event.name == self.name
            and (self.proxy_id is None or event.proxy_id == self.proxy_id)
            and (self.serial is None or self.serial in event.serials)
            and self._has_outcome(event)
        )

    def _has_outcome(self, event: Event) -> bool:
        if self.outcome is None:
            return event.outcome in _TAKEN
        return self.outcome in {"any", event.outcome}

    def __str__(self) -> str:
        """Name what is meant for people."""
        parts = [self.name]
        parts += [f"of client {self.proxy_id}"] if self.proxy_id else []
        parts += [f"about {self.serial}"] if self.serial else []
        parts += [f"with the outcome {self.outcome}"] if self.outcome not in {None, "any"} else []
        return " ".join(parts)


def spelled_time(at: datetime) -> str:
    """Return a time as the wire spells it."""
    return f"{at.isoformat()[:19]}Z"
