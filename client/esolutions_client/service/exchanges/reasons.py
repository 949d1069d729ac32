"""Say in a sentence why something waits, and what a person can do about it.

Nothing is decided here: these are the words for what the services have decided.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from esolutions_client.fleet.device import Device
    from esolutions_client.service.clock_trust import ClockTrust
    from esolutions_client.store.commands import OpenCommand

__all__ = ["UNKNOWN", "accept_it", "register_it", "why_held", "why_open"]

# Faults are unsigned, so that this may be a lie; and a registration carries the secret.
UNKNOWN = (
    "the server answers that it does not know this client or its secret: it may have lost its data, or somebody on the"
    " way may say so. Nothing that waits is lost, and it is tried again. If the server has lost its data,"
    " `esolutions-client register --again` sends it this client's registration, with the secret, anew"
)


def accept_it(serial_number: str) -> str:
    """Return what to run where a reading is right although it looks wrong."""
    return f"look at the printer, and if it is right: `esolutions-client accept {serial_number}`"


def register_it(serial_number: str) -> str:
    """Return what to run where another printer should be metered."""
    return f"if it is to be metered: `esolutions-client register {serial_number}`"


def why_held(device: Device) -> str:
    """Return why a printer is held and what ends it."""
    seen = "" if device.doubted_at is None else f" (seen at {device.doubted_at})"
    return f"{device.held_reason}{seen}; {accept_it(device.serial_number)}"


def why_open(command: OpenCommand, device: Device | None, clock: ClockTrust) -> str:
    """Return why a billing request has no answer yet."""
    serial = command.serial_number
    if clock.is_refused:
        return "nothing can be dated while the clock is wrong"
    if device is None:
        return "no printer with this serial number is known here: `esolutions-client discover TARGET` finds it"
    if device.held_since is not None:
        return f"held: {why_held(device)}"
    if not device.is_polled:
        return f"it is {device.state} here; {register_it(serial)}"
    if device.silent_since is not None:
        word = "no answer" if device.called_silent_at is None else "silent, no answer"
        return f"{word} since {device.silent_since:%Y-%m-%dT%H:%M:%SZ}: {device.silent_reason}"
    if command.note is not None:
        return f"{command.note}; {accept_it(serial)}"
    return "it was not read since this was asked for: the next poll answers it"
