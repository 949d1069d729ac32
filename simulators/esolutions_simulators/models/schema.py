"""Say what a printer model is made of and refuse one that does not fit together.

A model is data: a TOML file beside this module. What its words mean is here;
how its rows come out on the wire is in esolutions_simulators.mib.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from esolutions_simulators.mib.oids import XCM_DETAIL
from esolutions_simulators.usage import COUNT_NAMES, STREAMS, UsageProfile

__all__ = ["CHARSETS", "QUIRKS", "REPORTS", "Device", "MeterRow", "Model", "ModelError", "Supply", "parse_model"]

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


_Described = TypeVar("_Described")


class ModelError(ValueError):
    """A model file does not describe a printer."""


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


@dataclass(frozen=True, slots=True)
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
    def need(*, holds: bool, otherwise: str) -> None:
        if not holds:
            raise ModelError(f"model {model.name}: {otherwise}")

    indexes = {device.index for device in model.devices}
    counts = {meter.count for meter in model.meters if meter.count} | {supply.count for supply in model.supplies}
    unknown = sorted(counts - set(COUNT_NAMES))
    strange = sorted(set(model.quirks) - set(QUIRKS))
    need(holds=not unknown, otherwise=f"unknown counts {unknown}")
    need(holds=not strange, otherwise=f"unknown quirks {strange}")
    need(holds=model.device_index in indexes, otherwise="device_index names no device")
    need(holds={meter.device for meter in model.meters} <= indexes, otherwise="a meter is of no device")
    need(holds=("too-big" in model.quirks) == (model.max_varbinds is not None), otherwise="too-big needs max_varbinds")
    for supply in model.supplies:
        need(holds=supply.report in REPORTS, otherwise=f"supply {supply.index}: report is one of {list(REPORTS)}")
        need(
            holds=0 <= supply.refill_below < supply.full <= supply.impressions,
            otherwise=f"supply {supply.index}: refill_below < full <= impressions",
        )


def parse_model(name: str, data: Mapping[str, Any]) -> Model:
    """Return the model that ``data``, a parsed TOML file, describes.

    Raises:
        ModelError: something is missing, unknown or does not fit.
    """
    try:
        return _parsed(name, dict(data))
    except (KeyError, TypeError, AttributeError) as error:
        raise ModelError(f"model {name}: {error!r}") from error
    except ModelError:
        raise
    except ValueError as error:
        raise ModelError(f"model {name}: {error}") from error


def _parsed(name: str, data: dict[str, Any]) -> Model:
    charset = data.pop("charset", None)
    encoding = "latin-1" if charset is None else CHARSETS[charset]
    return Model(
        name=name,
        title=data.pop("title"),
        vendor=data.pop("vendor"),
        serial_shape=data.pop("serial_shape"),
        system_description=data.pop("system_description").encode(encoding),
        system_object_id=data.pop("system_object_id"),
        ieee1284_id=data.pop("ieee1284_id", None),
        device_index=data.pop("device_index", 1),
        devices=tuple(_described(Device, row, encoding) for row in data.pop("devices")),
        meters=tuple(MeterRow(**row) for row in data.pop("meters", ())),
        supplies=tuple(_described(Supply, row, encoding) for row in _supply_rows(data.pop("supplies"))),
        colorants=tuple((row["index"], row["value"]) for row in data.pop("colorants", ())),
        usage=_usage(data.pop("usage")),
        life_count=data.pop("life_count", "life") or None,
        life_unit=data.pop("life_unit", 7),
        rollover=data.pop("rollover", None),
        serial_in=tuple(data.pop("serial_in", ("printer-mib", "xerox"))),
        missing=tuple(data.pop("missing", ())),
        quirks=tuple(data.pop("quirks", ())),
        max_varbinds=data.pop("max_varbinds", None),
        null=tuple(data.pop("null", ())),
        null_by_turns=tuple(data.pop("null_by_turns", ())),
        encoded=tuple((row["oid"], bytes.fromhex(row["octets"])) for row in data.pop("encoded", ())),
        charset=charset,
        **data,
    )


def _described(kind: type[_Described], row: dict[str, Any], encoding: str) -> _Described:
    return kind(**{**row, "description": row["description"].encode(encoding)})


def _supply_rows(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Fill in what a plain cartridge leaves unsaid: it starts full and is exchanged when almost empty."""
    filled = []
    for row in rows:
        impressions = row.get("impressions", row["capacity"])
        plain = {"impressions": impressions, "full": impressions, "refill_below": impressions // 50}
        filled.append({**plain, **row})
    return filled


def _usage(data: dict[str, Any]) -> UsageProfile:
    strange = set(data) - {"per_weekday", "start", "hours", "saturday", "sunday"}
    strange |= (set(data["per_weekday"]) | set(data["start"])) - set(STREAMS)
    if strange:
        raise ValueError(f"unknown words in usage: {sorted(strange)}")
    ranges = [tuple(tuple(data[key].get(stream, (0, 0))) for stream in STREAMS) for key in ("per_weekday", "start")]
    weekend = {day: data[day] for day in ("saturday", "sunday") if day in data}
    return UsageProfile(ranges[0], ranges[1], tuple(data["hours"]), **weekend)
