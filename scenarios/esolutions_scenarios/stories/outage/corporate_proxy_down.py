"""The corporate proxy server fails in three ways, and the client takes none of its pages for an answer.

Covers: "Provide the Xerox SMart eSolutions Client with the location of the
    proxy server that connects your network to the Internet".

Story: The office reaches the Internet through a proxy server. For a day it
    wants a password that nobody gave (HTTP 407). The day after it has no way
    out (HTTP 503). Then somebody puts a login page in front of everything,
    which answers every request with HTTP 200 and a cheerful HTML document. On
    the 13th it works again. The billing day lay in between; all is billed.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import answered_late, events, exchanges
from esolutions_scenarios.faults.http import Garbage, HttpError
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_DAY, START, old_fleet, open_office, printers

if TYPE_CHECKING:
    from esolutions_scenarios.faults.http import HttpFault
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
BILLING_DAY = 12
DOWN = datetime(2026, 1, 10, 12, 0, tzinfo=UTC)
BACK = datetime(2026, 1, 13, 12, 0, tzinfo=UTC)
END = datetime(2026, 1, 15, 9, 0, tzinfo=UTC)
LONGEST_WAIT = timedelta(hours=15)
PROXY_AUTHENTICATION_REQUIRED = 407
SERVICE_UNAVAILABLE = 503
LOGIN_PAGE = b"<!DOCTYPE html><html><body><h1>Welcome!</h1><form>Please log in.</form></body></html>"
FAILURES: tuple[tuple[str, HttpFault], ...] = (
    ("the proxy server wants a password", HttpError(PROXY_AUTHENTICATION_REQUIRED)),
    ("the proxy server has no way out", HttpError(SERVICE_UNAVAILABLE)),
    ("a login page answers everything", Garbage(LOGIN_PAGE)),
)

SETTING = Setting(fleet=old_fleet(2, "colour-a3-mfp", "fuji-xerox"), start=START)


def run(testbed: Testbed) -> None:
    """Let the proxy server fail, a day in each way."""
    office = open_office(testbed, anchor_day=BILLING_DAY)
    testbed.run_until(DOWN)
    for note, fault in FAILURES:
        office.net.break_server(fault)
        testbed.note(note)
        testbed.run_for(ONE_DAY)
        office.net.lift(fault)
    testbed.note("the proxy server works again")
    testbed.run_until(END)
    heard = exchanges(testbed, DOWN, BACK)
    testbed.expect("the server hears nothing meanwhile", kept=not heard, found=heard)
    outcomes = [row.outcome for row in office.store.outbox.sent() if DOWN <= row.sent_at < BACK]
    taken = [outcome for outcome in outcomes if outcome == "acknowledged"]
    testbed.expect("no page is taken for an answer", kept=bool(outcomes) and not taken, found=outcomes)
    met = {status for status in ("407", "503", "DOCTYPE", "document type") if any(status in str(o) for o in outcomes)}
    testbed.expect("what stood in the way is kept for a person to see", kept=len(met) >= 2, found=outcomes)
    late = answered_late(testbed, BACK + LONGEST_WAIT)
    testbed.expect("everything is answered at the first call afterwards", kept=not late, found=late)
    troubled = [serial for serial in printers(testbed) if events(office, "no answer", serial)]
    testbed.expect("the printers are none of its business", kept=not troubled, found=troubled)
