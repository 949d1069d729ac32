"""Finding the printers among many addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.snmp.errors import SilentError, UnusableReplyError
from esolutions_client.snmp.pdus import GetBulk, run
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.rows.identify import Identified
from esolutions_client.snmp.search.discovery import Found, Sign, discover, probe
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from types import SimpleNamespace

    from esolutions_client.snmp.pdus import Conversation, Reply, Request, Value

ROUTER: dict[str, Value] = {
    "1.3.6.1.2.1.1.1.0": b"router",
    "1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.9.1",
    "1.3.6.1.2.1.4.1.0": 1,
}


class Site:
    """A port behind which each host is the agent named here, and every other address is silent."""

    def __init__(self, agents: dict[str, Callable[[Request], Reply]]) -> None:
        self._agents = agents
        self.asked: list[str] = []

    def converse(self, tasks: Sequence[tuple[Target, Conversation[Any]]]) -> Iterator[list[tuple[int, Any]]]:
        """Run each conversation in turn."""
        for index, (target, conversation) in enumerate(tasks):
            self.asked.append(target.host)
            try:
                yield [(index, run(conversation, self._agents.get(target.host, _silence)))]
            except (SilentError, UnusableReplyError) as error:
                yield [(index, error)]


def _silence(_: Request) -> Reply:
    raise SilentError("nobody")


def _unusable(agent: Callable[[Request], Reply]) -> Callable[[Request], Reply]:
    def answer(request: Request) -> Reply:
        if not isinstance(request, GetBulk):
            return agent(request)
        values: list[Value] = [1, 2]
        return values

    return answer


@pytest.fixture
def site(xerox: dict[str, Value], agents: SimpleNamespace) -> Site:
    """A printer, a router, a printer that cannot be read, and silence everywhere else."""
    printer = agents.obliging(xerox)
    return Site({"192.0.2.1": printer, "192.0.2.2": agents.obliging(ROUTER), "192.0.2.3": _unusable(printer)})


@pytest.fixture
def targets() -> list[Target]:
    """Five addresses."""
    return [Target(f"192.0.2.{last}") for last in range(1, 6)]


def test_only_printers_are_found(site: Site, targets: list[Target], now: Callable[[], datetime]) -> None:
    """A router is passed over; a printer that answers but cannot be read is found with its error."""
    found = {printer.target.host: printer.outcome for printer in discover(site, targets, now=now)}
    assert set(found) == {"192.0.2.1", "192.0.2.3"}
    assert isinstance(found["192.0.2.1"], Identified)
    assert found["192.0.2.1"].reading.serial_number == "ABC123456"
    assert isinstance(found["192.0.2.3"], UnusableReplyError)


def test_progress_is_told(site: Site, targets: list[Target], now: Callable[[], datetime]) -> None:
    """A person who waits sees addresses asked and printers found."""
    told: list[tuple[int, int]] = []
    found = list(discover(site, targets, now=now, on_progress=lambda asked, count: told.append((asked, count))))
    assert told[-1] == (5, 2)
    assert all(isinstance(printer, Found) for printer in some(found))


def test_a_prober_spares_the_port_the_silent_addresses(
    site: Site, targets: list[Target], now: Callable[[], datetime]
) -> None:
    """What the prober calls silent is not asked again, one time limit at a time."""

    class First:
        """A prober that hears the first address only."""

        def answering(self, targets: Sequence[Target]) -> Iterator[int]:
            """Return the first index."""
            yield from range(len(targets[:1]))

    assert [printer.target.host for printer in discover(site, targets, now=now, prober=First())] == ["192.0.2.1"]
    assert set(site.asked) == {"192.0.2.1"}


@pytest.mark.parametrize("quirk", ["obliging", "deaf_to_get", "version_1"])
def test_a_printer_shows_itself_whatever_its_agent_is_like(
    xerox: dict[str, Value], agents: SimpleNamespace, quirk: str
) -> None:
    """The probe needs neither GET nor version 2."""
    agent = agents.obliging(xerox)
    wrapped = agent if quirk == "obliging" else getattr(agents, quirk)(agent)
    assert run(probe(), wrapped) == Sign("1.3.6.1.4.1.253.8.62.1.35.2.3.1.1", is_printer=True)


def test_a_xerox_without_the_printer_mib_is_still_a_printer(agents: SimpleNamespace) -> None:
    """The maker's tree is sign enough; a router's is not."""
    rows: dict[str, Value] = {"1.3.6.1.2.1.1.2.0": "1.3.6.1.4.1.253.8.62.1.20.7.1.1.1"}
    assert run(probe(), agents.version_1(agents.obliging(rows))).is_printer
    assert not run(probe(), agents.version_1(agents.obliging(ROUTER))).is_printer
