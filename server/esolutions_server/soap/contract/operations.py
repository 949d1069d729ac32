"""The table of operations: for each message the types of the wire, its reader, what it does, and its published sizes.

A message is added as a row. The sizes are those of the FAQ, which gives none for a response that is a receipt alone.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from esolutions_server.domain.published_sizes import SizeFormula
from esolutions_server.service.exchanges import handlers
from esolutions_server.service.exchanges.operation import Operation
from esolutions_server.soap.contract import translation, types

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OPERATIONS"]

_ROWS: tuple[Operation[Any, Any], ...] = (
    Operation(
        name="RegisterProxy",
        summary="Make an installed client known.",
        wire_type=types.RegisterProxy,
        response_wire_type=types.Receipt,
        response_name="RegisterProxyReceipt",
        read=translation.read_register_proxy,
        write=translation.write_receipt,
        handle=handlers.register_proxy,
        request_size=SizeFormula(0, 1526),
    ),
    Operation(
        name="RegisterProxyDevices",
        summary="Make devices known.",
        wire_type=types.RegisterProxyDevices,
        response_wire_type=types.Receipt,
        response_name="RegisterProxyDevicesReceipt",
        read=translation.read_register_devices,
        write=translation.write_receipt,
        handle=handlers.register_devices,
        request_size=SizeFormula(393, 1503),
    ),
    Operation(
        name="SyncProxy",
        summary="Ask what there is to do.",
        wire_type=types.SyncProxy,
        response_wire_type=types.SyncProxyResponse,
        response_name="SyncProxyResponse",
        read=translation.read_sync,
        write=translation.write_sync_response,
        handle=handlers.sync,
        request_size=SizeFormula(0, 1425),
        response_size=SizeFormula(1510, 1425),
    ),
    Operation(
        name="SyncProxyStatus",
        summary="Say which devices were turned on.",
        wire_type=types.SyncProxyStatus,
        response_wire_type=types.Receipt,
        response_name="SyncProxyStatusReceipt",
        read=translation.read_status,
        write=translation.write_receipt,
        handle=handlers.take_status,
        request_size=SizeFormula(260, 1247),
    ),
    Operation(
        name="SubmitBillingTransaction",
        summary="Answer billing requests.",
        wire_type=types.SubmitBillingTransaction,
        response_wire_type=types.Receipt,
        response_name="SubmitBillingTransactionReceipt",
        read=translation.read_billing,
        write=translation.write_receipt,
        handle=handlers.submit_billing,
        request_size=SizeFormula(1314, 1993),
        is_signed=True,
    ),
)

OPERATIONS: Mapping[str, Operation[Any, Any]] = MappingProxyType({row.name: row for row in _ROWS})
