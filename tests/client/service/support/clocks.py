"""Spans of time, and servers that do not listen."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from esolutions_client.errors import UnreachableError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.wire.http.transport import HttpResponse

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


def refuse(_body: bytes, _proceed: Callable[[bytes], HttpResponse]) -> HttpResponse:
    """Let no server listen."""
    raise UnreachableError("connection refused")
