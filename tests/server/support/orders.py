"""Orders of billing requests: a proxy that was asked for certain meters, and readings that answer it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

FEBRUARY = datetime(2026, 2, 1, 4, tzinfo=UTC)


def rows(*names: str, value: object = 1234667) -> str:
    """Write meters of these names."""
    return "".join(f'<n:Meter Name="{name}">{value}</n:Meter>' for name in names)


def asked(world: World, proxy: Proxy, when: datetime = FEBRUARY) -> str:
    """Let a period end and return the request that comes of it."""
    world.clock.moment = when
    return proxy.sync().commands[0]["CommandId"]
