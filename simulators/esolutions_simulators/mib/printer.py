"""Lay out the rows of the Printer-MIB (RFC 3805): general, marker, supplies, colorants, alerts."""

from collections.abc import Iterator

from esolutions_simulators.mib import oids
from esolutions_simulators.mib.alerts import warnings_of
from esolutions_simulators.mib.row import Fixed, Level, LowAlert, Meter, Own, Row, Syntax
from esolutions_simulators.models.schema import REPORTS, Model, Supply
from esolutions_simulators.printers.usage import count_index

__all__ = ["printer_rows"]

# PrtAlertSeverityLevelTC, PrtAlertGroupTC
_CRITICAL = 3
_WARNING = 4
_GROUP_MARKER_SUPPLIES = 11
# PrtAlertTrainingLevelTC: untrained
_UNTRAINED = 3
# IANA's MIBenum of US-ASCII
_ASCII = 3


def printer_rows(model: Model) -> Iterator[Row]:
    """Yield the rows of the Printer-MIB."""
    yield from _general(model)
    yield from _localization(model)
    yield from _marker(model)
    for place, supply in enumerate(model.supplies):
        yield from _supply(model.device_index, place, supply)
        yield from _alert(model.device_index, place, supply)
    for index, value in model.colorants:
        base, row = oids.PRT_COLORANT, f"{model.device_index}.{index}"
        yield Row(f"{base}.2.{row}", Syntax.INTEGER, Fixed(1))
        # PrtMarkerColorantRoleTC: process
        yield Row(f"{base}.3.{row}", Syntax.INTEGER, Fixed(3))
        yield Row(f"{base}.4.{row}", Syntax.OCTET_STRING, Fixed(value.encode()))


def _general(model: Model) -> Iterator[Row]:
    base, i = oids.PRT_GENERAL, model.device_index
    yield Row(f"{base}.1.{i}", Syntax.COUNTER32, Fixed(1))
    yield Row(f"{base}.4.{i}", Syntax.OCTET_STRING, Own.OPERATOR)
    yield Row(f"{base}.5.{i}", Syntax.OCTET_STRING, Own.SERVICE_PERSON)
    yield Row(f"{base}.16.{i}", Syntax.OCTET_STRING, Own.PRINTER_NAME)
    if "printer-mib" in model.serial_in:
        shown = Fixed(model.masked_serial.encode()) if model.masked_serial else Own.SERIAL
        yield Row(f"{base}.17.{i}", Syntax.OCTET_STRING, shown)


def _localization(model: Model) -> Iterator[Row]:
    """Yield what a model that declares its character set says: the first localization is there, the second is used."""
    if model.charset is None:
        return
    base, i = oids.PRT_LOCALIZATION, model.device_index
    for column in (2, 10):
        # prtGeneralCurrentLocalization, prtConsoleLocalization
        yield Row(f"{oids.PRT_GENERAL}.{column}.{i}", Syntax.INTEGER, Fixed(2))
    for row, charset in ((1, _ASCII), (2, model.charset)):
        yield Row(f"{base}.4.{i}.{row}", Syntax.INTEGER, Fixed(charset))


def _marker(model: Model) -> Iterator[Row]:
    base, row = oids.PRT_MARKER, f"{model.device_index}.1"
    # PrtMarkerMarkTechTC: electrophotographicLaser
    yield Row(f"{base}.2.{row}", Syntax.INTEGER, Fixed(4))
    yield Row(f"{base}.3.{row}", Syntax.INTEGER, Fixed(model.life_unit))
    if model.life_count:
        syntax = Syntax.INTEGER if "life-count-integer" in model.quirks else Syntax.COUNTER32
        yield Row(f"{base}.4.{row}", syntax, Meter(count_index(model.life_count)))


def _supply(device: int, place: int, supply: Supply) -> Iterator[Row]:
    base, row = oids.PRT_SUPPLIES, f"{device}.{supply.index}"
    numbers = {2: 1, 3: supply.colorant, 4: supply.group, 5: supply.kind, 7: supply.unit, 8: supply.capacity}
    for column, number in numbers.items():
        yield Row(f"{base}.{column}.{row}", Syntax.INTEGER, Fixed(number))
    yield Row(f"{base}.6.{row}", Syntax.OCTET_STRING, Fixed(supply.description))
    sentinel = REPORTS[supply.report]
    yield Row(f"{base}.9.{row}", Syntax.INTEGER, Level(place) if sentinel is None else Fixed(sentinel))


def _alert(device: int, place: int, supply: Supply) -> Iterator[Row]:
    if supply.report != "level":
        return
    base, row = oids.PRT_ALERT, f"{device}.{supply.index}"
    warns = warnings_of(supply.kind)
    columns: dict[int, tuple[int | bytes, int | bytes]] = {
        2: (_WARNING, _CRITICAL),
        3: (_UNTRAINED, _UNTRAINED),
        4: (_GROUP_MARKER_SUPPLIES, _GROUP_MARKER_SUPPLIES),
        5: (supply.index, supply.index),
        6: (-1, -1),
        7: (warns.low_code, warns.spent_code),
        8: (warns.low_word + supply.description, warns.spent_word + supply.description),
    }
    for column, (low, spent) in columns.items():
        syntax = Syntax.OCTET_STRING if isinstance(low, bytes) else Syntax.INTEGER
        yield Row(f"{base}.{column}.{row}", syntax, LowAlert(place, low, spent))
