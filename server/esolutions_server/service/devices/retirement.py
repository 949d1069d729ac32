"""Take a device out of service: by a client's word or a person's, nothing is asked about it from then on.

Its bills stay, and it can be registered again. Whom to tell is for the caller.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import CommandStep, ServiceState
from esolutions_server.domain.devices.states import LIVING_STATES, Step, StepError
from esolutions_server.service import mail
from esolutions_server.service.billing.command_steps import take_command_step
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.errors import AdministrationError
from esolutions_server.store.repositories import commands

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import DeviceRecord

__all__ = ["STEPS", "cancel", "end", "leave_service"]

# What a client says of a device that it does not read, and what becomes of the device.
STEPS = {ServiceState.REPLACED: Step.REPLACE, ServiceState.RETIRED: Step.RETIRE, ServiceState.UNKNOWN: Step.CANCEL}


def leave_service(work: UnitOfWork, device: DeviceRecord, step: Step) -> DeviceRecord:
    """Cancel what is still asked about a device, and take the step that ends its service; return its row as written.

    Raises:
        StepError: it is not in service.
    """
    for command in commands.open_for(work.connection, device.serial):
        take_command_step(work, command, CommandStep.CANCEL, reason=f"the device left service: {step}")
    columns: dict[str, Any] = {}
    if step == Step.CANCEL:
        columns = {"activated_at": None, "billed_until": None, "declined_at": work.now}
    left = lifecycle.take_step(work, device, step, **columns)
    lifecycle.refresh_fleet_digest(work, device.proxy_id)
    return left


def cancel(work: UnitOfWork, device: DeviceRecord) -> DeviceRecord:
    """End the enrolment of a device as a person asks, with a mail about it; return its row as it was written.

    Raises:
        AdministrationError: it is not enrolled.
    """
    cancelled = end(work, device, Step.CANCEL)
    mail.enrolment_cancelled(work, device.serial)
    return cancelled


def end(work: UnitOfWork, device: DeviceRecord, step: Step) -> DeviceRecord:
    """Take a device out of service as a person asks; return its row as it was written.

    Raises:
        AdministrationError: it is not in service.
    """
    try:
        return leave_service(work, device, step)
    except StepError as error:
        hint = "it has a new life when a client registers it again"
        if device.state in LIVING_STATES:
            hint = "it is not enrolled, so there is nothing to end"
        raise AdministrationError(f"{device.serial}: {error}; {hint}") from None
