"""A testbed as a program sees it that talks to its admin API."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Self

from esolutions_server.client.interference import BreakpointControl, FaultControl
from esolutions_server.client.journal import JournalClient
from esolutions_server.client.state import StateControl
from esolutions_server.client.transport import AdminTransport, quoted
from esolutions_server.domain.verification import Miss, Verdict, document_of

if TYPE_CHECKING:
    from types import TracebackType

    from esolutions_server.domain.verification import Expectation

__all__ = ["ClockReading", "TestbedClient"]


@dataclass(frozen=True, slots=True)
class ClockReading:
    """What the clock of a testbed shows; `mode` is real, running or frozen, `speed` how much faster than real time."""

    now: datetime
    mode: str
    speed: float


class TestbedClient:
    """One namespace of a testbed.

    Attributes:
        faults: what goes wrong with messages on their way.
        breakpoints: where messages are held on their way.
        journal: every exchange that it saw.
        state: what its server knows.

    Raises, in every method:
        TestbedUnreachableError: no testbed answers.
        TestbedRefusedError: it said no, and why.
    """

    # pytest takes classes of this name for tests.
    __test__ = False

    def __init__(self, url: str, token: str, namespace: str = "") -> None:
        """Take the address of an admin API; nothing is asked yet.

        Args:
            url: what `serve` prints as `admin_url`.
            token: what it prints as `admin_token`.
            namespace: which one to ask about; the empty name is the default.
        """
        self._begin(AdminTransport(url, token, namespace))

    def _begin(self, transport: AdminTransport) -> None:
        self._transport = transport
        self.faults = FaultControl(transport)
        self.breakpoints = BreakpointControl(transport)
        self.journal = JournalClient(transport)
        self.state = StateControl(transport)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connections."""
        self._transport.close()

    # The clock

    def clock(self) -> ClockReading:
        """Read the clock."""
        return _clock(self._transport.ask("GET", "clock"))

    def freeze(self, now: datetime | None = None) -> ClockReading:
        """Stop the clock, at a given time or where it is."""
        return self._change_clock(mode="frozen", now=now)

    def set_clock(self, now: datetime) -> ClockReading:
        """Let the clock show a given time; what falls due before it happens in order."""
        return self._change_clock(now=now)

    def run_clock(self, speed: float = 1.0) -> ClockReading:
        """Let the clock go on, so many times as fast as real time."""
        return self._change_clock(mode="running", speed=speed)

    def let_clock_go(self) -> ClockReading:
        """Let the clock show the real time."""
        return self._change_clock(mode="real")

    def advance(self, span: timedelta) -> ClockReading:
        """Let a span of whole seconds pass at once; what falls due on the way happens in order."""
        return _clock(self._transport.ask("POST", "clock/advance", {"seconds": int(span.total_seconds())}))

    # Namespaces

    def namespaces(self) -> dict[str, str]:
        """Return the URL of the SOAP service of each namespace but the default one, by name."""
        return {row["name"]: row["url"] for row in self._transport.ask("GET", "namespaces")}

    def make_namespace(self, name: str) -> tuple[str, TestbedClient]:
        """Make a namespace, or take the one that is there; return the URL of its SOAP service, and its client."""
        made = self._transport.ask("PUT", f"namespaces/{quoted(name)}")
        return str(made["url"]), self._in_namespace(name)

    def remove_namespace(self, name: str) -> None:
        """Remove a namespace with all that is in it."""
        self._transport.ask("DELETE", f"namespaces/{quoted(name)}")

    # Everything at once

    def take_snapshot(self, name: str) -> None:
        """Keep everything under a name, with what the clock shows, in the place of what was kept under it before."""
        self._transport.ask("PUT", f"snapshots/{quoted(name)}")

    def snapshots(self) -> dict[str, int]:
        """Return the size in bytes of each snapshot, by name."""
        return {row["name"]: row["size_bytes"] for row in self._transport.ask("GET", "snapshots")}

    def restore(self, snapshot: str) -> None:
        """Go back to a snapshot; the clock shows what it showed then."""
        self._transport.ask("POST", f"snapshots/{quoted(snapshot)}/restore")

    def remove_snapshot(self, name: str) -> None:
        """Remove a snapshot."""
        self._transport.ask("DELETE", f"snapshots/{quoted(name)}")

    def fork(self, name: str, snapshot: str | None = None) -> tuple[str, TestbedClient]:
        """Make a namespace that begins where this one is, or was when a snapshot was taken.

        Return the URL of its SOAP service, and its client.
        """
        wanted = {"name": name} if snapshot is None else {"name": name, "snapshot": snapshot}
        made = self._transport.ask("POST", "forks", wanted)
        return str(made["url"]), self._in_namespace(name)

    def reset(self) -> None:
        """Begin anew: an empty database, no faults, the real time, GUIDs from the seed. Snapshots stay."""
        self._transport.ask("POST", "reset")

    def _in_namespace(self, name: str) -> TestbedClient:
        client = TestbedClient.__new__(TestbedClient)
        client._begin(self._transport.in_namespace(name))  # noqa: SLF001 - its own class
        return client

    # Verification

    def verify(self, *expectations: Expectation, since: datetime | None = None) -> list[Verdict]:
        """Judge by expectations what the server saw, from the beginning or since a time of its clock."""
        question: dict[str, Any] = {"expectations": [document_of(expectation) for expectation in expectations]}
        if since is not None:
            question["since"] = since.isoformat()
        answer = self._transport.ask("POST", "verification", question)
        return [_verdict(document) for document in answer["verdicts"]]

    def _change_clock(
        self, *, mode: str | None = None, now: datetime | None = None, speed: float | None = None
    ) -> ClockReading:
        named = {"mode": mode, "now": None if now is None else now.isoformat(), "speed": speed}
        change = {name: value for name, value in named.items() if value is not None}
        return _clock(self._transport.ask("PATCH", "clock", change))


def _clock(document: dict[str, Any]) -> ClockReading:
    return ClockReading(datetime.fromisoformat(document["now"]), document["mode"], document["speed"])


def _verdict(document: dict[str, Any]) -> Verdict:
    misses = tuple(Miss(**{**miss, "exchanges": tuple(miss["exchanges"])}) for miss in document["misses"])
    return Verdict(document["expectation"], misses, tuple(document["pending"]))
