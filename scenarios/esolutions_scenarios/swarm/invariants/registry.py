"""All invariants, in the order in which they are checked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants import simulation
from esolutions_scenarios.swarm.invariants.billing import (
    acknowledgements,
    bills,
    meters,
    periods,
    reasons,
    repetition,
    requests,
)
from esolutions_scenarios.swarm.invariants.client import devices, polls, readings, wishes
from esolutions_scenarios.swarm.invariants.wire import messages, silence, strangers

if TYPE_CHECKING:
    from esolutions_scenarios.swarm.invariants.invariant import Invariant

__all__ = ["INVARIANTS"]

_IN_ORDER = (
    silence.NOTHING_IS_SENT_WHILE_OFF,
    silence.NO_PRINTER_IS_ASKED_IN_VAIN,
    strangers.STRANGERS_CHANGE_NOTHING,
    silence.THE_CLIENT_NEVER_LISTENS,
    strangers.NOTHING_ESCAPES,
    readings.NO_READING_IS_LOST,
    strangers.ONE_NUMBER_IS_ONE_DEVICE,
    messages.WHAT_IS_SENT_WAS_COMMITTED,
    strangers.ONLY_THE_SERVER_IS_BELIEVED,
    bills.EVERY_BILLED_VALUE_WAS_SHOWN,
    bills.NO_STALE_READING_IS_BILLED,
    bills.NO_REQUEST_IS_ANSWERED_TWICE,
    acknowledgements.WHAT_IS_ACKNOWLEDGED_IS_THERE,
    acknowledgements.EVERY_PERIOD_IS_BILLED_AS_ACKNOWLEDGED,
    meters.METERS_NEVER_FALL_SILENTLY,
    requests.EVERY_REQUEST_IS_ANSWERED,
    periods.EVERY_PERIOD_ENDS_RIGHT,
    repetition.ACTIVATION_HAPPENS_ONCE,
    repetition.NO_MESSAGE_COUNTS_TWICE,
    devices.EVERY_DEVICE_IS_ACTIVE,
    requests.EVERY_ORDERED_METER_IS_ANSWERED,
    requests.GONE_PRINTERS_ARE_NOT_ASKED,
    reasons.EVERY_REFUSAL_HAS_A_REASON,
    requests.ANSWERS_ARE_WHAT_WAS_ORDERED,
    messages.EVERY_BYTE_IS_ACCOUNTED_FOR,
    messages.THE_SECRET_IS_NOT_FETCHED,
    messages.ONLY_ALLOWED_DATA_IS_SENT,
    wishes.EVERY_WISH_IS_ANSWERED,
    devices.EVERY_NUMBER_IS_ON_A_LABEL,
    devices.NO_METER_IS_LEFT_OUT,
    polls.POLLS_KEEP_THE_INTERVAL,
    polls.SILENT_IS_SAID_OF_THE_SILENT,
    simulation.PRINTERS_ARE_POSSIBLE,
)
INVARIANTS: dict[str, Invariant] = {invariant.name: invariant for invariant in _IN_ORDER}
