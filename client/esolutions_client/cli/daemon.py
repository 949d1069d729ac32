"""Work through what is due, and wait, for as long as `run` lives.

It neither reads nor sends by itself: the agent does, and the session waits.
"""

from __future__ import annotations

import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from esolutions_client.cli.asking import at_work_as_run
from esolutions_client.errors import StoreError, StoreFullError
from esolutions_client.planning.backoff import Backoff
from esolutions_client.wire.http.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.cli.session import Session
    from esolutions_client.service.agent import MeterAgent

__all__ = ["work"]

_LOG = logging.getLogger(__name__)
# However long the next poll is away, the schedule is worked out anew within a minute: a clock may have been set.
_LONGEST_WAIT_SECONDS = 60.0
# How soon a wish, `accept` or `enable` of another program is noticed; a look costs microseconds.
_LOOK_EVERY_SECONDS = 1.0


def work(session: Session, *, once: bool) -> None:
    """Do what is due, until the process is stopped, or one time only.

    Raises:
        AtWorkError: another `run` is at work on this data folder.
        StoreError: the store cannot be used, and either not for lack of room or it was to be done one time only.
    """
    _wait_for_room(session, once=once)
    with at_work_as_run(session):
        _work(session, once=once)


def _work(session: Session, *, once: bool) -> None:
    agent = session.agent
    _say_what_begins(session, agent)
    has_changed = session.store.watch()
    reason: Any = "Startup"
    while True:
        done = agent.run_due(reason)
        if done.trouble:
            # A full disk may be cleared; nothing that was not committed was used.
            _LOG.error("%s", done.trouble)
        else:
            reason = "Scheduled"
        if once:
            if done.trouble:
                raise StoreError(done.trouble)
            return
        _wait(session, _seconds_to_wait(session, agent), has_changed)


def _say_what_begins(session: Session, agent: MeterAgent) -> None:
    settings = session.store.settings
    _LOG.info("started: %d printers, server %s", len(agent.polling.tracked()), masked(session.way.server_url or "-"))
    if not agent.identity.is_enabled:
        _LOG.warning("communication is turned off: `esolutions-client enable` turns it on")
    if settings.failures:
        _LOG.warning("the server was not reached last: %s", settings.last_result)


def _wait(session: Session, seconds: float, has_changed: Callable[[], bool]) -> None:
    """Let time pass until something is due, or another program has changed the store."""
    while seconds > 0:
        session.wait(min(seconds, _LOOK_EVERY_SECONDS))
        seconds -= _LOOK_EVERY_SECONDS
        with suppress(StoreError):  # what is due next meets it, and says so
            if has_changed():
                return


def _wait_for_room(session: Session, *, once: bool) -> None:
    """Return as soon as there is room on the disk to open the store."""
    backoff = Backoff()
    while True:
        try:
            _ = session.agent
        except StoreFullError as error:
            if once:
                raise
            wait = backoff.failed(session.monotonic()).total_seconds()
            _LOG.error("%s; trying again in %g minutes", error, wait / 60)
            session.wait(wait)
        else:
            return


def _seconds_to_wait(session: Session, agent: MeterAgent) -> float:
    if not agent.identity.is_enabled:
        return _LOOK_EVERY_SECONDS
    try:
        following = agent.next_due_at()
    except StoreError:
        return _LONGEST_WAIT_SECONDS
    away = _LONGEST_WAIT_SECONDS if following is None else (following - session.now()).total_seconds()
    return min(max(away, 1.0), _LONGEST_WAIT_SECONDS)
