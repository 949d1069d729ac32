"""Decide what has fallen due about a device, and when it has to be looked at again.

Two tables and two pure functions; the store and the wire are not known here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from functools import reduce
from itertools import takewhile
from typing import TYPE_CHECKING

from esolutions_server.domain.billing.commands import Action
from esolutions_server.domain.devices.states import DeviceState, Step, next_state

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from esolutions_server.domain.billing.billing_cycle import BillingCycle, Period
    from esolutions_server.domain.policy import Policy

__all__ = ["ALWAYS", "Contract", "Progress", "Request", "Situation", "administered_at", "attention_at", "progress_of"]

ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

_S = DeviceState
# What a device that is looked at does by itself, one step after the other; before it is signed up under an automatic
# policy alone.
_STEPS: Mapping[DeviceState, tuple[Step, ...]] = {
    _S.REGISTERED: (Step.DETECT, Step.SIGN_UP, Step.COMMAND),
    _S.DETECTED: (Step.SIGN_UP, Step.COMMAND),
    _S.SIGNED_UP: (Step.COMMAND,),
}
_BEFORE_SIGN_UP = (_S.REGISTERED, _S.DETECTED)


@dataclass(frozen=True, slots=True)
class Contract:
    """What the administrative systems know of a device: when it was installed, and when its periods end."""

    installed_on: date
    cycle: BillingCycle


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known of a device when it is decided what to do about it.

    Attributes:
        contract: None where the administrative systems do not know the device.
        declined_at: when its client refused to turn it on, if it did.
        billed_until: the end of the last period that was asked for; None before it is active.
        has_open_request: whether a command about it waits for its answer; it counts in the active state alone.
    """

    state: DeviceState
    registered_at: datetime
    contract: Contract | None = None
    declined_at: datetime | None = None
    billed_until: datetime | None = None
    has_open_request: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """A command to be made: about which period, and from when on a reading answers it."""

    action: Action
    period: Period
    read_not_before: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """What has fallen due: the state a device gets, the commands that are made, and until when it is then billed."""

    state: DeviceState
    billed_until: datetime | None
    requests: tuple[Request, ...] = ()


def progress_of(device: Situation, policy: Policy, now: datetime) -> Progress:
    """Return what has fallen due about a device that is looked at: to sign it up, command it, ask for its meters."""
    nothing = Progress(device.state, device.billed_until)
    if device.contract is None:
        return nothing
    cycle = device.contract.cycle
    if device.state == DeviceState.ACTIVE and device.billed_until is not None:
        ended = tuple(takewhile(lambda period: period.end <= now, cycle.periods_after(device.billed_until)))
        requests = tuple(Request(Action.REPORT, period, period.end) for period in ended)
        return Progress(device.state, ended[-1].end, requests) if ended else nothing
    steps = _STEPS.get(device.state, ())
    if not steps or (device.state in _BEFORE_SIGN_UP and policy.signup != "automatic"):
        return nothing
    turn_on = Request(Action.TURN_ON, cycle.period_around(now), now)
    return Progress(reduce(next_state, steps, device.state), device.billed_until, (turn_on,))


def attention_at(device: Situation, policy: Policy) -> datetime | None:
    """Return when a device has to be looked at; None where only an event changes that."""
    when = _ATTENTION.get(device.state)
    return None if when is None else when(device, policy)


def administered_at(contract: Contract, policy: Policy) -> datetime:
    """Return when the administrative systems know an installation."""
    return datetime.combine(contract.installed_on, time(), UTC) + policy.administrative_delay


def _once_detectable(device: Situation, policy: Policy) -> datetime | None:
    """The hour and the thirty days are over: a device then shows on the detected page."""
    if policy.signup != "automatic" or device.declined_at is not None or device.contract is None:
        return None
    return max(device.registered_at + policy.detection_delay, administered_at(device.contract, policy))


def _always(_device: Situation, _policy: Policy) -> datetime | None:
    return ALWAYS


def _at_the_next_end(device: Situation, _policy: Policy) -> datetime | None:
    if device.has_open_request:
        return ALWAYS
    if device.contract is None or device.billed_until is None:
        return None
    return device.contract.cycle.next_end(device.billed_until)


_ATTENTION: Mapping[DeviceState, Callable[[Situation, Policy], datetime | None]] = {
    _S.REGISTERED: _once_detectable,
    _S.DETECTED: _once_detectable,
    _S.SIGNED_UP: _always,
    _S.ACTIVATING: _always,
    _S.ACTIVE: _at_the_next_end,
}
