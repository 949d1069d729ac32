"""Note what a message says about the proxy itself, and what looks wrong about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.service.messages import RegisterProxyDevices, SyncProxy
from esolutions_server.store import proxies

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from esolutions_server.service.context import Work
    from esolutions_server.service.messages import Request
    from esolutions_server.store.records import ProxyRecord

__all__ = ["is_silent", "note"]


def note(work: Work, proxy: ProxyRecord, request: Request, *, forgot: bool) -> tuple[str, ...]:
    """Keep what the message says of its proxy; return remarks for the journal.

    `forgot` says that the proxy holds a receipt that this server does not know: it is kept for no later one.

    A second installation with a copied data directory shows as two instance
    ids that take turns: one that was left for another comes back.
    """
    header = request.header
    values: dict[str, Any] = {"last_heard_at": work.now, "next_contact_at": header.next_contact_at}
    remarks = []
    if forgot:
        remarks.append("restored: the proxy holds a receipt that this server has forgotten")
    elif header.last_receipt_id is not None:
        values["last_receipt_id"] = header.last_receipt_id
    if header.instance_id != proxy.instance_id:
        values |= {"instance_id": header.instance_id, "former_instance_id": proxy.instance_id}
        if header.instance_id == proxy.former_instance_id:
            remarks.append("cloned: two instances take turns")
    if isinstance(request, SyncProxy | RegisterProxyDevices):
        values["last_poll_at"] = request.last_poll_at
    if isinstance(request, SyncProxy):
        values |= {"reason": request.reason, "queue": request.queue}
        if request.fleet_digest != proxy.fleet_digest:
            remarks.append("fleet differs")
    if isinstance(request, RegisterProxyDevices):
        values["consent_given_at"] = request.consent_given_at
    proxies.set_values(work.connection, proxy.id, values)
    return tuple(remarks)


def is_silent(proxy: ProxyRecord, now: datetime, grace: timedelta) -> bool:
    """Whether a proxy has not called although it is past the time it announced, its window and a grace."""
    late = (now - proxy.next_contact_at).total_seconds()
    return late > proxy.sync_window + grace.total_seconds()
