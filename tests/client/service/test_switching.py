"""Between the services and the sockets: conversations end, and nothing begins while communication is off."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import TurnedOffError
from esolutions_client.service.switching import LONGEST_CONVERSATION_SECONDS, SwitchedProber, SwitchedSnmp
from esolutions_client.snmp.errors import SilentError, SnmpError
from esolutions_client.snmp.pdus import Conversation, GetNext, run
from esolutions_client.snmp.ports import Target
from esolutions_client.store.switch import Switch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PRINTER = Target("127.0.0.10")


class Slow:
    """A port to an agent that answers everything, a while after it was asked."""

    def __init__(self, seconds: float) -> None:
        self.now = 0.0
        self.asked = 0
        self._seconds = seconds

    def converse(self, tasks: Sequence[Any]) -> Iterator[Any]:
        """Run conversations one after the other."""
        for index, (_, conversation) in enumerate(tasks):
            try:
                yield [(index, run(conversation, self._answer))]
            except SnmpError as error:
                yield [(index, error)]

    def _answer(self, _request: object) -> Any:
        self.asked += 1
        self.now += self._seconds
        return [("1.3.6.1", 1)]


class Prober:
    """Finds everybody."""

    def answering(self, targets: Sequence[Target]) -> Iterator[int]:
        """Return all."""
        yield from range(len(targets))


def endless() -> Conversation[None]:
    """Ask and ask."""
    while True:
        yield GetNext(("1.3.6.1",))


def once() -> Conversation[str]:
    """Ask one thing."""
    yield GetNext(("1.3.6.1",))
    return "done"


@pytest.fixture
def switch(tmp_path: Path) -> Switch:
    """A switch that is on."""
    made = Switch(tmp_path / "client.switch")
    made.turn(on=True)
    return made


def test_a_printer_that_answers_late_for_ever_is_given_up(switch: Switch) -> None:
    """Each answer comes in time; all of them together do not. The next printer has its own time."""
    slow = Slow(LONGEST_CONVERSATION_SECONDS / 4)
    port = SwitchedSnmp(slow, switch, lambda: slow.now)
    (((_, outcome),), ((_, other),)) = list(port.converse([(PRINTER, endless()), (PRINTER, once())]))
    assert isinstance(outcome, SilentError)
    assert "still answering after 300 s" in str(outcome)
    assert other == "done"
    assert slow.asked == 6


def test_nobody_is_asked_while_communication_is_off(switch: Switch) -> None:
    """Neither by conversation nor by sweep; what there is none of is no error."""
    switch.turn(on=False)
    slow = Slow(0.0)
    port = SwitchedSnmp(slow, switch)
    assert list(port.converse([])) == []
    with pytest.raises(TurnedOffError):
        list(port.converse([(PRINTER, once())]))
    with pytest.raises(TurnedOffError):
        list(SwitchedProber(Prober(), switch).answering([PRINTER]))
    assert slow.asked == 0


def test_it_shows_as_traffic_until_the_last_result_was_taken(switch: Switch) -> None:
    """Also where the caller stops in the middle."""
    results = SwitchedSnmp(Slow(0.0), switch).converse([(PRINTER, once()), (PRINTER, once())])
    next(results)
    assert not switch.is_quiet()
    results.close()  # type: ignore[attr-defined]  # a generator, as every port's
    assert switch.is_quiet()
