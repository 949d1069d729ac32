"""A year of five printers, from installation to the twelfth bill.

Covers: "The Xerox SMart eSolutions Client communicates with the Xerox
    Communication Server once a day"; "Billing Transaction Request: the response
    from Xerox asking for meter reads to be sent once each billing cycle, whether
    monthly, quarterly, or semi-annually."

Story: A person installs the client, lets it find the five printers of the
    office, and registers them. An hour later they appear on the detected page
    and are signed up. The next sync turns the service on, the status goes back,
    and from then on the server asks for readings once a billing cycle: three
    printers are billed by the month, one by the quarter, one by the half-year.
    Toner falls and is refilled. Nobody does anything else for a year.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import FREQUENCIES, enrol, open_account, printers
from esolutions_server.domain.verification import Count, Follows, Interval, Matcher, Order, Rate
from esolutions_simulators.fleets.building import build_fleet

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
PRINTERS = 5
MODELS = ("colour-a3-mfp", "mono-workgroup", "fuji-xerox", "small-phaser", "nominal")
YEAR = timedelta(days=365)
# Three monthly printers, one quarterly, one semi-annual: 3 * 12 + 4 + 2 requests end in the year.
BILLS = 3 * 12 + 4 + 2

# The FAQ's rhythm: "once a day", "only once in the life cycle", "once each billing cycle".
RHYTHM = (
    Order(tuple(map(Matcher, ("RegisterProxy", "RegisterProxyDevices", "SyncProxy", "SubmitBillingTransaction")))),
    Count(Matcher("RegisterProxy"), at_least=1, at_most=1),
    Interval(Matcher("SyncProxy"), timedelta(hours=20), timedelta(hours=28)),
    Follows(Matcher("SyncProxyStatus"), Matcher("TurnOn"), timedelta(hours=1), then_never=True, per="device"),
    Follows(Matcher("SubmitBillingTransaction"), Matcher("Report"), timedelta(hours=1), per="device"),
    Rate(Matcher("Report"), at_most=1, within=timedelta(days=27), per="device"),
)

SETTING = Setting(
    fleet=lambda seed: build_fleet(PRINTERS, MODELS, seed=seed, installed_at=START - timedelta(days=400)),
    start=START,
)


def run(testbed: Testbed) -> None:
    """Run the year."""
    serials = printers(testbed)
    open_account(testbed, dict(zip(serials, FREQUENCIES, strict=False)))
    office = testbed.install()
    found = office.discover(testbed.fleet.addresses)
    testbed.expect("every printer is found", kept=found == sorted(serials), found=found, wanted=sorted(serials))
    enrol(testbed, office, serials)
    testbed.run_until(START + YEAR)
    answered = [request for request in testbed.administration.every.requests() if request.state == "answered"]
    testbed.expect(
        "every billing cycle of the year was billed", kept=len(answered) == BILLS, found=len(answered), wanted=BILLS
    )
    testbed.verify(*RHYTHM)
