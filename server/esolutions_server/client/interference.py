"""Faults and breakpoints of a testbed as a program sees them that talks to its admin API."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from esolutions_server.testbed.faults.documents import document_of, fault_of

if TYPE_CHECKING:
    from esolutions_server.client.transport import AdminTransport
    from esolutions_server.testbed.faults.kinds import Fault

__all__ = ["BreakpointControl", "BreakpointReport", "FaultControl", "FaultReport", "Held", "Meeting"]

Stage = Literal["request", "answer"]
# What both reports have; the rest of a fault's document is the fault.
_COUNTED = ("number", "operations", "proxy_id", "every", "probability", "seed", "times", "until", "seen", "met")


@dataclass(frozen=True, slots=True)
class Meeting:
    """Which exchanges a fault or a breakpoint meets; the default is all.

    Attributes:
        operations: names of the WSDL; none stands for all.
        proxy_id: whom the message names as its sender; None stands for all.
        every: of those, each n-th.
        probability: of those, by chance.
        seed: where the chance comes from.
        times: it ends after so many; None has no end.
        lasting: it ends when the testbed's clock has gone on by so much, in whole seconds; None has no end.
    """

    operations: tuple[str, ...] = ()
    proxy_id: str | None = None
    every: int = 1
    probability: float = 1.0
    seed: int = 0
    times: int | None = None
    lasting: timedelta | None = None

    def to_document(self) -> dict[str, Any]:
        """Return what the admin API takes."""
        document = {name: value for name, value in asdict(self).items() if value is not None and name != "lasting"}
        if self.lasting is not None:
            document["lasting_seconds"] = int(self.lasting.total_seconds())
        return document | {"operations": list(self.operations)}


_ALL = Meeting()


@dataclass(frozen=True, slots=True)
class FaultReport:
    """A fault that is laid: so many exchanges of the kind were `seen`, and so many of them `met` it."""

    number: int
    fault: Fault
    until: datetime | None
    seen: int
    met: int
    document: dict[str, Any]


@dataclass(frozen=True, slots=True)
class BreakpointReport:
    """A breakpoint that is set; what it holds goes on by itself after so many real seconds."""

    number: int
    stage: Stage
    seconds: float
    until: datetime | None
    seen: int
    met: int


@dataclass(frozen=True, slots=True)
class Held:
    """An exchange that is held; secrets in its document are masked."""

    number: int
    breakpoint: int
    stage: Stage
    operation: str | None
    proxy_id: str | None
    held_at: datetime
    size_bytes: int
    document: str


class FaultControl:
    """What goes wrong with messages on their way to a testbed."""

    def __init__(self, transport: AdminTransport) -> None:
        self._transport = transport

    def lay(self, fault: Fault, meeting: Meeting = _ALL) -> FaultReport:
        """Lay a fault on the way: the exchanges that meet it go wrong."""
        return _fault(self._transport.ask("POST", "faults", document_of(fault) | meeting.to_document()))

    def every(self) -> list[FaultReport]:
        """Return the faults that have not ended."""
        return [_fault(document) for document in self._transport.ask("GET", "faults")]

    def lift(self, number: int) -> None:
        """Take a fault away."""
        self._transport.ask("DELETE", f"faults/{number}")

    def clear(self) -> None:
        """Take all faults away."""
        self._transport.ask("DELETE", "faults")


class BreakpointControl:
    """Where messages are held on their way to a testbed, and what is held."""

    def __init__(self, transport: AdminTransport) -> None:
        self._transport = transport

    def add(self, stage: Stage, meeting: Meeting = _ALL, *, seconds: float | None = None) -> BreakpointReport:
        """Hold exchanges before the server has the request, or before the answer leaves.

        Args:
            stage: `request` or `answer`.
            meeting: which ones.
            seconds: real ones after which each goes on by itself; None takes the testbed's default, a minute.
        """
        wanted = {"stage": stage, **meeting.to_document()} | ({} if seconds is None else {"seconds": seconds})
        return _breakpoint(self._transport.ask("POST", "breakpoints", wanted))

    def every(self) -> list[BreakpointReport]:
        """Return the breakpoints that have not ended."""
        return [_breakpoint(document) for document in self._transport.ask("GET", "breakpoints")]

    def remove(self, number: int) -> None:
        """Remove a breakpoint, and let go what it holds."""
        self._transport.ask("DELETE", f"breakpoints/{number}")

    def clear(self) -> None:
        """Remove all breakpoints, and let go what they hold."""
        self._transport.ask("DELETE", "breakpoints")

    def held(self) -> list[Held]:
        """Return the exchanges that are held, the one that has waited longest first."""
        return [_held(document) for document in self._transport.ask("GET", "held")]

    def look_at(self, number: int) -> Held:
        """Return an exchange that is held."""
        return _held(self._transport.ask("GET", f"held/{number}"))

    def alter(self, number: int, old: str, new: str) -> Held:
        """Replace the first `old` in what is held."""
        return _held(self._transport.ask("PATCH", f"held/{number}", {"old": old, "new": new}))

    def replace(self, number: int, document: str) -> Held:
        """Let another document go on in the place of the one that is held."""
        return _held(self._transport.ask("PATCH", f"held/{number}", {"document": document}))

    def let_go(self, number: int) -> None:
        """Let an exchange go on as it stands now."""
        self._transport.ask("DELETE", f"held/{number}")


def _time_of(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _fault(document: dict[str, Any]) -> FaultReport:
    parameters = {name: value for name, value in document.items() if name not in {*_COUNTED, "kind"}}
    fault = fault_of(document["kind"], parameters)
    until = _time_of(document["until"])
    return FaultReport(document["number"], fault, until, document["seen"], document["met"], document)


def _breakpoint(document: dict[str, Any]) -> BreakpointReport:
    names = ("number", "stage", "seconds", "seen", "met")
    return BreakpointReport(**{name: document[name] for name in names}, until=_time_of(document["until"]))


def _held(document: dict[str, Any]) -> Held:
    return Held(**document | {"held_at": datetime.fromisoformat(document["held_at"])})
