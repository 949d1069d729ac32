"""Name what can happen to a printer, as data that another process can read.

An incident is a time, a kind and its arguments. What it does to the
printer is in esolutions_simulators.life.history.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

__all__ = ["KINDS", "Incident", "IncidentError"]

# Each kind with the arguments it must have and those it may have.
KINDS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    "power_off": (frozenset(), frozenset()),
    "power_on": (frozenset(), frozenset()),
    "fall_asleep": (frozenset(), frozenset()),
    "wake_up": (frozenset(), frozenset()),
    "replace": (frozenset({"serial", "seed"}), frozenset({"model"})),
    "swap_controller": (frozenset(), frozenset({"total"})),
    "jump": (frozenset({"total"}), frozenset()),
    "change_community": (frozenset({"community"}), frozenset()),
    "move": (frozenset({"address"}), frozenset()),
    "show_serial": (frozenset(), frozenset({"serial"})),
}


class IncidentError(ValueError):
    """An incident that cannot happen."""


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that happened to a printer at a time."""

    at: datetime
    kind: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise IncidentError(f"{self.kind}: the moment must be aware")
        if self.kind not in KINDS:
            raise IncidentError(f"no incident {self.kind!r}; there are {', '.join(sorted(KINDS))}")
        needed, allowed = KINDS[self.kind]
        given = set(self.args)
        if not needed <= given <= needed | allowed:
            raise IncidentError(
                f"{self.kind} takes {sorted(needed)} and may take {sorted(allowed)}, not {sorted(given)}"
            )

    def to_json(self) -> dict[str, Any]:
        """Return plain data that from_json understands."""
        return {"at": self.at.astimezone(UTC).isoformat(), "kind": self.kind, "args": dict(self.args)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "Incident":
        """Return the incident that ``data`` describes.

        Raises:
            IncidentError: it describes none.
        """
        try:
            return cls(datetime.fromisoformat(data["at"]), data["kind"], dict(data.get("args", {})))
        except (KeyError, TypeError) as error:
            raise IncidentError(f"not an incident: {error!r}") from error
