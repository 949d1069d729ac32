"""Messages are replayed, forged and altered on their way; each is refused, and changes nothing.

Covers: "communications to the Xerox SMart eSolutions Client must hold a valid
    certificate from Xerox"; "WS Security-Oasis-Working Draft 11-3 March 2003";
    "Allows Xerox to identify and authenticate the client and devices."

Story: Somebody has tapped the line inside the customer's proxy server. He sends
    the client's messages again, at once and a day later. He writes one
    in the client's name without knowing its secret. He changes a meter value
    on the way out, and the period of a request on the way in. Lastly his box
    delivers a message twice. The server refuses what is not as it was written
    and fresh, the client refuses what the server did not say, and at the end
    of the month each printer is billed once, with what it showed.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.records import bills_at, requests_of
from esolutions_scenarios.faults.http import AlterRequest, AlterResponse, Repeat
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, SYNCED_BY, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
FIRST_BILL = datetime(2026, 1, 12, tzinfo=UTC) + SYNCED_BY
BILLING_DAY = 12
END = datetime(2026, 2, 13, 9, 0, tzinfo=UTC)
EXPIRED = "wsu:MessageExpired"
UNPROVEN = "wsse:FailedAuthentication"
TAMPERED = "wsse:FailedCheck"

SETTING = Setting(fleet=old_fleet(2, "nominal"), start=START)


def run(testbed: Testbed) -> None:
    """Attack the line for a month."""
    serials = printers(testbed)
    office = open_office(testbed, anchor_day=BILLING_DAY)
    # The tapped line repeats the first billing transaction by itself.
    office.net.break_server(Repeat(), times=1, operations=["SubmitBillingTransaction"])
    testbed.run_until(FIRST_BILL)
    twice = [x.outcome for x in testbed.administration.every.journal() if x.operation == "SubmitBillingTransaction"]
    testbed.expect(
        "a message that is delivered twice counts once",
        kept=twice == ["receipt", UNPROVEN],
        found=twice,
        wanted=["receipt", UNPROVEN],
    )
    _replay(testbed, office)
    _forge(testbed, office)
    _alter(testbed, office)
    testbed.run_until(END)
    for serial in serials:
        requests = requests_of(testbed, serial)
        states = [request.state for request in requests]
        kept = states == ["answered"] * 3
        testbed.expect(f"each request about {serial} is answered", kept=kept, found=requests)
        count = len(bills_at(testbed, serial))
        testbed.expect(f"{serial} is billed once for each", kept=count == len(states), found=count)


def _replay(testbed: Testbed, office: Machine) -> None:
    """Send what was overheard, soon and a day later."""
    overheard = _newest(office)
    outcomes = _intrude(testbed, "an old message is sent again", overheard.body, overheard.operation)
    testbed.expect("a message that was used is refused", kept=outcomes <= {UNPROVEN, EXPIRED}, found=outcomes)
    testbed.run_for(ONE_DAY)
    fresh = _newest(office)
    outcomes = _intrude(testbed, "a day-old message is sent again", overheard.body, overheard.operation)
    testbed.expect("a message of yesterday has expired", kept=outcomes == {EXPIRED}, found=outcomes, wanted={EXPIRED})
    testbed.expect("the client has gone on meanwhile", kept=fresh.sent_id > overheard.sent_id)


def _forge(testbed: Testbed, office: Machine) -> None:
    """Write a message with the client's name and a digest that was guessed, right after a real one."""
    office.running.sync()
    real = _newest(office)
    forged = re.sub(rb"(<wsse:Password[^>]*>)[^<]*<", rb"\g<1>AAAAAAAAAAAAAAAAAAAAAAAAAAA=<", real.body)
    outcomes = _intrude(testbed, "a message is forged in the client's name", forged, real.operation)
    testbed.expect(
        "whoever does not know the secret is refused", kept=outcomes == {UNPROVEN}, found=outcomes, wanted={UNPROVEN}
    )
    outcomes = _intrude(testbed, "a message is sent again at once", real.body, real.operation)
    testbed.expect("a nonce serves once", kept=outcomes == {UNPROVEN}, found=outcomes, wanted={UNPROVEN})


def _alter(testbed: Testbed, office: Machine) -> None:
    """Change a request for readings on its way in, and the readings on their way out."""
    for serial in printers(testbed):
        testbed.administration.request_billing(serial)
    office.net.break_server(AlterResponse(b"Action>Report<", b"Action>TurnOn<"), times=1, operations=["SyncProxy"])
    office.net.break_server(
        AlterRequest(b'Impressions">', b'Impressions">9'), times=1, operations=["SubmitBillingTransaction"]
    )
    testbed.note("the next answer and the next readings are changed on their way")
    heard, sent = len(list(testbed.administration.every.journal())), _newest(office).sent_id
    testbed.run_for(2 * ONE_DAY)
    outcomes = [str(row.outcome) for row in reversed(office.store.outbox.sent()) if row.sent_id > sent]
    doubted = [outcome for outcome in outcomes if outcome.startswith("ProtocolError")]
    testbed.expect("the client believes neither", kept=len(doubted) == 2, found=outcomes)
    refused = [entry.outcome for entry in list(testbed.administration.every.journal())[heard:] if ":" in entry.outcome]
    testbed.expect("the server refuses what was changed", kept=refused == [TAMPERED], found=refused, wanted=[TAMPERED])


def _intrude(testbed: Testbed, note: str, body: bytes, operation: str) -> set[str]:
    """Send a message that is not the client's, see that nothing changed, and return how the journal calls it."""
    testbed.note(note)
    before, last = _books(testbed), len(list(testbed.administration.every.journal()))
    testbed.world.transport().post(body, operation=operation)
    after = _books(testbed)
    testbed.expect(f"{note}: it changes nothing", kept=after == before, found=after, wanted=before)
    return {entry.outcome for entry in list(testbed.administration.every.journal())[last:]}


def _books(testbed: Testbed) -> list[Any]:
    """Return all that the server keeps, except its journal."""
    office = testbed.administration
    return [
        list(office.every.devices()),
        list(office.every.bills()),
        list(office.every.held()),
        list(office.every.commands()),
        list(office.every.mails()),
        list(office.every.proxies()),
    ]


def _newest(office: Machine) -> SentRow:
    return office.store.outbox.sent(1)[0]
