"""Read what a billing transaction and its receipt promise one another, from their bytes alone."""

from __future__ import annotations

from lxml import etree

__all__ = ["AcceptedReading", "accepted_readings"]

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
            values = tuple((str(meter.get("Name")), int(meter.text or 0)) for meter in device.findall("{*}Meter"))
            accepted.append((serial, device.findtext("{*}CommandId") or "", values))
    return accepted
