"""Work through what is due, and wait, for as long as `run` lives.

It neither reads nor sends by itself: the agent does, and the session waits.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import StoreError

if TYPE_CHECKING:
    from esolutions_client.cli.session import Session

__all__ = ["work"]

_LOG = logging.getLogger(__name__)
# However long the next poll is away, a change made by another command is noticed within a minute.
_LONGEST_WAIT_SECONDS = 60.0


def work(session: Session, *, once: bool) -> None:
    """Do what is due, until the process is stopped, or one time only."""
    agent = session.agent
    agent.identity.begin_instance()
    reason: Any = "Startup"
    while True:
        try:
            done = agent.run_due(reason)
            reason = "Scheduled"
            if done.failure:
                _LOG.warning("the server was not reached: %s", done.failure)
        except StoreError as error:
            # A full disk may be cleared; nothing that was not committed was used.
            _LOG.error("%s; trying again in a minute", error)
        if once:
            return
        following = agent.next_due_at()
        away = _LONGEST_WAIT_SECONDS if following is None else (following - session.now()).total_seconds()
        session.wait(min(max(away, 1.0), _LONGEST_WAIT_SECONDS))
