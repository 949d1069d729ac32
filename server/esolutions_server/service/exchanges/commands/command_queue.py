"""Say what a proxy shall do now: the open commands about its devices.

One command for each device at a time, the oldest first, repeated in every
sync until it is answered: so x devices make x commands, as the published size
of the response has it, and two readings of a device are never asked for at once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.domain.billing.commands import Action
from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.service.billing.orders import fix_order, spelled_out
from esolutions_server.service.devices import lifecycle
from esolutions_server.service.messages import Command
from esolutions_server.store.repositories import commands, devices

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord, DeviceRecord

__all__ = ["command_for", "commands_for"]

LARGEST_REPEAT = 9
ACTION_IN_STATE = {DeviceState.ACTIVATING.value: Action.TURN_ON, DeviceState.ACTIVE.value: Action.REPORT}


def commands_for(work: UnitOfWork, proxy_id: str) -> tuple[Command, ...]:
    """Return the commands of a sync response, having noted that they were sent. Bounded by the devices of one proxy."""
    waiting = devices.needing_attention(work.connection, work.now, proxy_id)
    found = [command_for(work, lifecycle.advance(work, device, equipment)) for device, equipment in waiting]
    return tuple(command for command in found if command is not None)


def command_for(work: UnitOfWork, device: DeviceRecord) -> Command | None:
    """Return what is to be done about one device, if anything is, having noted that its proxy was told."""
    action = ACTION_IN_STATE.get(device.state)
    oldest = next((c for c in commands.open_for(work.connection, device.serial) if c.action == action), None)
    if oldest is None:
        return None
    fixed = fix_order(work, oldest)
    commands.set_values(work.connection, fixed.id, {"sent": fixed.sent + 1, "ordered": fixed.ordered})
    return _spelled_out(work, fixed, device)


def _spelled_out(work: UnitOfWork, command: CommandRecord, device: DeviceRecord) -> Command:
    return Command(
        command_id=command.id,
        # As its client spells it, which may compare letter by letter.
        serial=device.spelled,
        action=Action(command.action),
        issued_at=command.issued_at,
        answer_by=command.answer_by,
        frequency=command.frequency,
        period_start=command.period_start,
        period_end=command.period_end,
        read_not_before=command.read_not_before,
        poll_interval=work.policy.poll_interval,
        silent_after=work.policy.silent_after,
        low_supply_percent=work.policy.low_supply_percent,
        repeat=min(command.sent, LARGEST_REPEAT),
        meters=spelled_out(work, command),
    )
