"""The calendar by which the swarm judges periods goes as far as the run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.swarm.invariants.billing.billing_calendar import period_ends
from esolutions_scenarios.swarm.plan import QUIESCENCE, START, PlannedPrinter, RunPlan
from esolutions_scenarios.swarm.runs.final_checks import findings
from esolutions_scenarios.swarm.runs.run import Run, simulate
from esolutions_server.domain.billing.billing_cycle import BillingCycle, Frequency

if TYPE_CHECKING:
    from pathlib import Path

_LONG = 830


@pytest.mark.parametrize("frequency", list(Frequency))
@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/New_York", "Pacific/Auckland"])
@pytest.mark.parametrize("anchor_day", [1, 15, 28, 29, 30, 31])
def test_the_calendar_goes_on_for_as_long_as_a_life(frequency: Frequency, zone: str, anchor_day: int) -> None:
    """It knows every period of ten years, in any year, and agrees with the server's, which is written another way."""
    since, until = START + timedelta(days=3), START + timedelta(days=3653)
    contract = {"frequency": frequency.value, "anchor_day": anchor_day, "time_zone": zone}
    expected = []
    for period in BillingCycle(frequency, anchor_day, zone).periods_after(since):
        if period.end > until:
            break
        expected.append(period.end)
    assert period_ends(contract, since, until) == expected
    assert len(expected) >= 119 // frequency.months


def test_an_end_belongs_to_the_period_that_it_ends() -> None:
    """`since` is left out and `until` is not: periods that follow one another overlap nowhere."""
    contract = {"frequency": "Monthly", "anchor_day": 1, "time_zone": "UTC"}
    first, second = datetime(2031, 1, 1, tzinfo=UTC), datetime(2031, 2, 1, tzinfo=UTC)
    assert period_ends(contract, first, second) == [second]
    assert period_ends(contract, first, second - timedelta(seconds=1)) == []


def test_a_long_office_has_requests_for_all_its_periods(tmp_path: Path) -> None:
    """Nothing is wrong with the periods of a printer that was active for more than two years."""
    plan = RunPlan(3, _LONG, (PlannedPrinter("nominal", "semi-annual"),))
    run = Run(plan, tmp_path)
    try:
        run.move_in()
        run.site.testbed.run_for(timedelta(days=1))
        run.people.look()
        run.site.testbed.run_for(timedelta(days=3))
        run.site.machine.power_off()
        run.site.testbed.run_until(plan.end)
        run.site.machine.power_on()
        run.site.testbed.run_for(QUIESCENCE)
        assert [finding for finding in findings(run.site) if finding[0] == "every_period_ends_right"] == []
        assert len(list(run.site.testbed.administration.every.requests())) == 4
    finally:
        run.close()


@pytest.mark.slow
def test_a_life_of_more_than_two_years_raises_no_false_alarm() -> None:
    """830 days without a mishap, lived to the end: every invariant holds."""
    assert simulate(RunPlan(5, _LONG, (PlannedPrinter("nominal", "monthly", 31, "Pacific/Auckland"),))) == []
