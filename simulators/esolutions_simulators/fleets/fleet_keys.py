"""Name every key of FLEET.toml, with what it may be.

The tables of docs/fleet-file.md are compared with this. How a fleet comes of it
is in esolutions_simulators.fleets.fleet_file.
"""

from datetime import datetime
from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["FleetKeys", "IncidentKeys", "PrinterKeys", "UserKeys"]

Text = Annotated[str, Meta(min_length=1, max_length=255, extra={"expected": "text in quotes of 1 to 255 characters"})]
Address = Annotated[str, Meta(extra={"expected": "an IPv4 address of one host, in quotes"})]
ModelName = Annotated[str, Meta(extra={"expected": "the name of a model, in quotes"})]
Seed = Annotated[int, Meta(ge=0, le=2**63 - 1)]
# RFC 3414, section 11.2: eight characters at least.
Password = Annotated[
    str, Meta(min_length=8, max_length=255, extra={"expected": "text in quotes of 8 to 255 characters"})
]
Auth = Literal["md5", "sha", "sha224", "sha256", "sha384", "sha512"]
Priv = Literal["des", "aes128", "aes192", "aes256"]
Total = Annotated[int, Meta(ge=0, le=2**31 - 1, extra={"unit": "impressions"})]
Moment = Annotated[
    datetime, Meta(extra={"expected": "a date and time from 1970 to 2099", "unit": "UTC where it says no other"})
]


def _left_out(description: str, default: str) -> Meta:
    """Describe a key that may be left out, with what is taken then."""
    return Meta(description=description, extra={"default": default})


class IncidentKeys(Struct, frozen=True, forbid_unknown_fields=True, tag_field="kind", kw_only=True):
    """What happens to a printer; each kind has keys of its own."""

    at: Annotated[Moment, Meta(description="when it happens, not before the installation")]


class PowerOff(IncidentKeys, frozen=True, tag="power_off"):
    """It stops answering and printing."""


class PowerOn(IncidentKeys, frozen=True, tag="power_on"):
    """It starts again: its uptime begins at 0, its counters where they were."""


class FallAsleep(IncidentKeys, frozen=True, tag="fall_asleep"):
    """It stops answering and keeps its uptime."""


class WakeUp(IncidentKeys, frozen=True, tag="wake_up"):
    """It answers again after sleeping."""


class Replace(IncidentKeys, frozen=True, tag="replace"):
    """Another machine comes in its place."""

    serial: Annotated[Text, Meta(description="the serial number of the new machine")]
    seed: Annotated[Seed, Meta(description="draws the usage and the supplies of the new machine")]
    model: Annotated[ModelName | None, _left_out("the model of the new machine", "that of the old one")] = None


class SwapController(IncidentKeys, frozen=True, tag="swap_controller"):
    """Its counters start again, as with a new controller."""

    total: Annotated[Total, Meta(description="what the new controller had counted elsewhere")] = 0


class Jump(IncidentKeys, frozen=True, tag="jump"):
    """Its total shows another number from then on, as if black pages had been printed."""

    total: Annotated[Total, Meta(description="what the total shows")]


class ChangeCommunity(IncidentKeys, frozen=True, tag="change_community"):
    """It answers to another community only."""

    community: Annotated[Text, Meta(description="the new community")]


class Move(IncidentKeys, frozen=True, tag="move"):
    """It answers at another address."""

    address: Annotated[Address, Meta(description="the new address")]


class ShowSerial(IncidentKeys, frozen=True, tag="show_serial"):
    """It shows the serial number of another machine, as after its settings were copied here."""

    serial: Annotated[Text | None, _left_out("the serial number that it shows", "its own")] = None


Incidents = (
    PowerOff | PowerOn | FallAsleep | WakeUp | Replace | SwapController | Jump | ChangeCommunity | Move | ShowSerial
)


class UserKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A user of version 3."""

    name: Annotated[Text, Meta(description="its name, of at most 32 octets in UTF-8; a printer's users differ in it")]
    auth: Annotated[Auth | None, _left_out("how its messages are proven", "not at all")] = None
    auth_password: Annotated[Password | None, _left_out("the password for that", "none; needed with `auth`")] = None
    priv: Annotated[Priv | None, _left_out("how its messages are encrypted; with `auth` alone", "not at all")] = None
    priv_password: Annotated[Password | None, _left_out("the password for that", "none; needed with `priv`")] = None


class PrinterKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One printer, or several of a kind."""

    model: Annotated[ModelName, Meta(description="what kind it is: `esolutions-printers models` lists them")]
    count: Annotated[int, Meta(ge=1, le=1_000_000, description="how many of them", extra={"unit": "printers"})] = 1
    serial: Annotated[Text | None, _left_out("its serial number", "drawn from the fleet's seed")] = None
    address: Annotated[Address | None, _left_out("where it answers", "the next free one from `base_address` on")] = None
    community: Annotated[Text, Meta(description="the SNMP community that it answers to")] = "public"
    seed: Annotated[Seed | None, _left_out("draws its usage and its supplies", "drawn from the fleet's seed")] = None
    incidents: Annotated[tuple[Incidents, ...], Meta(description="what happens to it, in any order")] = ()
    users: Annotated[
        tuple[UserKeys, ...] | None,
        _left_out("whom it answers in version 3, a `[[printers.users]]` each", "the fleet's"),
    ] = None


class FleetKeys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A fleet."""

    printers: Annotated[tuple[PrinterKeys, ...], Meta(min_length=1, description="the printers, a `[[printers]]` each")]
    installed_at: Annotated[Moment | None, _left_out("since when all of them are there", "when `serve` starts")] = None
    base_address: Annotated[Address | None, _left_out("the first address to give away", "that of `--base`")] = None
    seed: Annotated[Seed | None, _left_out("draws what the rows leave open", "that of `--seed`")] = None
    users: Annotated[
        tuple[UserKeys, ...],
        Meta(description="whom every printer answers in version 3 that names no users, a `[[users]]` each"),
    ] = ()
