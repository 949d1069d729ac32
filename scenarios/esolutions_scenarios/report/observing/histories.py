"""Note what clients read from printers, thinned out to what a chart can show."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from esolutions_client.service.printers.printer_state import read_layout, read_poll
from esolutions_scenarios.report.content import MeterLine, PrinterHistory, ReadTimes, SupplyLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from esolutions_client.fleet.device import Device
    from esolutions_client.readings import PrinterReading
    from esolutions_client.store.readings import ReadingRow
    from esolutions_client.store.store import Store
    from esolutions_scenarios.testbed.machine import Machine
    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["CHARTED_AT_MOST", "observe_printers"]

CHARTED_AT_MOST = 24
_POINTS_AT_MOST = 366
_ALWAYS = datetime(1970, 1, 1, tzinfo=UTC), datetime(9999, 1, 1, tzinfo=UTC)


def observe_printers(testbed: Testbed) -> tuple[tuple[PrinterHistory, ...], int, tuple[ReadTimes, ...]]:
    """Return the histories of the first printers, how many more there are, and when each machine read."""
    histories: list[PrinterHistory] = []
    reads = []
    left_out = 0
    for machine in testbed.machines:
        seconds: list[int] = []
        for device in machine.store.devices.all():
            rows = machine.store.readings.between(device.device_id, *_ALWAYS)
            seconds += [row.seconds for row in rows]
            if len(histories) < CHARTED_AT_MOST:
                histories.append(_history(machine, device, rows))
            else:
                left_out += 1
        reads.append(ReadTimes(machine.name, tuple(sorted(seconds))))
    return tuple(histories), left_out, tuple(reads)


def _history(machine: Machine, device: Device, rows: Sequence[ReadingRow]) -> PrinterHistory:
    readings = list(_in_full(machine.store, device, _thinned(rows)))
    return PrinterHistory(
        machine=machine.name,
        serial_number=device.serial_number,
        vendor=device.vendor or "",
        model=device.model or "",
        state=device.shown_state,
        low_percent=device.low_percent,
        readings=len(rows),
        times=tuple(reading.read_at for reading in readings),
        meters=_meters(readings),
        supplies=_supplies(readings),
    )


def _thinned(rows: Sequence[ReadingRow]) -> list[ReadingRow]:
    """Return the newest reading of each of a few hundred equal spans of time, and the first and the last of all."""
    if len(rows) <= _POINTS_AT_MOST:
        return list(rows)
    begin, end = rows[0].seconds, rows[-1].seconds
    kept = {0: rows[0]}
    for row in rows[1:]:
        kept[1 + (row.seconds - begin) * (_POINTS_AT_MOST - 2) // (end - begin)] = row
    return list(kept.values())


def _in_full(store: Store, device: Device, rows: Iterable[ReadingRow]) -> Iterable[PrinterReading]:
    for row in rows:
        layout = read_layout(store, row.layout_id)
        yield layout.reading(read_poll(store, row, layout), row.read_at, device.low_percent)


def _meters(readings: Sequence[PrinterReading]) -> tuple[MeterLine, ...]:
    known = {meter.name: meter for reading in readings for meter in reading.meters}
    by_name = [{meter.name: meter.value for meter in reading.meters} for reading in readings]
    return tuple(
        MeterLine(name, meter.unit or "", meter.source, tuple(values.get(name) for values in by_name))
        for name, meter in known.items()
    )


def _supplies(readings: Sequence[PrinterReading]) -> tuple[SupplyLine, ...]:
    known = {supply.name: supply for reading in readings for supply in reading.supplies}
    by_name = [{supply.name: supply.percent for supply in reading.supplies} for reading in readings]
    return tuple(
        SupplyLine(name, supply.colorant or "", tuple(percents.get(name) for percents in by_name), supply.state)
        for name, supply in known.items()
    )
