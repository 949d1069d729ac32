"""Check what a proxy says before any of it is kept: numbers, spans and dates that can be, names that show something.

What concerns a whole message gets a fault, what concerns one of its devices gets that device Refused. A date that is
wrong and harms nothing - when a wrong clock showed it, and nothing follows from it - is noted and not refused: its
message would be lost. What is ordered or billed is not known here.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from esolutions_server.domain.ranges import RangeError, check_range, check_visible
from esolutions_server.service.errors import FaultCode, NotTakenError, RefusalError
from esolutions_server.service.messages import RegisterProxy, RegisterProxyDevices, SyncProxy

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esolutions_server.domain.billing.plausibility import MeterValue
    from esolutions_server.service.messages import DeviceReading, DeviceStatus, NewDevice, Request

__all__ = ["check_new_device", "check_reading", "check_request", "check_status", "dates_ahead"]

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
# A proxy calls once a day; one that announces to be away for longer could never count as silent.
_LATEST_CONTACT = timedelta(days=31)
# No printer that is read here is older.
_OLDEST_READING = datetime(1990, 1, 1, tzinfo=UTC)
_LONGEST_QUEUE = 1_000_000
_MOST_ATTEMPTS = 1_000_000


def check_request(now: datetime, request: Request) -> None:
    """Look at what a message says of itself and its proxy.

    Raises:
        RefusalError: something in it cannot be.
    """
    try:
        header = request.header
        check_range("Attempt", header.attempt, 1, _MOST_ATTEMPTS)
        check_range("NextContactAt", header.next_contact_at, now - _DAY, now + _LATEST_CONTACT)
        if isinstance(request, RegisterProxy):
            check_range("SyncWindow", request.sync_window, timedelta(0), _DAY)
            check_range("PollInterval", request.poll_interval, _MINUTE, _DAY)
            _check_time_of_day(request.daily_sync_time)
        if isinstance(request, SyncProxy):
            check_range("Queue", request.queue, 0, _LONGEST_QUEUE)
    except RangeError as error:
        raise RefusalError(FaultCode.CLIENT, str(error)) from None


def check_new_device(latest: datetime, new: NewDevice) -> None:
    """Look at what a registration says of one device, read at `latest` at the latest.

    Raises:
        NotTakenError: something in it cannot be.
    """
    try:
        _check_meters(new.meters)
        check_range("ReadDate", new.read_at, _OLDEST_READING, latest)
    except RangeError as error:
        raise NotTakenError(str(error)) from None


def check_status(latest: datetime, status: DeviceStatus) -> None:
    """Look at what a status says of one device, turned on at `latest` at the latest.

    Raises:
        NotTakenError: something in it cannot be.
    """
    try:
        check_range("PollInterval", status.poll_interval, _MINUTE, _DAY)
        check_range("TurnedOn", status.turned_on, _OLDEST_READING, latest)
    except RangeError as error:
        raise NotTakenError(str(error)) from None


def check_reading(reading: DeviceReading) -> None:
    """Look at the names in a reading; its date is compared with the request it answers.

    Raises:
        NotTakenError: one shows nothing.
    """
    try:
        _check_meters(reading.meters)
        for supply in reading.supplies:
            check_visible("the name of a supply", supply.name)
            if supply.unit is not None:
                check_visible("the unit of a supply", supply.unit)
    except RangeError as error:
        raise NotTakenError(str(error)) from None


def dates_ahead(latest: datetime, request: Request) -> Iterator[str]:
    """Yield the names of a message's dates after `latest`: the clock of its proxy was wrong then."""
    dates: dict[str, datetime | None] = {"ComposedAt": request.header.composed_at}
    if isinstance(request, RegisterProxy):
        dates |= {"InstalledAt": request.installed_at, "ConsentGivenAt": request.consent_given_at}
    if isinstance(request, RegisterProxyDevices):
        dates |= {"ConsentGivenAt": request.consent_given_at, "DetectedAt": request.detected_at}
    if isinstance(request, RegisterProxyDevices | SyncProxy):
        dates["LastPollAt"] = request.last_poll_at
    yield from (name for name, date in dates.items() if date is not None and date > latest)


def _check_meters(meters: Sequence[MeterValue]) -> None:
    for meter in meters:
        check_visible("the name of a meter", meter.name)


def _check_time_of_day(text: str) -> None:
    try:
        time.fromisoformat(text)
    except ValueError:
        raise RangeError(f"DailySyncTime is {text[:20]!r}, which is no time of day") from None
