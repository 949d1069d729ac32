"""Which status of HTTP an error has: that of the first kind that it is one of."""

from __future__ import annotations

from esolutions_server.domain.testbed_time import ClockError
from esolutions_server.service.errors import AdministrationError, NotKnownError, StartError
from esolutions_server.store.engine.errors import StoreError, StoreUnavailableError
from esolutions_server.testbed.faults.laid import NoSuchFaultError
from esolutions_server.testbed.gate import GateShutError
from esolutions_server.testbed.instrument import NoSuchNamespaceError
from esolutions_server.testbed.journal.journal import NoSuchExchangeError
from esolutions_server.testbed.snapshots import NoSuchSnapshotError

__all__ = ["status_of"]

_STATUSES: dict[type[Exception], int] = {
    ClockError: 422,
    NotKnownError: 404,
    AdministrationError: 422,
    NoSuchExchangeError: 404,
    NoSuchNamespaceError: 404,
    NoSuchSnapshotError: 404,
    NoSuchFaultError: 404,
    # It, or a namespace of it, is about to end.
    GateShutError: 503,
    # The disk is full, or is not there.
    StartError: 503,
    OSError: 503,
    StoreUnavailableError: 503,
    StoreError: 422,
}


def status_of(error: Exception) -> int | None:
    """Return the status that tells of an error; None where it was not foreseen."""
    return next((status for kind, status in _STATUSES.items() if isinstance(error, kind)), None)
