"""The server's terms as this client keeps to them: how often to read, what silent means, when a supply is low.

They come with every command. How often to read counts for all printers, which are read in one round: the shortest
interval of the newest commands, within the limits of the schedule. The other terms are each printer's own.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from esolutions_client.fleet.device import Device
    from esolutions_client.planning.schedule import Schedule
    from esolutions_client.store.settings import Settings
    from esolutions_client.wire.messages import Command

__all__ = ["keep_poll_interval", "schedule_in_force", "with_terms"]


def schedule_in_force(schedule: Schedule, settings: Settings) -> Schedule:
    """Return a schedule with the poll interval that the server asked for last, if it ever did."""
    asked = settings.poll_interval
    return schedule.polling_every(asked) if asked else schedule


def keep_poll_interval(schedule: Schedule, settings: Settings, commands: Sequence[Command]) -> str | None:
    """Keep how often the newest commands ask for readings; return what is to be said of it, where it has changed."""
    if not commands:
        return None
    asked = min(command.poll_interval for command in commands)
    before = schedule_in_force(schedule, settings).poll_interval
    settings.poll_interval = asked
    kept = schedule_in_force(schedule, settings).poll_interval
    if kept == before:
        return None
    return f"the server asks for a reading every {_minutes(asked)} minutes: printers are read every {_minutes(kept)}"


def with_terms(device: Device, command: Command) -> Device:
    """Return a printer with the terms of a command about it."""
    return replace(
        device,
        low_percent=command.low_supply_percent,
        silent_after=int(command.silent_after.total_seconds()),
    )


def _minutes(span: timedelta) -> str:
    return f"{span.total_seconds() / 60:g}"
