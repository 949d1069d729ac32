"""Take a device out of service: whoever says so, nothing is asked about it from then on.

Its bills stay, and it can be registered again. Whom to tell is for the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.commands import CommandStep, ServiceState
from esolutions_server.domain.states import Step
from esolutions_server.service import lifecycle
from esolutions_server.service.command_steps import take_command_step
from esolutions_server.store import commands

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.records import DeviceRecord

__all__ = ["STEPS", "leave_service"]

# What a client says of a device that it does not read, and what becomes of the device.
STEPS = {ServiceState.REPLACED: Step.REPLACE, ServiceState.RETIRED: Step.RETIRE, ServiceState.UNKNOWN: Step.CANCEL}


def leave_service(work: UnitOfWork, device: DeviceRecord, step: Step) -> None:
    """Cancel what is still asked about a device, and take the step that ends its service.

    Raises:
        StepError: it is not in service.
    """
    for command in commands.open_for(work.connection, device.serial):
        take_command_step(work, command, CommandStep.CANCEL, reason=f"the device left service: {step}")
    columns: dict[str, Any] = {}
    if step == Step.CANCEL:
        columns = {"activated_at": None, "billed_until": None, "declined_at": work.now}
    lifecycle.take_step(work, device, step, **columns)
    lifecycle.refresh_fleet_digest(work, device.proxy_id)
