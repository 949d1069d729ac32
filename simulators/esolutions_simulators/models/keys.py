"""Name every key of a model's file, with what it may be.

How a printer comes of it is in esolutions_simulators.models.schema, and what
has to fit together too.
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

__all__ = ["ModelKeys", "StreamKeys", "SupplyKeys", "UsageKeys"]

_OID = r"^[0-2](\.(0|[1-9][0-9]{0,9}))+$"

Number = Annotated[int, Meta(ge=0, le=2**31 - 1)]
Text = Annotated[str, Meta(max_length=255, extra={"expected": "text in quotes of at most 255 characters"})]
Word = Annotated[str, Meta(min_length=1, max_length=255, extra={"expected": "text in quotes of 1 to 255 characters"})]
Oid = Annotated[str, Meta(pattern=_OID, max_length=255, extra={"expected": "an OID in digits and dots, in quotes"})]
Range = Annotated[tuple[Number, Number], Meta(extra={"expected": "an array of two whole numbers, the lower first"})]
Hours = Annotated[tuple[Number, ...], Meta(min_length=24, max_length=24, extra={"expected": "24 weights, not all 0"})]
Twentieths = Annotated[int, Meta(ge=0, le=20)]


class _Keys(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A table that knows its keys."""


class DeviceKeys(_Keys, frozen=True, kw_only=True):
    """A row of hrDeviceTable."""

    index: Number
    role: Literal["printer", "scanner", "copier", "fax"]
    description: Text


class MeterKeys(_Keys, frozen=True, kw_only=True):
    """A row of Xerox's detail table."""

    device: Number
    type: Number
    n: Number
    name: Word
    count: Word | None = None
    fixed: Number | None = None


class SupplyKeys(_Keys, frozen=True, kw_only=True):
    """A row of prtMarkerSuppliesTable; a plain cartridge starts full and is exchanged when almost empty."""

    index: Number
    description: Text
    kind: Annotated[int, Meta(ge=1, le=34)]
    count: Word
    capacity: Annotated[int, Meta(ge=-2, le=2**31 - 1)]
    impressions: Number | None = None
    full: Number | None = None
    refill_below: Number | None = None
    unit: Number = 8
    group: Literal[1, 3, 4] = 3
    colorant: Number = 0
    report: Literal["level", "other", "unknown", "some-remaining"] = "level"


class ColorantKeys(_Keys, frozen=True, kw_only=True):
    """A row of prtMarkerColorantTable."""

    index: Number
    value: Word


class EncodedKeys(_Keys, frozen=True, kw_only=True):
    """A value as the octets that stand on the wire, in hexadecimal."""

    oid: Oid
    octets: Annotated[str, Meta(extra={"expected": "octets in hexadecimal, in quotes"})]


class StreamKeys(_Keys, frozen=True, kw_only=True):
    """From where to where a printer of the model draws its own numbers."""

    printed_black: Range = (0, 0)
    printed_color: Range = (0, 0)
    copied_black: Range = (0, 0)
    copied_color: Range = (0, 0)
    faxed: Range = (0, 0)
    large_black: Range = (0, 0)
    large_color: Range = (0, 0)
    sheets: Range = (0, 0)
    scanned: Range = (0, 0)
    service: Range = (0, 0)


class UsageKeys(_Keys, frozen=True, kw_only=True):
    """How an office uses a printer of the model."""

    hours: Hours
    per_weekday: StreamKeys
    start: StreamKeys
    saturday: Twentieths = 2
    sunday: Twentieths = 0


class ModelKeys(_Keys, frozen=True, kw_only=True):
    """A model."""

    title: Word
    vendor: Word
    serial_shape: Word
    system_description: Text
    system_object_id: Oid
    devices: tuple[DeviceKeys, ...]
    supplies: tuple[SupplyKeys, ...]
    usage: UsageKeys
    ieee1284_id: Text | None = None
    device_index: Number = 1
    meters: tuple[MeterKeys, ...] = ()
    colorants: tuple[ColorantKeys, ...] = ()
    # An empty text: the printer counts no life.
    life_count: Text = "life"
    life_unit: Number = 7
    rollover: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    serial_in: tuple[Literal["printer-mib", "xerox"], ...] = ("printer-mib", "xerox")
    missing: tuple[Oid, ...] = ()
    quirks: tuple[Word, ...] = ()
    max_varbinds: Annotated[int, Meta(ge=1, le=2**31 - 1)] | None = None
    null: tuple[Oid, ...] = ()
    null_by_turns: tuple[Oid, ...] = ()
    masked_serial: Text | None = None
    is_behind_another: bool = False
    encoded: tuple[EncodedKeys, ...] = ()
    charset: Number | None = None
