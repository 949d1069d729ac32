"""On real sockets a silence is known by an answer that came after it, not by waiting; and by nothing less."""

from __future__ import annotations

import socket
from collections import deque
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import pytest

from esolutions_client.snmp.engines.native.names import Place
from esolutions_client.snmp.errors import SilentError
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.queries import get
from esolutions_scenarios.worlds.wire import WireWorld
from esolutions_scenarios.worlds.witness import ADDRESS, PatienceClock, Witness, WitnessedChannel
from esolutions_server.domain.policy import Policy
from esolutions_simulators.fleets.building import build_fleet

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esolutions_client.snmp.engines.native.channel import Channel

NOW = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PRINTER = Place(2, ("127.0.0.10", 1161))
ANSWER = (b"an answer", PRINTER.address)
SYS_UPTIME = "1.3.6.1.2.1.1.3.0"


@dataclass
class ToldChannel:
    """Sockets at which comes what the test says, one list for each time they are looked at."""

    coming: deque[list[tuple[bytes, tuple[str, int]]]] = field(default_factory=deque)
    refusals: list[tuple[str, int]] = field(default_factory=list)

    def send(self, octets: bytes, place: Place) -> None:
        """Send to nobody."""

    def receive(self, _seconds: float) -> Iterator[tuple[bytes, tuple[str, int]]]:
        """Return what comes next."""
        return iter(self.coming.popleft() if self.coming else [])

    def take_refusals(self) -> list[tuple[str, int]]:
        """Return what was refused."""
        taken, self.refusals = self.refusals, []
        return taken


@dataclass
class ToldWitness:
    """A witness that answers as long as the test says so."""

    answers: bool = True
    asked: int = 0

    def has_answered(self, _seconds: float) -> bool:
        """Count the question."""
        self.asked += 1
        return self.answers


@dataclass
class Scene:
    """A channel between a told network and a told witness, just after a question."""

    told: ToldChannel = field(default_factory=ToldChannel)
    witness: ToldWitness = field(default_factory=ToldWitness)
    clock: PatienceClock = field(default_factory=lambda: PatienceClock(lambda: 0.0))
    channel: WitnessedChannel = field(init=False)

    def __post_init__(self) -> None:
        self.channel = WitnessedChannel(cast("Witness", self.witness), self.clock, cast("Channel", self.told))
        self.channel.send(b"a question", PRINTER)

    def receive(self) -> list[tuple[bytes, tuple[str, int]]]:
        """Wait for two seconds."""
        return list(self.channel.receive(2.0))


def test_time_passes_at_once_where_nothing_can_come_any_more() -> None:
    """The witness has answered what was sent after the question, and no answer is there."""
    scene = Scene()
    assert scene.receive() == []
    assert scene.clock() == 2.0
    assert scene.receive() == []
    assert scene.clock() == 4.0
    assert scene.witness.asked == 1


def test_an_answer_that_came_before_the_witnesss_is_heard() -> None:
    """However late both are: no time limit has passed meanwhile."""
    scene = Scene(ToldChannel(deque([[], [ANSWER]])))
    assert scene.receive() == [ANSWER]
    assert scene.clock() == 0.0


def test_an_answer_that_comes_as_usual_takes_no_witness() -> None:
    """A printer that is on costs nothing more."""
    scene = Scene(ToldChannel(deque([[ANSWER]])))
    assert scene.receive() == [ANSWER]
    assert scene.witness.asked == 0


def test_no_time_is_passed_over_while_the_witness_is_silent() -> None:
    """A machine that is busy makes no printer silent."""
    scene = Scene(witness=ToldWitness(answers=False))
    assert scene.receive() == []
    assert scene.clock() == 0.0


def test_each_question_wants_a_witness_of_its_own() -> None:
    """What was known of the first says nothing of the second."""
    scene = Scene()
    scene.receive()
    scene.witness.answers = False
    scene.channel.send(b"another question", PRINTER)
    scene.receive()
    assert scene.witness.asked == 2
    assert scene.clock() == 2.0


def test_a_refusal_is_handed_on_before_time_passes() -> None:
    """What the network said of a host comes before any time limit."""
    scene = Scene(ToldChannel(refusals=[PRINTER.address]))
    assert scene.receive() == []
    assert scene.clock() == 0.0
    assert scene.channel.take_refusals() == [PRINTER.address]
    scene.receive()
    assert scene.clock() == 2.0


@pytest.mark.wire
def test_only_the_answer_to_this_very_question_is_a_witnesss() -> None:
    """No answer is none, and one to an earlier question says nothing of what was sent since."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as responder:
        responder.bind((ADDRESS, 0))
        responder.settimeout(5)
        with closing(Witness(responder.getsockname()[1])) as witness:
            assert not witness.has_answered(0.0)
            question, asker = responder.recvfrom(1_000)
            responder.sendto(_answer(question, later=0), asker)
            assert not witness.has_answered(0.0)
            responder.sendto(_answer(question, later=2), asker)
            assert witness.has_answered(0.0)


def _answer(question: bytes, *, later: int) -> bytes:
    """Return what answers a question, or that of so many questions later."""
    at = question.index(b"\x02\x04") + 2
    number = int.from_bytes(question[at : at + 4], "big") + later
    # A GetRequest-PDU becomes a Response-PDU.
    return question[:at].replace(b"\xa0", b"\xa2") + number.to_bytes(4, "big") + question[at + 4 :]


@pytest.mark.wire
def test_a_printer_that_is_off_is_asked_as_often_and_is_silent_without_waiting(tmp_path: Path) -> None:
    """Beside one that is on; with the patience of a customer's client, of which nearly all is passed over."""
    fleet = build_fleet(2, installed_at=NOW)
    on, off = fleet
    off.happen(NOW, "power_off")
    with closing(WireWorld(tmp_path, start=NOW, seed=1, policy=Policy(), fleet=fleet)) as world:
        timeouts = world.snmp_timeouts
        targets = [
            Target(
                printer.address,
                world.printer_port,
                timeout_seconds=timeouts.timeout_seconds,
                retries=timeouts.retries,
            )
            for printer in (on, off)
        ]
        sent: list[None] = []

        def may_send() -> bool:
            sent.append(None)
            return True

        port = world.snmp(may_send)
        found = dict(
            item for batch in port.converse([(target, get((SYS_UPTIME,))) for target in targets]) for item in batch
        )
        assert isinstance(found[0], list)
        assert isinstance(found[1], SilentError)
        assert "asked 2 times, 2 s each" in str(found[1])
        assert world.skipped_seconds > 0
