"""Do what falls due without a call from a proxy: requests, mail about missing reads, forgetting what is over."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from esolutions_server.service import mail
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.unit_of_work import UnitOfWork
from esolutions_server.store.repositories import commands, devices
from esolutions_server.store.repositories.exchanges import idempotency, journal
from esolutions_server.store.repositories.keyset import each_of

if TYPE_CHECKING:
    import random
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_server.domain.policy import Policy
    from esolutions_server.store.engine.database import Store
    from esolutions_server.store.repositories.records import DeviceRecord, EquipmentRecord

__all__ = ["Maintenance"]

# Strangers can make journal rows without limit; the newest are enough to see what is going on.
REFUSALS_OF_STRANGERS_KEPT = 10_000
_SECOND = timedelta(seconds=1)


class Maintenance:
    """The chores of a server; to be run about every minute, and harmless to run at any time."""

    def __init__(self, store: Store, *, now: Callable[[], datetime], rng: random.Random, policy: Policy) -> None:
        self._store = store
        self._now = now
        self._rng = rng
        self._policy = policy

    def run(self) -> None:
        """Do everything that has fallen due."""
        with self._store.transaction() as connection:
            work = UnitOfWork(connection, self._now().replace(microsecond=0), self._rng, self._policy)
            _advance_devices(work)
            _mail_about_missing_reads(work)
            idempotency.prune(connection, now=work.now, responses_before=work.now - self._policy.receipts_kept)
            journal.prune(connection, strangers_kept=REFUSALS_OF_STRANGERS_KEPT)

    def next_due(self) -> datetime | None:
        """Return when something falls due next, after now; None where nothing will by itself."""
        now = self._now().replace(microsecond=0)
        with self._store.transaction() as connection:
            known = [devices.next_attention(connection, now)]
            deadline = commands.next_deadline(connection, now)
            # A request is overdue after its deadline.
            known.append(None if deadline is None else deadline + _SECOND)
            # A device that has an open request is looked at each time; its next period ends all the same.
            waiting = each_of(partial(devices.page_needing_attention, connection, now), lambda found: found[0].serial)
            known.append(min(filter(None, (_period_end(*found) for found in waiting)), default=None))
        return min((at for at in known if at is not None and at > now), default=None)


def _period_end(device: DeviceRecord, equipment: EquipmentRecord | None) -> datetime | None:
    if equipment is None or device.billed_until is None:
        return None
    return lifecycle.contract_of(equipment).cycle.next_end(device.billed_until)


def _advance_devices(work: UnitOfWork) -> None:
    """Do what has fallen due about devices, by serial number."""
    waiting = partial(devices.page_needing_attention, work.connection, work.now)
    for device, equipment in each_of(waiting, lambda found: found[0].serial):
        lifecycle.advance(work, device, equipment)


def _mail_about_missing_reads(work: UnitOfWork) -> None:
    """Tell about each device that does not report, once: not again for the next cycle while the last one is missing."""
    for command in each_of(partial(commands.page_of_overdue, work.connection, work.now), lambda last: last):
        if not commands.is_overdue_told(work.connection, command.serial):
            mail.readings_overdue(work, command)
        commands.set_values(work.connection, command.id, {"overdue_mailed_at": work.now})
