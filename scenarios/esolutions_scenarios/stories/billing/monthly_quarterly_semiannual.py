"""Billing days fall where the contract says, in short months, a leap year and every time zone.

Covers: "Billing Transaction Request: the response from Xerox asking for meter
    reads to be sent once each billing cycle, whether monthly, quarterly, or
    semi-annually."

Story: Six printers have six contracts. One is billed on the last day of every
    month by the clock of London, one on the 29th by that of New York, one
    twice a year at midnight in Auckland, one every quarter on the 30th in
    Berlin, one on the 15th in Kolkata. The sixth is billed on the 3rd in
    Santiago, where one of those days has no midnight. Winter passes with a
    29th of February, clocks go forward and back, and each period ends when
    its contract says and begins where the one before ended.
"""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from esolutions_scenarios.checks.records import requests_of
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ACCOUNT, KEY_USER, enrol, enter_equipment, old_fleet, printers

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory",)
START = datetime(2027, 11, 16, 9, 0, tzinfo=UTC)
END = datetime(2028, 12, 16, 9, 0, tzinfo=UTC)
# The first sync after a period's end comes within a day and the hour of its window.
A_DAY_AND_AN_HOUR = timedelta(hours=25)

# Frequency, day, time zone, and the local days on which periods end, written down by hand.
CONTRACTS = (
    (
        "monthly",
        31,
        "Europe/London",
        (
            "2027-11-30 2027-12-31 2028-01-31 2028-02-29 2028-03-31 2028-04-30 2028-05-31 2028-06-30"
            " 2028-07-31 2028-08-31 2028-09-30 2028-10-31 2028-11-30"
        ),
    ),
    (
        "monthly",
        29,
        "America/New_York",
        (
            "2027-11-29 2027-12-29 2028-01-29 2028-02-29 2028-03-29 2028-04-29 2028-05-29 2028-06-29"
            " 2028-07-29 2028-08-29 2028-09-29 2028-10-29 2028-11-29"
        ),
    ),
    ("semi-annual", 1, "Pacific/Auckland", "2028-01-01 2028-07-01"),
    ("quarterly", 30, "Europe/Berlin", "2028-01-30 2028-04-30 2028-07-30 2028-10-30"),
    (
        "monthly",
        15,
        "Asia/Kolkata",
        (
            "2027-12-15 2028-01-15 2028-02-15 2028-03-15 2028-04-15 2028-05-15 2028-06-15 2028-07-15"
            " 2028-08-15 2028-09-15 2028-10-15 2028-11-15 2028-12-15"
        ),
    ),
    # On 2028-09-03 the clocks of Santiago go from 24:00 to 01:00.
    (
        "monthly",
        3,
        "America/Santiago",
        (
            "2027-12-03 2028-01-03 2028-02-03 2028-03-03 2028-04-03 2028-05-03 2028-06-03 2028-07-03"
            " 2028-08-03 2028-09-03 2028-10-03 2028-11-03 2028-12-03"
        ),
    ),
)
NO_MIDNIGHT = date(2028, 9, 3)

SETTING = Setting(fleet=old_fleet(len(CONTRACTS), "mono-workgroup", "colour-a3-mfp", start=START), start=START)


def run(testbed: Testbed) -> None:
    """Run thirteen months."""
    serials = printers(testbed)
    testbed.administration.add_account(ACCOUNT, KEY_USER)
    for serial, (frequency, day, zone, _) in zip(serials, CONTRACTS, strict=True):
        enter_equipment(testbed, {serial: frequency}, anchor_day=day, time_zone=zone)
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    enrol(testbed, office, serials)
    testbed.run_until(END)
    for serial, (frequency, day, zone, ends) in zip(serials, CONTRACTS, strict=True):
        contract = f"{frequency} on day {day} in {zone}"
        _expect_periods(testbed, serial, contract, zone, [date.fromisoformat(end) for end in ends.split()])
        _expect_readings(testbed, serial, contract)


def _expect_periods(testbed: Testbed, serial: str, contract: str, zone: str, days: list[date]) -> None:
    requests = requests_of(testbed, serial)
    ends = [request.period_end.astimezone(ZoneInfo(zone)) for request in requests]
    found = [end.date() for end in ends]
    testbed.expect(f"{contract}: the periods end on the right days", kept=found == days, found=found, wanted=days)
    hours = [end.hour for end in ends if end.date() != NO_MIDNIGHT or zone != "America/Santiago"]
    testbed.expect(f"{contract}: they end at local midnight", kept=set(hours) == {0}, found=hours)
    gaps = [
        after.period_start for before, after in itertools.pairwise(requests) if before.period_end != after.period_start
    ]
    testbed.expect(f"{contract}: each period begins where the last one ended", kept=not gaps, found=gaps)


def _expect_readings(testbed: Testbed, serial: str, contract: str) -> None:
    late = [
        request.period_end
        for request in requests_of(testbed, serial)
        if request.answered_at is None or request.answered_at > request.period_end + A_DAY_AND_AN_HOUR
    ]
    testbed.expect(f"{contract}: each period is billed by the next sync", kept=not late, found=late)
    ends = {request.id: request.period_end for request in requests_of(testbed, serial)}
    early = [bill for bill in testbed.administration.every.bills(serial) if bill.read_at < ends[bill.command_id]]
    testbed.expect(f"{contract}: no meter is read before its period has ended", kept=not early, found=early[:1])
