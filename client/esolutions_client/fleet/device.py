"""A printer as this client knows it, and the states it goes through.

    discovered -> registered -> active -> replaced | retired

A server that has lost a printer makes it discovered again, and one that was replaced or retired may come back.
`become` makes every transition; no other place sets a state.

Not answering is not a state but a fact about a registered or active device
(`silent_since`): it comes and goes by itself and changes nothing else. Only one
that has not answered for `silent_after` seconds is called silent
(`called_silent_at`): the server says how long that is. So is
being held (`held_since`): its counter went backwards, or another machine may
show its serial number, and a person must look.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, get_args

from esolutions_client.states.transitions import Transitions

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["POLLED_STATES", "STATES", "Device", "State", "become", "can_become"]

State = Literal["discovered", "registered", "active", "replaced", "retired"]
STATES: frozenset[State] = frozenset(get_args(State))

_TRANSITIONS: Transitions[State] = Transitions(
    {
        "discovered": {"registered"},
        # A server that was restored from before its registration has lost it.
        "registered": {"active", "replaced", "retired", "discovered"},
        "active": {"replaced", "retired", "discovered"},
        # A printer that was retired or replaced may come back: it is registered like a new one.
        "replaced": {"registered"},
        "retired": {"registered"},
    }
)

POLLED_STATES: frozenset[State] = frozenset({"registered", "active"})


def can_become(state: State, following: State) -> bool:
    """Say whether a device may go from one state to another."""
    return _TRANSITIONS.allows(state, following)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One printer.

    `device_id` is 0 until the store has given it one. `reregister_since` says
    since when a printer has to be registered anew: when a person chose it, where its registration was given up through
    no fault of its own; `refused_reason` why the server refused
    to register it when it was asked last. `device_index` is its hrDeviceIndex
    where several printers answer at its address, None where it is the only one.

    `hardware_addresses` are those it showed, in hexadecimal with blanks
    between; `sighted` is what its meters showed where it was only found yet,
    `doubt` the machine that may be this printer or another, its address first,
    which holds it until a person says so, `also_at` where else its serial
    number is shown: JSON that `esolutions_client.service.printers.addresses.sightings` reads. None of these leaves
    the site.
    """

    serial_number: str
    host: str
    discovered_at: datetime
    port: int = 161
    community: str = field(default="public", repr=False)
    snmp_version: str = "2c"
    device_id: int = 0
    state: State = "discovered"
    vendor: str | None = None
    model: str | None = None
    layout_id: int | None = None
    registered_at: datetime | None = None
    active_since: datetime | None = None
    silent_since: datetime | None = None
    silent_reason: str | None = None
    held_since: datetime | None = None
    held_reason: str | None = None
    low_percent: int = 20
    replaced_by: str | None = None
    reregister_since: datetime | None = None
    device_index: int | None = None
    refused_reason: str | None = None
    hardware_addresses: str | None = field(default=None, repr=False)
    sighted: str | None = field(default=None, repr=False)
    doubt: str | None = field(default=None, repr=False)
    also_at: str | None = field(default=None, repr=False)
    silent_after: int = 7 * 24 * 3600
    called_silent_at: datetime | None = None

    @property
    def is_polled(self) -> bool:
        """Whether its meters are read on schedule."""
        return self.state in POLLED_STATES

    @property
    def doubted_at(self) -> str | None:
        """The address of the machine that may be this printer or another."""
        return None if self.doubt is None else self.doubt.partition(" ")[0]

    @property
    def shown_state(self) -> str:
        """The state in the words a person reads: a polled device that has not answered for long is silent."""
        return "silent" if self.is_polled and self.called_silent_at is not None else self.state


def become(device: Device, following: State) -> Device:
    """Return a device in the state that follows; one that is in it already is returned as it is.

    Raises:
        TransitionError: no device goes from its state to that one.
    """
    if device.state == following:
        return device
    _TRANSITIONS.check(device.serial_number, device.state, following)
    return replace(device, state=following)
