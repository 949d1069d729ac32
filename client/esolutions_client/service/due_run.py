"""Do what is due at this time, and say when something is due again.

Communication that is off, a full disk and a server that is not reached each put work off; none of it is lost. How the
work is done is not decided here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_client.errors import DeliveryError, StoreError, TurnedOffError
from esolutions_client.planning.backoff import Backoff
from esolutions_client.service.due_times import DueTimes

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.service.exchanges.exchanges import Exchanges
    from esolutions_client.service.identity import Identity
    from esolutions_client.service.printers.polling import Polling, PollReport
    from esolutions_client.service.printers.rounds import Rounds
    from esolutions_client.store.store import Store
    from esolutions_client.wire.messages import SyncReason, SyncResponse

__all__ = ["Done", "DueRun"]


@dataclass(frozen=True, slots=True)
class Done:
    """What one run did.

    `settled` is how many messages have left the outbox outside a sync: acknowledged, rejected or given up. `failure`
    says why the server was not reached, `trouble` why the store could not be used.
    """

    poll: PollReport | None = None
    sync: SyncResponse | None = None
    settled: int = 0
    failure: str | None = None
    trouble: str | None = None


class DueRun:
    """Runs what is due."""

    def __init__(
        self,
        store: Store,
        identity: Identity,
        schedule: Schedule,
        polling: Polling,
        rounds: Rounds,
        exchanges: Exchanges,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float],
        take_wishes: Callable[[], object],
    ) -> None:
        """Put it together; `take_wishes` fulfils what other programs of this client ask for."""
        self._store = store
        self._identity = identity
        self._polling = polling
        self._rounds = rounds
        self._exchanges = exchanges
        self._now = now
        self._monotonic = monotonic
        self._take_wishes = take_wishes
        self._due_times = DueTimes(store, schedule, now)
        self._backoff = Backoff()
        self._has_begun = False
        self._wish_tried = 0
        self._has_changed = store.watch()

    def begin(self) -> None:
        """Begin a run of this client, as a program does when it starts.

        Raises:
            StoreError: that cannot be kept; `run` does it when it can.
        """
        self._identity.begin_instance()
        self._has_begun = True

    def run(self, reason: SyncReason) -> Done:
        """Do everything that is due; see `MeterAgent.run_due`."""
        newest_wish = self._newest_wish()
        if newest_wish <= self._wish_tried and not self._may_work:
            return Done()
        try:
            if not self._has_begun:
                self.begin()
            # A command waits for the outcome of a new one, be it that communication is off or the disk full still.
            self._wish_tried = newest_wish
            if self._wish_tried:
                self._take_wishes()
            if not self._may_work:
                return Done()
            done = self._run(reason)
        except TurnedOffError:
            # It was turned off in the middle: what was committed before stands, the rest is due when it is on.
            return Done()
        except StoreError as error:
            wait = self._backoff.failed(self._monotonic())
            return Done(trouble=f"{error}; trying again in {wait.total_seconds() / 60:g} minutes")
        self._backoff.succeeded()
        return done

    def _run(self, reason: SyncReason) -> Done:
        now = self._now()
        report: PollReport | None = None
        failure: str | None = None
        settled = 0
        response: SyncResponse | None = None
        is_news = self._has_changed()
        if is_news:
            self._take_notice()
        if self._has_printers() and self._due_times.poll_at() <= now:
            report = self._rounds.poll()
        contact_at, sync_is_due = self._due_times.contact_at()
        try:
            if contact_at is not None and contact_at <= now:
                if sync_is_due:
                    response = self._exchanges.sync("Retry" if self._store.settings.failures else reason)
                else:
                    settled = self._exchanges.flush()
            if (is_news or report is not None) and self._due_times.may_contact():
                settled += self._exchanges.submit()
        except DeliveryError as error:
            failure = str(error)
        return Done(report, response, settled, failure)

    def next_at(self) -> datetime | None:
        """Return when something is due again; None while communication is turned off."""
        if self._is_wished:
            return self._now()
        if not self._identity.is_enabled:
            return None
        left = self._backoff.left(self._monotonic())
        if left:
            return self._now() + left
        contact_at, _ = self._due_times.contact_at()
        if not self._has_printers():
            return contact_at
        poll_at = self._due_times.poll_at()
        return poll_at if contact_at is None else min(poll_at, contact_at)

    @property
    def _may_work(self) -> bool:
        """Whether communication is on, and the store was usable or is tried again."""
        return self._identity.is_enabled and not self._backoff.left(self._monotonic())

    @property
    def _is_wished(self) -> bool:
        """Whether another program asks for something that was not tried yet."""
        return self._newest_wish() > self._wish_tried

    def _newest_wish(self) -> int:
        try:
            return self._store.wishes.newest_open()
        except StoreError:
            return 0  # what is due next meets it, and says so

    def _take_notice(self) -> None:
        """Take up what another program has changed: a printer that was accepted is billed now, not in two hours."""
        self._polling.forget()
        self._rounds.poll_answering(self._exchanges.serials_wanting_a_reading())

    def _has_printers(self) -> bool:
        """Whether there is one to read, be it to register it anew."""
        return bool(self._polling.tracked()) or self._exchanges.is_awaiting_registration
