"""Verify what a server saw by expectations, over a period of its journal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.verification import verify
from esolutions_server.service.people.verification import events_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from esolutions_server.domain.verification import Expectation, Verdict
    from esolutions_server.service.people.administration import Administration

__all__ = ["verify_server"]


def verify_server(
    administration: Administration,
    expectations: Sequence[Expectation],
    now: datetime,
    *,
    since: datetime | None = None,
) -> list[Verdict]:
    """Judge what a server saw.

    Args:
        administration: the server's.
        expectations: what should be true.
        now: until when it is judged: what may still come in time is no miss.
        since: from when on; None from the beginning.

    Returns:
        a verdict for each expectation.
    """
    seen = events_of(
        list(administration.every.journal()),
        list(administration.every.commands()),
        list(administration.every.devices()),
    )
    events = [event for event in seen if (since is None or event.at >= since) and event.at <= now]
    return verify(events, expectations, now)
