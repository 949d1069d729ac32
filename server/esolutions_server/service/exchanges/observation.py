"""What an exchange changed at the server, for a testbed: everything its message can touch, before and after it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_server.domain.changes import changes_between
from esolutions_server.domain.devices.identity import IdentityError, canonical_serial
from esolutions_server.store.repositories import belongings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.domain.changes import Change, State
    from esolutions_server.service.messages import Request
    from esolutions_server.service.unit_of_work import UnitOfWork

__all__ = ["Observation"]


@dataclass(frozen=True, slots=True)
class Observation:
    """Looks before an operation is carried out, and again after it, inside the same transaction."""

    proxy_id: str
    _serials: frozenset[str]
    _newest: belongings.Newest
    _before: State

    @classmethod
    def begun(cls, work: UnitOfWork, proxy_id: str, request: Request) -> Observation:
        """Look at the proxy, at the devices that its message names, and at those that the response may be about."""
        connection = work.connection
        serials = frozenset((*_named(request), *belongings.serials_in_hand(connection, proxy_id, work.now)))
        newest = belongings.newest(connection)
        before = belongings.belongings(connection, proxy_id, serials, newest)
        return cls(proxy_id, serials, newest, before)

    def changes(self, work: UnitOfWork) -> tuple[Change, ...]:
        """Return what is different by now. Bounded by the devices of one proxy."""
        now = belongings.belongings(work.connection, self.proxy_id, self._serials, self._newest)
        return changes_between(self._before, now)


def _named(request: Request) -> Iterator[str]:
    for device in getattr(request, "devices", ()):
        try:
            yield canonical_serial(device.serial)
        except IdentityError:
            continue  # it is nothing that the server could have
