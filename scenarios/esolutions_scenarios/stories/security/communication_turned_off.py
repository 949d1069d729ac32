"""Communication is turned off, and not one packet leaves the client until it is turned on again.

Covers: "You can turn off communication to Xerox at any time."

Story: On a Thursday somebody turns communication off. Polls, syncs and the
    billing day come and go; even a restart of the PC and a person who asks
    for a poll or a registration send nothing, to no printer and to no server.
    A week later communication is turned on, and what is due happens at once.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_client.errors import TurnedOffError
from esolutions_scenarios.checks.records import answered_late, exchanges, reading_times, requests_of
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
OFF = datetime(2026, 1, 8, 15, 0, tzinfo=UTC)
ON = datetime(2026, 1, 15, 15, 0, tzinfo=UTC)
END = datetime(2026, 1, 18, 15, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
A_MINUTE = timedelta(minutes=1)

SETTING = Setting(fleet=old_fleet(3, "colour-a3-mfp", "small-phaser"), start=START)


def run(testbed: Testbed) -> None:
    """Turn communication off and on again."""
    serials = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(OFF)
    office.turn(on=False)
    before = _packets(office)
    testbed.run_for(2 * ONE_DAY)
    _try_everything(testbed, office, serials)
    office.restart()
    testbed.note("the PC is restarted")
    testbed.run_until(ON)
    after = _packets(office)
    testbed.expect("not one packet leaves the client", kept=after == before, found=after, wanted=before)
    heard = exchanges(testbed, OFF, ON)
    testbed.expect("the server hears nothing", kept=not heard, found=heard)
    read = [serial for serial in serials if reading_times(office, serial, OFF + A_SECOND, ON - A_SECOND)]
    testbed.expect("no printer is read", kept=not read, found=read)
    waiting = [serial for serial in serials if len(requests_of(testbed, serial, state="open")) == 1]
    testbed.expect("the billing requests wait meanwhile", kept=waiting == serials, found=waiting, wanted=serials)
    office.turn(on=True)
    testbed.run_until(END)
    late = answered_late(testbed, ON + A_MINUTE)
    testbed.expect("all is answered as soon as it is turned on", kept=not late, found=late)


def _packets(office: Machine) -> tuple[int, int]:
    return office.net.messages_sent, office.net.conversations_begun


def _try_everything(testbed: Testbed, office: Machine, serials: list[str]) -> None:
    """Ask for what would send packets; each must be refused."""
    attempts: tuple[tuple[str, Callable[[], object]], ...] = (
        ("a poll", office.running.poll),
        ("a sync", office.running.sync),
        ("a registration", lambda: office.running.register(serials)),
    )
    for what, attempt in attempts:
        try:
            attempt()
        except TurnedOffError:
            continue
        testbed.expect(f"{what} is refused while communication is off", kept=False)
