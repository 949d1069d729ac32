"""A registered printer is missing from the detected page for one of three reasons, and appears when that is over.

Covers: "Why are some or all of the printers I registered for SMart eSolutions
    missing from the 'Automated Equipment Detected' page [...]? 1. You must
    allow a minimum of one hour [...] 2. [...] may be assigned to another
    individual [...] be sure to notify the person who previously reported meter
    reads [...] 3. For equipment that has been installed within the last 30
    days it is possible that it has not yet been entered [...]"

Story: Five printers are registered, and the key user opens the page at once:
    it is empty, the hour is not over. An hour later it shows one printer. Two
    are assigned to a colleague: the key user takes over the first, and the
    colleague gets a notice; the second the colleague signs up himself. One was
    installed two weeks ago and appears when its thirty days are over. One is
    not in the administrative systems at all until somebody enters it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.records import in_state, mails
from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import (
    KEY_USER,
    ONE_DAY,
    ONE_HOUR,
    START,
    enter_equipment,
    old_fleet,
    open_account,
    printers,
)
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.enrolment import MissingReason

if TYPE_CHECKING:
    from esolutions_scenarios.testbed.testbed import Testbed

WORLDS = ("memory", "wire")
COLLEAGUE = "colleague@customer.example"
A_MINUTE = timedelta(minutes=1)
INSTALLED_ON = date(2025, 12, 22)
THIRTY_DAYS_OVER = datetime(2026, 1, 21, 9, 0, tzinfo=UTC)
ENTERED = datetime(2026, 1, 14, 9, 0, tzinfo=UTC)
TOO_SOON = MissingReason.TOO_SOON
ANOTHER = MissingReason.ASSIGNED_TO_ANOTHER
NOT_YET = MissingReason.NOT_ADMINISTERED_YET

SETTING = Setting(fleet=old_fleet(5, "nominal"), start=START)


def run(testbed: Testbed) -> None:
    """Sign five printers up, one after the other."""
    serials = printers(testbed)
    mine, taken_over, his_own, young, unknown = serials
    open_account(testbed, {mine: "monthly"})
    enter_equipment(testbed, dict.fromkeys((taken_over, his_own), "monthly"), person=COLLEAGUE)
    enter_equipment(testbed, {young: "monthly"}, installed_on=INSTALLED_ON)
    office = testbed.install()
    office.discover(testbed.fleet.addresses)
    office.register(serials)
    testbed.run_for(ONE_HOUR - A_MINUTE)
    reasons = dict(zip(serials, ((), (ANOTHER,), (ANOTHER,), (NOT_YET,), (NOT_YET,)), strict=True))
    _expect_page(testbed, "before the hour is over", {serial: (TOO_SOON, *reasons[serial]) for serial in serials})
    testbed.run_for(A_MINUTE)
    _expect_page(testbed, "after the hour", reasons)
    _sign_up(testbed, mine)
    _take_over(testbed, taken_over)
    testbed.administration.sign_up(his_own, COLLEAGUE)
    testbed.note(f"{his_own} is signed up by the colleague")
    testbed.run_until(ENTERED)
    enter_equipment(testbed, {unknown: "monthly"})
    _sign_up(testbed, unknown)
    testbed.run_until(THIRTY_DAYS_OVER - ONE_DAY)
    _refused(testbed, young)
    testbed.run_until(THIRTY_DAYS_OVER)
    _sign_up(testbed, young)
    testbed.run_for(ONE_DAY)
    active = in_state(testbed, "active")
    testbed.expect(
        "in the end every printer is active", kept=active == sorted(serials), found=active, wanted=sorted(serials)
    )


def _expect_page(testbed: Testbed, when: str, expected: dict[str, tuple[MissingReason, ...]]) -> None:
    page = {listed.serial: listed.reasons for listed in testbed.administration.every.detected(KEY_USER)}
    testbed.expect(f"{when} the page gives each reason", kept=page == expected, found=page, wanted=expected)
    for serial in (serial for serial, reasons in expected.items() if reasons):
        _refused(testbed, serial)


def _refused(testbed: Testbed, serial: str) -> None:
    try:
        testbed.administration.sign_up(serial, KEY_USER)
    except AdministrationError:
        return
    testbed.expect(f"{serial} cannot be signed up while it is missing", kept=False, found=testbed.now)


def _sign_up(testbed: Testbed, serial: str) -> None:
    page = {listed.serial for listed in testbed.administration.every.detected(KEY_USER) if listed.is_detected}
    testbed.expect(f"{serial} is on the page when the reason is gone", kept=serial in page, found=page)
    testbed.administration.sign_up(serial, KEY_USER)
    testbed.note(f"{serial} is signed up")


def _take_over(testbed: Testbed, serial: str) -> None:
    testbed.administration.reassign(serial, KEY_USER)
    testbed.note(f"{serial} is assigned to the key user")
    told = mails(testbed, COLLEAGUE, serial, KEY_USER)
    is_told = len(told) == 1 and "sign it up" in told[0].body
    testbed.expect("whoever reported its reads before is told of both", kept=is_told, found=told)
    _sign_up(testbed, serial)
