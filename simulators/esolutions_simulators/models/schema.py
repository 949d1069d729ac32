"""Say what a printer model is made of and refuse one that does not fit together.

A model is data: a TOML file beside this module, which models.parser reads. What its words mean is here;
how its rows come out on the wire is in esolutions_simulators.mib.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from esolutions_simulators.mib.oids import XCM_DETAIL
from esolutions_simulators.printers.usage import COUNT_NAMES, UsageProfile

__all__ = ["CHARSETS", "QUIRKS", "REPORTS", "Device", "MeterRow", "Model", "ModelError", "Supply"]

# How a supply's level is told: as it is, or by a sentinel of RFC 3805.
REPORTS = {"level": None, "other": -1, "unknown": -2, "some-remaining": -3}

# IANA's number of a character set, as prtLocalizationCharacterSet declares it, and what it is called in Python.
CHARSETS = {4: "latin-1", 5: "iso8859-2", 17: "shift_jis", 106: "utf-8", 113: "gbk", 2004: "hp_roman8", 2251: "cp1251"}

QUIRKS = {
    "no-get-xcmi": "answers a walk of the Xerox meter rows, but no GET of them",
    "no-get-xcmi-names": "answers a walk of the Xerox meter names, but no GET of them",
    "v1-only": "answers SNMPv1 and nothing else",
    "too-big": "answers tooBig to more than max_varbinds variables at once",
    "endless-walk": "starts the supply descriptions again where they end",
    "ticks-in-four-octets": "sends TimeTicks from 2^31 on in four octets, without the zero octet in front",
    "life-count-integer": "types prtMarkerLifeCount as INTEGER where the MIB says Counter32",
}


class ModelError(ValueError):
    """There is no such model, or what it says at ``place`` does not fit together."""

    def __init__(self, name: str, place: tuple[str | int, ...], expected: str) -> None:
        super().__init__(f"model {name}: {'.'.join(map(str, place))}{': ' if place else ''}expected {expected}")
        self.place, self.expected = place, expected


@dataclass(frozen=True, slots=True)
class Device:
    """A row of hrDeviceTable: ``role`` is printer, or Xerox's scanner, copier or fax."""

    index: int
    role: str
    description: bytes


@dataclass(frozen=True, slots=True)
class MeterRow:
    """A row of Xerox's detail table; ``count`` is one of usage.COUNT_NAMES, or ``fixed`` its value."""

    device: int
    type: int
    n: int
    name: str
    count: str | None = None
    fixed: int | None = None

    @property
    def value_oid(self) -> str:
        """The name of the variable that holds the value."""
        return f"{XCM_DETAIL}.6.{self.device}.{self.type}.{self.n}"

    @property
    def name_oid(self) -> str:
        """The name of the variable that holds the meter's name."""
        return f"{XCM_DETAIL}.8.{self.device}.{self.type}.{self.n}"


@dataclass(frozen=True, slots=True)
class Supply:
    """A row of prtMarkerSuppliesTable.

    ``impressions`` is what a new one lasts for, ``full`` what a fresh one
    holds of that and ``refill_below`` when it is exchanged; all in the units
    of ``count``. ``unit``, ``kind`` and ``group`` are the numbers of RFC 3805.
    """

    index: int
    description: bytes
    kind: int
    count: str
    capacity: int
    impressions: int
    full: int
    refill_below: int
    unit: int = 8
    group: int = 3
    colorant: int = 0
    report: str = "level"


# A model is compared as an object: there is one of each, and what is kept for it is found at every request.
@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """Everything that is the same for each printer of a kind.

    ``missing`` are OIDs that are not there, with all below them; ``null`` are
    rows whose value is NULL, ``null_by_turns`` those that are it on one day of
    four; ``encoded`` are rows whose values are given as the octets that stand
    on the wire, right or wrong. ``masked_serial`` is what the Printer-MIB shows
    in place of the serial number. A printer that ``is_behind_another`` shares
    the address of the one before it in a fleet, as behind a print server.
    ``charset`` is what it declares its texts to be in, by IANA's number; one
    that declares nothing writes Latin-1.
    """

    name: str
    title: str
    vendor: str
    serial_shape: str
    system_description: bytes
    system_object_id: str
    ieee1284_id: str | None
    device_index: int
    devices: tuple[Device, ...]
    meters: tuple[MeterRow, ...]
    supplies: tuple[Supply, ...]
    colorants: tuple[tuple[int, str], ...]
    usage: UsageProfile
    life_count: str | None
    life_unit: int
    rollover: int | None
    serial_in: tuple[str, ...]
    missing: tuple[str, ...]
    quirks: tuple[str, ...]
    max_varbinds: int | None
    null: tuple[str, ...] = ()
    null_by_turns: tuple[str, ...] = ()
    masked_serial: str | None = None
    is_behind_another: bool = False
    encoded: tuple[tuple[str, bytes], ...] = ()
    charset: int | None = None

    def __post_init__(self) -> None:
        _check(self)

    @property
    def encoding(self) -> str:
        """How its texts become octets."""
        return "latin-1" if self.charset is None else CHARSETS[self.charset]

    @property
    def lifetime_meters(self) -> tuple[MeterRow, ...]:
        """The meters that are billed from: detail type 20, in the file's order, where their values are there."""
        lacking = {*self.missing, *self.null}
        return tuple(
            meter for meter in self.meters if meter.type == 20 and not lacking & {meter.value_oid, meter.name_oid}
        )


def _check(model: Model) -> None:
    for place, expected in _mistakes(model):
        raise ModelError(model.name, place, expected)


def _mistakes(model: Model) -> Iterator[tuple[tuple[str | int, ...], str]]:
    """Yield what does not fit together: where it stands, and what would."""
    indexes = {device.index for device in model.devices}
    if model.device_index not in indexes:
        yield ("device_index",), "the index of a device"
    if ("too-big" in model.quirks) != (model.max_varbinds is not None):
        yield ("max_varbinds",), 'a whole number where "too-big" is among the quirks, and none elsewhere'
    for number, quirk in enumerate(model.quirks):
        if quirk not in QUIRKS:
            yield ("quirks", number), _one_of(QUIRKS)
    if model.life_count is not None and model.life_count not in COUNT_NAMES:
        yield ("life_count",), _one_of(COUNT_NAMES)
    for number, meter in enumerate(model.meters):
        if meter.device not in indexes:
            yield ("meters", number, "device"), "the index of a device"
        if meter.count is not None and meter.count not in COUNT_NAMES:
            yield ("meters", number, "count"), _one_of(COUNT_NAMES)
    for number, supply in enumerate(model.supplies):
        yield from ((("supplies", number, *place), expected) for place, expected in _mistakes_of_supply(supply))


def _mistakes_of_supply(supply: Supply) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if supply.count not in COUNT_NAMES:
        yield ("count",), _one_of(COUNT_NAMES)
    if supply.report not in REPORTS:
        yield ("report",), _one_of(REPORTS)
    if not 0 <= supply.refill_below < supply.full <= supply.impressions:
        yield (), "refill_below < full <= impressions"


def _one_of(names: Iterable[str]) -> str:
    return "one of " + ", ".join(f'"{name}"' for name in sorted(names))
