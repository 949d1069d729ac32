"""What each operation of the wire does for an authenticated proxy, inside the transaction of its message.

Who sent it and whether it came before was decided earlier.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.service.exchanges.commands import command_queue, submissions, transactions
from esolutions_server.service.exchanges.proxies import registration
from esolutions_server.service.messages import Receipt, SyncProxyResponse

if TYPE_CHECKING:
    from esolutions_server.service.messages import (
        DeviceOutcome,
        RegisterProxy,
        RegisterProxyDevices,
        Request,
        SubmitBillingTransaction,
        SyncProxy,
        SyncProxyStatus,
    )
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import ProxyRecord

__all__ = ["register_devices", "register_proxy", "submit_billing", "sync", "take_status"]


def register_proxy(work: UnitOfWork, proxy: ProxyRecord, request: RegisterProxy) -> Receipt:
    """Make an installed client and its secret known; again with the same secret it is the same proxy."""
    registration.renew_proxy(work, proxy, request)
    return _receipt(work, request)


def register_devices(work: UnitOfWork, proxy: ProxyRecord, request: RegisterProxyDevices) -> Receipt:
    """Make devices of a proxy known, with their opening readings."""
    return _receipt(work, request, registration.register_devices(work, proxy, request))


def sync(work: UnitOfWork, proxy: ProxyRecord, request: SyncProxy) -> SyncProxyResponse:
    """Tell a proxy what there is to do."""
    commands = command_queue.commands_for(work, proxy.id)
    return SyncProxyResponse(work.new_id(), request.header.named, work.now, commands)


def take_status(work: UnitOfWork, proxy: ProxyRecord, request: SyncProxyStatus) -> Receipt:
    """Note which devices a proxy turned on."""
    return _receipt(work, request, submissions.take_statuses(work, proxy, request))


def submit_billing(work: UnitOfWork, proxy: ProxyRecord, request: SubmitBillingTransaction) -> Receipt:
    """Check and keep the readings that answer billing requests.

    Raises:
        RefusalError: the transaction came before with other content.
    """
    transactions.check_content(work, proxy, request)
    return _receipt(work, request, submissions.take_readings(work, proxy, request))


def _receipt(work: UnitOfWork, request: Request, outcomes: tuple[DeviceOutcome, ...] = ()) -> Receipt:
    return Receipt(work.new_id(), request.header.named, work.now, outcomes)
