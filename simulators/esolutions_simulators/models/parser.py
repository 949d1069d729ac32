"""Make a model of a TOML file, or say which of its lines describes no printer.

What each key may be is in esolutions_simulators.models.keys. Files are opened
elsewhere.
"""

from esolutions_simulators.models.keys import ModelKeys, StreamKeys, SupplyKeys
from esolutions_simulators.models.schema import CHARSETS, Device, MeterRow, Model, ModelError, Supply
from esolutions_simulators.printers.usage import STREAMS, UsageProfile, mistaken_sheets
from esolutions_simulators.toml_files.toml_file import TomlFile

__all__ = ["parse_model"]

_Place = tuple[str | int, ...]


def parse_model(name: str, text: str) -> Model:
    """Return the model that the text of a TOML file describes.

    Raises:
        TomlFileError: something is missing, unknown or does not fit.
    """
    file = TomlFile(f"{name}.toml", text)
    keys = file.converted(ModelKeys)
    if keys.charset is not None and keys.charset not in CHARSETS:
        raise file.error(("charset",), f"one of {', '.join(map(str, sorted(CHARSETS)))}")
    encode = _Encoder(file, "latin-1" if keys.charset is None else CHARSETS[keys.charset])
    usage = _usage(file, keys)
    try:
        return _model(name, keys, encode, usage)
    except ModelError as error:
        raise file.error(error.place, error.expected) from error


class _Encoder:
    """Turns the texts of a file into the octets of its character set."""

    def __init__(self, file: TomlFile, encoding: str) -> None:
        self._file, self._encoding = file, encoding

    def text(self, text: str, *place: str | int) -> bytes:
        """Return what a text is in the model's character set."""
        try:
            return text.encode(self._encoding)
        except UnicodeEncodeError as error:
            raise self._file.error(place, f"text that can be written in {self._encoding}") from error

    def octets(self, text: str, *place: str | int) -> bytes:
        """Return what a text in hexadecimal says."""
        try:
            return bytes.fromhex(text)
        except ValueError as error:
            raise self._file.error(place, "octets in hexadecimal, in quotes") from error


def _model(name: str, keys: ModelKeys, encode: _Encoder, usage: UsageProfile) -> Model:
    for place, meter in enumerate(keys.meters):
        encode.text(meter.name, "meters", place, "name")
    return Model(
        name=name,
        title=keys.title,
        vendor=keys.vendor,
        serial_shape=keys.serial_shape,
        system_description=encode.text(keys.system_description, "system_description"),
        system_object_id=keys.system_object_id,
        ieee1284_id=keys.ieee1284_id,
        device_index=keys.device_index,
        devices=tuple(
            Device(row.index, row.role, encode.text(row.description, "devices", place, "description"))
            for place, row in enumerate(keys.devices)
        ),
        meters=tuple(MeterRow(row.device, row.type, row.n, row.name, row.count, row.fixed) for row in keys.meters),
        supplies=tuple(
            _supply(row, encode.text(row.description, "supplies", place, "description"))
            for place, row in enumerate(keys.supplies)
        ),
        colorants=tuple((row.index, row.value) for row in keys.colorants),
        usage=usage,
        life_count=keys.life_count or None,
        life_unit=keys.life_unit,
        rollover=keys.rollover,
        serial_in=keys.serial_in,
        missing=keys.missing,
        quirks=keys.quirks,
        max_varbinds=keys.max_varbinds,
        null=keys.null,
        null_by_turns=keys.null_by_turns,
        masked_serial=keys.masked_serial,
        is_behind_another=keys.is_behind_another,
        encoded=tuple(
            (row.oid, encode.octets(row.octets, "encoded", place, "octets")) for place, row in enumerate(keys.encoded)
        ),
        charset=keys.charset,
    )


def _supply(row: SupplyKeys, description: bytes) -> Supply:
    """Fill in what a plain cartridge leaves unsaid: it starts full and is exchanged when almost empty."""
    impressions = row.capacity if row.impressions is None else row.impressions
    full = impressions if row.full is None else row.full
    refill_below = impressions // 50 if row.refill_below is None else row.refill_below
    sizes = (row.capacity, impressions, full, refill_below)
    return Supply(row.index, description, row.kind, row.count, *sizes, row.unit, row.group, row.colorant, row.report)


def _usage(file: TomlFile, keys: ModelKeys) -> UsageProfile:
    usage = keys.usage
    if not sum(usage.hours):
        raise file.error(("usage", "hours"), "24 weights, not all 0")
    ranges = [_ranges(file, name, getattr(usage, name)) for name in ("per_weekday", "start")]
    return UsageProfile(ranges[0], ranges[1], usage.hours, usage.saturday, usage.sunday)


def _ranges(file: TomlFile, name: str, streams: StreamKeys) -> tuple[tuple[int, int], ...]:
    ranges = {stream: getattr(streams, stream) for stream in STREAMS}
    for stream, (low, high) in ranges.items():
        if low > high:
            raise file.error(("usage", name, stream), "an array of two whole numbers, the lower first")
    mistake = mistaken_sheets(ranges)
    if mistake:
        raise file.error(("usage", name, "sheets"), mistake)
    return tuple(ranges.values())
