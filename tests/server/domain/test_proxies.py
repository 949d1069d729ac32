"""Where a proxy is, as a function of what is known of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from esolutions_server.domain.devices.proxies import SILENT_AFTER, ProxyFacts, ProxyState, proxy_state

NOW = datetime(2026, 1, 5, 9, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
P = ProxyState


@pytest.mark.parametrize(
    ("has_synced", "heard", "expected", "states", "state"),
    [
        (False, NOW, NOW + DAY, set(), P.REGISTERED),
        (False, NOW, NOW + DAY, {"registered"}, P.REGISTERED),
        (True, NOW, NOW + DAY, {"active"}, P.RUNNING),
        (True, NOW - SILENT_AFTER, NOW - DAY, {"active"}, P.RUNNING),
        (True, NOW - SILENT_AFTER - SECOND, NOW - SECOND, {"active"}, P.SILENT),
        (True, NOW - SILENT_AFTER - SECOND, NOW, {"active"}, P.RUNNING),
        (False, NOW - 2 * DAY, NOW - DAY, set(), P.SILENT),
        (True, NOW, NOW + DAY, {"retired"}, P.RETIRED),
        (True, NOW - 9 * DAY, NOW - 8 * DAY, {"retired", "replaced"}, P.RETIRED),
        (True, NOW, NOW + DAY, {"retired", "registered"}, P.RUNNING),
    ],
)
def test_where_a_proxy_is(
    has_synced: bool,  # noqa: FBT001 - a parameter
    heard: datetime,
    expected: datetime,
    states: set[str],
    state: ProxyState,
) -> None:
    """A day to the second, and not before it had announced to call; retired with its last device."""
    assert proxy_state(ProxyFacts(has_synced, heard, expected, states), NOW) == state
