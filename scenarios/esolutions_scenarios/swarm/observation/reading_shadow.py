"""Remember every reading that a client ever committed, to see that it keeps each of them as it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.store.store import Store

__all__ = ["ReadingShadow"]

# Counting readings is cheap, looking at each is not: about two days of a few printers.
_TAKEN_UP_AT_ONCE = 60
# Everything of a reading but its flag, which a person's trust changes.
_Kept = tuple[int, int, int | None, str]


class ReadingShadow:
    """The readings of one store, by printer in the order they were taken, as they were first seen."""

    def __init__(self) -> None:
        self._kept: dict[int, list[_Kept]] = {}
        self._count = 0

    def lost(self, store: Store) -> str:
        """Take up what is new since the last look; say how much is missing, or nothing."""
        before, self._count = self._count, store.readings.count()
        if self._count < before:
            return f"{before - self._count} readings that were kept are gone"
        if self._count >= sum(map(len, self._kept.values())) + _TAKEN_UP_AT_ONCE:
            for device_id, rows in _all(store):
                kept = self._kept.setdefault(device_id, [])
                kept += rows[len(kept) :]
        return ""

    def changed(self, store: Store) -> Iterator[str]:
        """Yield the printers whose readings are not as they were; new ones come behind the old ones."""
        found = dict(_all(store))
        for device_id, kept in self._kept.items():
            if found.get(device_id, [])[: len(kept)] != kept:
                yield f"the readings of printer {device_id} are not what they were"


def _all(store: Store) -> Iterator[tuple[int, list[_Kept]]]:
    for device in store.devices.all():
        rows = reversed(store.readings.newest(device.device_id, -1))
        yield device.device_id, [(row.seconds, row.layout_id, row.uptime, row.body) for row in rows]
