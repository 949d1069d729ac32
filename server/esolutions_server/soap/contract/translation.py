"""Read the types of the wire as messages of the service, and write responses as types of the wire.

Every reader raises RefusalError where a time has no time zone, an id is no GUID, or a value is no counter's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import ServiceState
from esolutions_server.domain.billing.plausibility import LARGEST_COUNTER, MeterValue
from esolutions_server.domain.devices.identity import IdentityError, canonical_guid
from esolutions_server.service import messages
from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.soap.contract import types
from esolutions_server.soap.lexical import format_datetime, in_days, in_seconds, read_datetime, read_interval

if TYPE_CHECKING:
    from datetime import datetime

__all__ = [
    "read_billing",
    "read_register_devices",
    "read_register_proxy",
    "read_status",
    "read_sync",
    "write_receipt",
    "write_sync_response",
]


_SHOWN = 40


def write_receipt(receipt: messages.Receipt) -> Any:
    """Return a receipt as an instance of its wire type."""
    devices = [
        types.DeviceOutcome(SerialNumber=o.serial, Outcome=o.outcome.value, Reason=o.reason) for o in receipt.devices
    ]
    return types.Receipt(**_acknowledgement(receipt), Device=devices)


def write_sync_response(response: messages.SyncProxyResponse) -> Any:
    """Return the response to a sync as an instance of its wire type."""
    commands = [_command(command) for command in response.commands]
    return types.SyncProxyResponse(**_acknowledgement(response), Command=commands)


def _acknowledgement(response: messages.Response) -> dict[str, Any]:
    return {
        "ReceiptId": response.receipt_id,
        "InReplyTo": response.in_reply_to,
        "IssuedAt": format_datetime(response.issued_at),
        "ResumeAfter": response.resume_after,
    }


def _header(wire: Any) -> messages.MessageHeader:
    return messages.MessageHeader(
        message_id=_guid("MessageId", wire.MessageId),
        named=wire.MessageId,
        attempt=wire.Attempt,
        composed_at=read_datetime(wire.ComposedAt, name="ComposedAt"),
        instance_id=_guid("InstanceId", wire.InstanceId),
        next_contact_at=read_datetime(wire.NextContactAt, name="NextContactAt"),
        last_receipt_id=_optional_guid("LastReceiptId", getattr(wire, "LastReceiptId", None)),
    )


def read_register_proxy(wire: Any) -> messages.RegisterProxy:
    """Read the registration of a proxy."""
    return messages.RegisterProxy(
        header=_header(wire),
        secret=wire.Secret,
        installed_at=read_datetime(wire.InstalledAt, name="InstalledAt"),
        consent_given_at=read_datetime(wire.ConsentGivenAt, name="ConsentGivenAt"),
        daily_sync_time=wire.DailySyncTime,
        sync_window=read_interval(wire.SyncWindow),
        poll_interval=read_interval(wire.PollInterval),
    )


def read_register_devices(wire: Any) -> messages.RegisterProxyDevices:
    """Read the registration of devices."""
    return messages.RegisterProxyDevices(
        header=_header(wire),
        consent_given_at=read_datetime(wire.ConsentGivenAt, name="ConsentGivenAt"),
        detected_at=read_datetime(wire.DetectedAt, name="DetectedAt"),
        last_poll_at=_optional_time("LastPollAt", wire.LastPollAt),
        fleet_digest=wire.FleetDigest,
        devices=tuple(
            messages.NewDevice(device.SerialNumber, read_datetime(device.ReadDate, name="ReadDate"), _meters(device))
            for device in wire.Device or ()
        ),
    )


def read_sync(wire: Any) -> messages.SyncProxy:
    """Read a sync."""
    return messages.SyncProxy(
        header=_header(wire),
        reason=wire.Reason,
        last_poll_at=_optional_time("LastPollAt", wire.LastPollAt),
        queue=wire.Queue,
        fleet_digest=wire.FleetDigest,
    )


def read_status(wire: Any) -> messages.SyncProxyStatus:
    """Read what became of commands to turn devices on."""
    return messages.SyncProxyStatus(
        header=_header(wire),
        devices=tuple(
            messages.DeviceStatus(
                serial=device.SerialNumber,
                command_id=_guid("CommandId", device.CommandId),
                state=ServiceState(device.State),
                turned_on=read_datetime(device.TurnedOn, name="TurnedOn"),
                poll_interval=read_interval(device.PollInterval),
            )
            for device in wire.Device or ()
        ),
    )


def read_billing(wire: Any) -> messages.SubmitBillingTransaction:
    """Read a billing transaction."""
    return messages.SubmitBillingTransaction(
        header=_header(wire),
        transaction_id=_guid("TransactionId", wire.TransactionId),
        devices=tuple(
            messages.DeviceReading(
                serial=device.SerialNumber,
                command_id=_guid("CommandId", device.CommandId),
                read_at=_optional_time("ReadDate", device.ReadDate),
                meters=_meters(device),
                supplies=_supplies(device),
                period_end=_optional_time("PeriodEnd", device.PeriodEnd),
                state=None if device.State is None else ServiceState(device.State),
            )
            for device in wire.Device or ()
        ),
    )


def _guid(name: str, text: str) -> str:
    try:
        return canonical_guid(text)
    except IdentityError:
        raise RefusalError(
            FaultCode.CLIENT, f"{name} is {text[:_SHOWN]!r}, expected a GUID: 32 hexadecimal digits and four hyphens"
        ) from None


def _optional_guid(name: str, text: str | None) -> str | None:
    return None if text is None else _guid(name, text)


def _optional_time(name: str, text: str | None) -> datetime | None:
    return None if text is None else read_datetime(text, name=name)


def _meters(wire: Any) -> tuple[MeterValue, ...]:
    return tuple(MeterValue(meter.Name, _value(meter.Value), meter.RolloverAt) for meter in wire.Meter or ())


def _value(text: str | None) -> int | None:
    """Return the value of a meter, None where the row has none: it cannot be read."""
    if not text:
        return None
    value = int(text)
    if value > LARGEST_COUNTER:
        raise RefusalError(FaultCode.CLIENT, f"the value of a Meter is {value}, expected at most {LARGEST_COUNTER}")
    return value


def _supplies(wire: Any) -> tuple[messages.SupplyLevel, ...]:
    return tuple(
        messages.SupplyLevel(supply.Name, supply.State, supply.Unit, supply.Capacity, supply.Level)
        for supply in wire.Supply or ()
    )


def _command(command: messages.Command) -> Any:
    return types.Command(
        CommandId=command.command_id,
        SerialNumber=command.serial,
        Action=command.action.value,
        IssuedAt=format_datetime(command.issued_at),
        AnswerBy=format_datetime(command.answer_by),
        Frequency=command.frequency,
        PeriodStart=format_datetime(command.period_start),
        PeriodEnd=format_datetime(command.period_end),
        ReadNotBefore=format_datetime(command.read_not_before),
        PollInterval=in_seconds(command.poll_interval),
        SilentAfter=in_days(command.silent_after),
        LowSupplyPercent=command.low_supply_percent,
        Repeat=command.repeat,
        Meter=[_order(order) for order in command.meters],
    )


def _order(order: messages.MeterOrder) -> Any:
    return types.MeterOrder(
        Name=order.name,
        LastValue=order.last_value,
        LastReadDate=None if order.last_read_at is None else format_datetime(order.last_read_at),
        Ceiling=order.ceiling,
    )
