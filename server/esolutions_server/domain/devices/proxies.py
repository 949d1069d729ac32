"""Where a proxy is in its life, as a pure function of what is known of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from esolutions_server.domain.devices.states import LIVING_STATES

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

__all__ = ["SILENT_AFTER", "ProxyFacts", "ProxyState", "proxy_state"]

SILENT_AFTER = timedelta(hours=24)


class ProxyState(StrEnum):
    """Where an installed client is; every message it sends takes it on from where it is.

    Registered: it has made itself known, and has not synced yet. Running: it syncs. Silent: nothing has come for more
    than 24 hours, and it is later than it had announced. Retired: it had devices, and all have left service.
    """

    REGISTERED = "registered"
    RUNNING = "running"
    SILENT = "silent"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class ProxyFacts:
    """What the state of a proxy follows from; `expected_until` is until when it calls if all is well."""

    has_synced: bool
    last_heard_at: datetime
    expected_until: datetime
    device_states: Collection[str]


def proxy_state(proxy: ProxyFacts, now: datetime) -> ProxyState:
    """Return where a proxy is."""
    if proxy.device_states and not any(state in LIVING_STATES for state in proxy.device_states):
        return ProxyState.RETIRED
    # A client that syncs daily, at another time of its window each day, is not silent in between.
    if now > max(proxy.last_heard_at + SILENT_AFTER, proxy.expected_until):
        return ProxyState.SILENT
    return ProxyState.RUNNING if proxy.has_synced else ProxyState.REGISTERED
