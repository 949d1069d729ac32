"""The types of the wire, with their names on it, for spyne to validate, read and write."""

from __future__ import annotations

from esolutions_server.soap.contract.types.messages import (
    Receipt,
    RegisterProxy,
    RegisterProxyDevices,
    SubmitBillingTransaction,
    SyncProxy,
    SyncProxyResponse,
    SyncProxyStatus,
)
from esolutions_server.soap.contract.types.rows import (
    Command,
    DeviceOutcome,
    DeviceReading,
    DeviceStatus,
    Meter,
    MeterOrder,
    NewDevice,
    Supply,
)
from esolutions_server.soap.contract.types.simple import NAMESPACE, MeterValue

__all__ = [
    "NAMESPACE",
    "Command",
    "DeviceOutcome",
    "DeviceReading",
    "DeviceStatus",
    "Meter",
    "MeterOrder",
    "MeterValue",
    "NewDevice",
    "Receipt",
    "RegisterProxy",
    "RegisterProxyDevices",
    "SubmitBillingTransaction",
    "Supply",
    "SyncProxy",
    "SyncProxyResponse",
    "SyncProxyStatus",
]
