"""Work through what is due, and wait, for as long as `run` lives.

It neither reads nor sends by itself: the agent does, and the session waits.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import StoreError, StoreFullError
from esolutions_client.planning.backoff import Backoff

if TYPE_CHECKING:
    from esolutions_client.cli.session import Session
    from esolutions_client.service.agent import MeterAgent

__all__ = ["work"]

_LOG = logging.getLogger(__name__)
# However long the next poll is away, a change made by another command is noticed within a minute.
_LONGEST_WAIT_SECONDS = 60.0
# `enable` is waited for with nothing but a look at the switch.
_WAIT_WHILE_OFF_SECONDS = 1.0


def work(session: Session, *, once: bool) -> None:
    """Do what is due, until the process is stopped, or one time only.

    Raises:
        UsageError: another program is at work on this data folder.
        StoreError: the store cannot be used, and either not for lack of room or it was to be done one time only.
    """
    _wait_for_room(session, once=once)
    with session.store.exclusive():
        _work(session, once=once)


def _work(session: Session, *, once: bool) -> None:
    agent = session.agent
    reason: Any = "Startup"
    while True:
        done = agent.run_due(reason)
        if done.failure:
            _LOG.warning("the server was not reached: %s", done.failure)
        if done.trouble:
            # A full disk may be cleared; nothing that was not committed was used.
            _LOG.error("%s", done.trouble)
        else:
            reason = "Scheduled"
        if once:
            if done.trouble:
                raise StoreError(done.trouble)
            return
        session.wait(_seconds_to_wait(session, agent))


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
        return _WAIT_WHILE_OFF_SECONDS
    following = agent.next_due_at()
    away = _LONGEST_WAIT_SECONDS if following is None else (following - session.now()).total_seconds()
    return min(max(away, 1.0), _LONGEST_WAIT_SECONDS)
