"""Servers that are restored from a backup or lose their database, and what crossed and was billed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.support.office import Office

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from esolutions_client.wire.http.transport import HttpResponse

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Proceed = Callable[[bytes], HttpResponse]


def operations(bodies: list[bytes]) -> list[str]:
    """Return which operations messages are of, in order."""
    return [re.search(rb":Body[^>]*><ns0:(\w+)", body)[1].decode() for body in bodies]  # type: ignore[index]


def bills(office: Office) -> list[tuple[Any, ...]]:
    """Return what is billed, but for what the server itself numbers."""
    return sorted(
        (bill.serial, bill.meter, bill.value, bill.previous_value, bill.read_at)
        for bill in office.administration.every.bills()
    )
