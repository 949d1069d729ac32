"""Any order of events keeps the promises: the memory world beside a plain dict of what was promised."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from esolutions_scenarios.swarm.plan import PlannedPrinter, RunPlan
from esolutions_scenarios.swarm.runs.run import Run

_LASTING = (
    "server-refuses",
    "answer-garbage",
    "request-repeated",
    "request-altered",
    "answer-altered",
    "messages-replayed",
    "printers-unreachable",
    "printer-truncates",
    "printer-off",
    "machine-off",
    "clock-wrong",
    "disk-full",
    "turned-off",
)
_SUDDEN = (
    "reply-lost",
    "billing-reply-lost",
    "controller-swapped",
    "addresses-swapped",
    "machine-restarts",
    "client-crashes",
    "server-crashes",
    "server-dies-of-billing",
)
_DRAWS = st.integers(0, 2**20)


class EventsInAnyOrder(RuleBasedStateMachine):
    """One client, two printers, and whatever order Hypothesis thinks of."""

    def __init__(self) -> None:
        super().__init__()
        self._folder = TemporaryDirectory(prefix="esolutions-machine-")
        plan = RunPlan(
            seed=11,
            days=0,
            printers=(
                PlannedPrinter("nominal", anchor_day=31, time_zone="Europe/Berlin"),
                PlannedPrinter("small-phaser", frequency="quarterly"),
            ),
        )
        self._run = Run(plan, Path(self._folder.name))
        # The model: what the server has billed and answered so far, which must stay as it is.
        self._bills: dict[tuple[str, str], int] = {}
        self._answered: set[str] = set()

    @initialize()
    def enrol(self) -> None:
        """Install, register and sign up; a day later everything is active."""
        self._run.move_in()
        self._run.site.testbed.run_for(timedelta(days=1))

    @rule(hours=st.integers(1, 60))
    def time_passes(self, hours: int) -> None:
        """Nothing else happens for a while."""
        self._run.site.testbed.run_for(timedelta(hours=hours))

    @rule(kind=st.sampled_from(_LASTING), hours=st.integers(1, 40), draw=_DRAWS)
    def something_goes_wrong_for_a_while(self, kind: str, hours: int, draw: int) -> None:
        """It begins, time passes, it ends."""
        end = self._run.begin(kind, draw)
        self._run.site.testbed.run_for(timedelta(hours=hours))
        if end is not None:
            end()

    @rule(kind=st.sampled_from(_SUDDEN), draw=_DRAWS)
    def something_happens(self, kind: str, draw: int) -> None:
        """It happens, and a little time passes."""
        self._run.begin(kind, draw)
        self._run.site.testbed.run_for(timedelta(hours=3))
        self._run.site.machine.power_on()

    @rule(draw=_DRAWS)
    def the_operator_asks_for_a_reading(self, draw: int) -> None:
        """A billing request by hand."""
        self._run.begin("bill-now", draw)

    @invariant()
    def what_was_billed_stays_billed(self) -> None:
        """The model knows every bill there ever was, and the server has each of them still, unchanged."""
        administration = self._run.site.testbed.administration
        bills = {(bill.command_id, bill.meter): bill.value for bill in administration.every.bills()}
        assert {key: bills.get(key) for key in self._bills} == self._bills
        self._bills = bills
        answered = {request.id for request in administration.every.requests() if request.state == "answered"}
        assert self._answered <= answered
        self._answered = answered

    @invariant()
    def the_checks_have_found_nothing(self) -> None:
        """The invariants of the swarm hold after every rule."""
        assert not self._run.checks.violations

    def teardown(self) -> None:
        """After quiescence, everything has come right."""
        try:
            if self._run.site.testbed.administration.pages.devices(limit=1).rows:
                self._run.quiesce()
                self._run.checks.check_end()
                assert not self._run.checks.violations
        finally:
            self._run.close()
            self._folder.cleanup()


TestEventsInAnyOrder = pytest.mark.slow(EventsInAnyOrder.TestCase)
TestEventsInAnyOrder.settings = settings(
    max_examples=12,
    stateful_step_count=20,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
