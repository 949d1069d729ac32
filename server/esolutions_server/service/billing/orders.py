"""Say which meters a command orders: those that were known when it was first sent, and no others ever after.

An order is fixed with the first sending, so that a submission which was on its way for days is compared with what was
really asked. Submissions are judged elsewhere.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from esolutions_server.domain.billing.plausibility import LastReading, max_plausible
from esolutions_server.service.messages import MeterOrder
from esolutions_server.store.repositories import devices

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, MeterRecord

__all__ = ["fix_order", "ordered_meters", "spelled_out"]


def fix_order(work: UnitOfWork, command: CommandRecord) -> CommandRecord:
    """Return a command that is about to be sent, with the meters it orders written into it."""
    if command.ordered is not None:
        return command
    return command._replace(ordered=json.dumps(_known(work, command)))


def ordered_meters(work: UnitOfWork, command: CommandRecord) -> list[str]:
    """Return the names of the meters that a command ordered, or would order if it was never sent.

    Bounded by the meters of one device.
    """
    return _known(work, command) if command.ordered is None else list(json.loads(command.ordered))


def spelled_out(work: UnitOfWork, command: CommandRecord) -> tuple[MeterOrder, ...]:
    """Return the order as it is sent: each meter with the bounds that its value must keep to be credible.

    Bounded by the meters of one device.
    """
    known = {meter.name: meter for meter in devices.meters_of(work.connection, command.serial)}
    until = max(command.answer_by, work.now)
    return tuple(_order(work, name, known.get(name), until) for name in ordered_meters(work, command))


def _known(work: UnitOfWork, command: CommandRecord) -> list[str]:
    return [meter.name for meter in devices.meters_of(work.connection, command.serial)]


def _order(work: UnitOfWork, name: str, meter: MeterRecord | None, until: datetime) -> MeterOrder:
    if meter is None or meter.last_value is None or meter.last_read_at is None:
        return MeterOrder(name, None, None, None)
    last = LastReading(meter.last_value, meter.last_read_at)
    highest = max_plausible(last, until, work.policy.credible_increase_per_minute)
    return MeterOrder(name, last.value, last.read_at, highest)
