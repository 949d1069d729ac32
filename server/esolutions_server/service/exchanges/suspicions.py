"""Find in a message that is taken what its client can hardly have meant: a bug that would go unnoticed otherwise.

A lenient server takes it and says so in its journal; a strict one refuses the message. What cannot be is refused by
`wire_ranges`, whatever the server.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections import Counter
from typing import TYPE_CHECKING

from esolutions_server.domain.devices.identity import IdentityError, canonical_serial
from esolutions_server.service.errors import FaultCode, NotTakenError, RefusalError
from esolutions_server.service.exchanges.wire_ranges import check_new_device
from esolutions_server.service.messages import RegisterProxy, RegisterProxyDevices, SyncProxy

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from esolutions_server.service.messages import NewDevice, Request

__all__ = ["check_strictly", "suspicions"]

_NIL_GUID = "00000000-0000-0000-0000-000000000000"
_SECRET_OCTETS, _DIGEST_OCTETS = 64, 32
# Of 64 random octets fewer are different with a probability of less than 10^-20.
_FEWEST_DIFFERENT = 32
_MOST_TOLD = 5


def suspicions(request: Request, now: datetime) -> tuple[str, ...]:
    """Return what looks wrong about a message, each in a sentence; none quotes a secret. Bounded by the message."""
    found = [*_about_the_header(request, now), *_about_the_content(request)]
    more = len(found) - _MOST_TOLD
    return (*found[:_MOST_TOLD], f"and {more} more") if more > 0 else tuple(found)


def check_strictly(request: Request, now: datetime, latest: datetime) -> None:
    """Take a message only if nothing looks wrong about it, its new devices included.

    Raises:
        RefusalError: something does; it says what.
    """
    found = list(suspicions(request, now))
    if isinstance(request, RegisterProxyDevices):
        found += [fault for device in request.devices for fault in _device_faults(device, latest)]
    if found:
        raise RefusalError(FaultCode.CLIENT, f"this server is strict: {'; '.join(found[:_MOST_TOLD])}")


def _about_the_header(request: Request, now: datetime) -> Iterator[str]:
    header = request.header
    for name, value in (("MessageId", header.message_id), ("InstanceId", header.instance_id)):
        if value == _NIL_GUID:
            yield f"{name} is the nil GUID, expected one of its own"
    if header.message_id == header.instance_id:
        yield "MessageId is the InstanceId, expected one of its own for each message"
    if header.next_contact_at < now:
        yield "NextContactAt lies in the past, expected when the proxy calls next"


def _about_the_content(request: Request) -> Iterator[str]:
    if isinstance(request, RegisterProxy):
        yield from _about_a_secret(request.secret)
        if not request.daily_sync_time.endswith("Z") and request.daily_sync_time[-6:-5] not in {"+", "-"}:
            yield "DailySyncTime has no time zone, expected Z at its end"
        return
    if isinstance(request, SyncProxy | RegisterProxyDevices) and len(_octets(request.fleet_digest)) != _DIGEST_OCTETS:
        yield f"FleetDigest is not the Base64 of the {_DIGEST_OCTETS} octets of a SHA-256"
    devices = getattr(request, "devices", None)
    if devices is not None:
        if not devices:
            yield "the message names no Device, expected at least one"
        counted = Counter(device.serial.strip().upper() for device in devices)
        yield from (f"Device {serial!r} is named {times} times" for serial, times in counted.items() if times > 1)


def _about_a_secret(secret: str) -> Iterator[str]:
    octets = _octets(secret)
    if len(octets) != _SECRET_OCTETS:
        yield f"Secret is not the Base64 of {_SECRET_OCTETS} octets"
    if len(set(octets)) < _FEWEST_DIFFERENT:
        yield f"Secret has only {len(set(octets))} different octets: it was not drawn at random"


def _device_faults(device: NewDevice, latest: datetime) -> Iterator[str]:
    """Yield why a device of a registration would be Refused for what the client says of it."""
    try:
        canonical_serial(device.serial)
        check_new_device(latest, device)
    except (IdentityError, NotTakenError) as error:
        yield f"Device {device.serial!r}: {error}"
    if not device.meters:
        yield f"Device {device.serial!r} has no Meter"


def _octets(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return b""
