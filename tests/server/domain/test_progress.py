"""What falls due about a device, decided from values alone; and what deciding it costs the store."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from esolutions_server.domain.billing.billing_cycle import BillingCycle, Frequency
from esolutions_server.domain.billing.commands import Action
from esolutions_server.domain.devices.progress import ALWAYS, Contract, Progress, Situation, attention_at, progress_of
from esolutions_server.domain.devices.states import DeviceState, Step, next_state
from esolutions_server.domain.policy import Policy

if TYPE_CHECKING:
    from tests.server.support.world import World

START = datetime(2026, 1, 1, tzinfo=UTC)
TIMES = st.integers(0, 3 * 366 * 86_400).map(lambda seconds: START + timedelta(seconds=seconds))
CYCLES = st.builds(
    BillingCycle,
    frequency=st.sampled_from(Frequency),
    anchor_day=st.integers(1, 31),
    time_zone=st.sampled_from(["UTC", "Europe/Paris", "America/Sao_Paulo", "Pacific/Apia"]),
)
CONTRACTS = st.builds(Contract, installed_on=TIMES.map(datetime.date), cycle=CYCLES)
POLICIES = st.builds(Policy, signup=st.sampled_from(["required", "automatic"]))
SITUATIONS = st.builds(
    Situation,
    state=st.sampled_from(DeviceState),
    registered_at=TIMES,
    contract=st.none() | CONTRACTS,
    declined_at=st.none() | TIMES,
    billed_until=st.none() | TIMES,
    has_open_request=st.booleans(),
)


def reached(state: DeviceState, *steps: Step) -> DeviceState:
    """Return the state after some steps of the table."""
    for step in steps:
        state = next_state(state, step)
    return state


@given(device=SITUATIONS, policy=POLICIES, now=TIMES)
def test_a_device_makes_progress_with_a_command_or_none_at_all(
    device: Situation, policy: Policy, now: datetime
) -> None:
    """Its state and what is billed change exactly where a command is made, by steps that the table of states has."""
    progress = progress_of(device, policy, now)
    if not progress.requests:
        assert progress == Progress(device.state, device.billed_until)
    elif device.state == DeviceState.ACTIVE:
        assert progress.state == DeviceState.ACTIVE
        assert {request.action for request in progress.requests} == {Action.REPORT}
    else:
        to_active = reached(progress.state, Step.ACTIVATE)
        assert (progress.state, to_active) == (DeviceState.ACTIVATING, DeviceState.ACTIVE)
        assert [request.action for request in progress.requests] == [Action.TURN_ON]
        assert progress.billed_until == device.billed_until


@given(cycle=CYCLES, billed_until=TIMES, now=TIMES)
def test_every_period_that_ended_is_asked_for_once(cycle: BillingCycle, billed_until: datetime, now: datetime) -> None:
    """The periods follow one another without a gap up to the present, and asking again asks for nothing."""
    device = Situation(DeviceState.ACTIVE, START, Contract(START.date(), cycle), billed_until=billed_until)
    progress = progress_of(device, Policy(), now)
    periods = [request.period for request in progress.requests]
    assert all(earlier.end == later.start for earlier, later in pairwise(periods))
    assert all(request.read_not_before == request.period.end for request in progress.requests)
    until = periods[-1].end if periods else billed_until
    assert progress.billed_until == until
    assert not periods or periods[0].start <= billed_until < periods[0].end
    assert cycle.next_end(until) > now or until > now
    again = Situation(DeviceState.ACTIVE, START, device.contract, billed_until=until)
    assert progress_of(again, Policy(), now).requests == ()


@given(device=SITUATIONS, policy=POLICIES, now=TIMES)
def test_a_device_is_looked_at_when_something_is_due(device: Situation, policy: Policy, now: datetime) -> None:
    """An active device at the end of its period and not before; one that is signed up at once; one that left never."""
    when = attention_at(device, policy)
    waits = device.state == DeviceState.ACTIVE and device.has_open_request
    if device.state in {DeviceState.REPLACED, DeviceState.RETIRED}:
        assert when is None
    elif waits or device.state in {DeviceState.SIGNED_UP, DeviceState.ACTIVATING}:
        assert when == ALWAYS
    elif device.state == DeviceState.ACTIVE:
        assert (when is not None and when <= now) == bool(progress_of(device, policy, now).requests)
    elif when is not None:
        assert (policy.signup, device.declined_at) == ("automatic", None)
        assert when >= device.registered_at + policy.detection_delay
        assert progress_of(device, policy, when).state == DeviceState.ACTIVATING


@given(device=SITUATIONS, policy=POLICIES, now=TIMES)
def test_nothing_is_due_without_a_contract(device: Situation, policy: Policy, now: datetime) -> None:
    """The administrative systems do not know the device: nobody could be billed."""
    if device.contract is None:
        assert progress_of(device, policy, now).requests == ()


def test_a_due_device_is_read_and_written_once_in_a_message(world: World) -> None:
    """Its row and its contract, in the sync that asks for its meters and in the submission that answers."""
    proxy = world.active_proxy("ABC000001")
    world.clock.move(days=31)
    statements: list[str] = []
    with world.server._store.transaction() as connection:
        driver: Any = connection.connection.dbapi_connection
    driver.set_trace_callback(statements.append)

    def taken() -> list[int]:
        words = ("FROM devices", "equipment.", "UPDATE devices")
        counted = [sum(word in statement for statement in statements) for word in words]
        statements.clear()
        return counted

    (command,) = proxy.sync().commands
    assert taken() == [1, 1, 1]
    assert proxy.submit("ABC000001", command["CommandId"]) == "Accepted"
    assert taken() == [1, 1, 1]
