"""Note what a message says about the proxy itself, and what looks wrong about it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from esolutions_server.service.devices import lifecycle
from esolutions_server.service.exchanges.wire_ranges import dates_ahead
from esolutions_server.service.messages import RegisterProxyDevices, SyncProxy, SyncProxyStatus
from esolutions_server.store.repositories import proxies

if TYPE_CHECKING:
    from esolutions_server.service.messages import Request
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import ProxyRecord

__all__ = ["expected_until", "is_silent", "note"]

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)


def note(work: UnitOfWork, proxy: ProxyRecord, request: Request, *, forgot: bool) -> tuple[str, ...]:
    """Keep what the message says of its proxy; return remarks for the journal. Bounded by the dates of one message.

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
    told, noticed = _particulars(work, proxy, request)
    ahead = list(dates_ahead(work.latest, request))
    if ahead:
        remarks.append(f"dated in the future: {', '.join(ahead)}")
    proxies.set_values(work.connection, proxy.id, values | told)
    return (*remarks, *noticed)


def _particulars(work: UnitOfWork, proxy: ProxyRecord, request: Request) -> tuple[dict[str, Any], list[str]]:
    """Return what a message of its kind tells of the proxy, as columns, and what looks wrong about that."""
    if isinstance(request, SyncProxy):
        told: dict[str, Any] = {
            "last_poll_at": request.last_poll_at, "reason": request.reason, "queue": request.queue,
        }  # fmt: skip
        differs = request.fleet_digest != proxy.fleet_digest
        return told, [*_staleness(work, proxy, request.last_poll_at), *(["fleet differs"] if differs else [])]
    if isinstance(request, RegisterProxyDevices):
        told = {"last_poll_at": request.last_poll_at, "consent_given_at": request.consent_given_at}
        with_these = lifecycle.digest_with(work, proxy.id, [new.serial for new in request.devices])
        return told, ["fleet differs"] if request.fleet_digest != with_these else []
    if isinstance(request, SyncProxyStatus) and request.devices:
        return _interval(work, min(status.poll_interval for status in request.devices))
    return {}, []


def _interval(work: UnitOfWork, kept: timedelta) -> tuple[dict[str, Any], list[str]]:
    """Take note of how often a proxy says that it polls, if that can be, and whether that is what it was told."""
    commanded = work.policy.poll_interval
    remarks = [f"polls every {kept // _MINUTE} minutes, not {commanded // _MINUTE}"] if kept != commanded else []
    return ({"poll_interval": int(kept.total_seconds())} if _MINUTE <= kept <= _DAY else {}), remarks


def _staleness(work: UnitOfWork, proxy: ProxyRecord, last_poll_at: datetime | None) -> list[str]:
    """Say where the readings of a proxy are old for what it announced."""
    interval = timedelta(seconds=proxy.poll_interval)
    if last_poll_at is None or work.now - last_poll_at <= 2 * interval:
        return []
    hours = (work.now - last_poll_at) / timedelta(hours=1)
    return [f"printers were read {hours:.0f} h ago, which is announced for every {interval // _MINUTE} minutes"]


def expected_until(proxy: ProxyRecord) -> datetime:
    """Return until when a proxy calls if all is well: the end of the sync window in which it said it would."""
    announced = proxy.next_contact_at
    begins = datetime.combine(announced.date(), _time_of_day(proxy.daily_sync_time), UTC)
    if begins > announced:
        begins -= _DAY
    return max(announced, begins + timedelta(seconds=proxy.sync_window))


def _time_of_day(text: str) -> time:
    # What was kept before it was checked may be an xs:time that Python does not know, such as 24:00:00.
    with suppress(ValueError):
        return time.fromisoformat(text).replace(tzinfo=None)
    return time(0)


def is_silent(proxy: ProxyRecord, now: datetime, grace: timedelta) -> bool:
    """Whether the window of the sync that a proxy announced is over, and a grace."""
    return now - expected_until(proxy) > grace
