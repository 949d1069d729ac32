"""Read what a message and its receipt promise one another, from their bytes alone."""

from __future__ import annotations

from lxml import etree

__all__ = ["AcceptedReading", "NotAccepted", "accepted_readings", "not_accepted"]

# Serial number, outcome, and the reason, where there is one.
NotAccepted = tuple[str, str, str]
# Serial number, command id, and the values by the names of their meters.
AcceptedReading = tuple[str, str, tuple[tuple[str, int], ...]]


def accepted_readings(transaction: bytes, receipt: bytes) -> list[AcceptedReading]:
    """Return the readings of a transaction that its receipt says were accepted."""
    outcomes = {
        device.findtext("{*}SerialNumber"): device.findtext("{*}Outcome")
        for device in etree.fromstring(receipt).iter("{*}Device")
    }
    accepted = []
    for device in etree.fromstring(transaction).iter("{*}Device"):
        serial = device.findtext("{*}SerialNumber") or ""
        if outcomes.get(serial) == "Accepted":
            meters = device.findall("{*}Meter")
            values = tuple((str(meter.get("Name")), int(meter.text)) for meter in meters if meter.text)
            accepted.append((serial, device.findtext("{*}CommandId") or "", values))
    return accepted


def not_accepted(receipt: bytes) -> list[NotAccepted]:
    """Return what a receipt says of the devices that it does not accept."""
    return [
        (device.findtext("{*}SerialNumber") or "", outcome, device.findtext("{*}Reason") or "")
        for device in etree.fromstring(receipt).iter("{*}Device")
        if (outcome := device.findtext("{*}Outcome")) is not None and outcome != "Accepted"
    ]
