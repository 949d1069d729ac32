"""Work out one row of a printer for one time."""

from collections.abc import Callable
from dataclasses import replace

from esolutions_simulators.life.history import Segment
from esolutions_simulators.mib.alerts import error_state, warnings_of
from esolutions_simulators.mib.encoded import in_four_octets
from esolutions_simulators.mib.row import (
    NULL,
    Fixed,
    Level,
    Meter,
    NullByTurns,
    Own,
    OwnAddress,
    Row,
    State,
    Value,
    is_null_day,
)
from esolutions_simulators.mib.site import Site
from esolutions_simulators.printers.printer import shown

__all__ = ["address_octets", "own_value", "uptime_of", "value_of"]

_UPTIME_WRAPS_AT = 1 << 32


def value_of(row: Row, segment: Segment, at_epoch: float) -> Value:
    """Work out one row; None where it is not there at the time."""
    source = row.source
    if isinstance(source, State):
        return _STATES[source](segment, at_epoch)
    if isinstance(source, NullByTurns):
        return NULL if is_null_day(at_epoch) else value_of(replace(row, source=source.source), segment, at_epoch)
    if isinstance(source, Fixed):
        return source.value
    if isinstance(source, Own):
        return own_value(source, segment)
    if isinstance(source, OwnAddress):
        return address_octets(segment.address) if source.asked in (None, segment.address) else None
    if isinstance(source, Meter):
        return shown(segment.shown_at(at_epoch)[source.count], source.rollover)
    if isinstance(source, Level):
        return segment.machine.gauges[source.supply].level_at(segment.worn_at(at_epoch))
    worn = segment.worn_at(at_epoch)
    gauge = segment.machine.gauges[source.supply]
    if not gauge.is_low_at(worn):
        return None
    return source.spent if gauge.is_spent_at(worn) else source.low


def own_value(source: Own, segment: Segment) -> bytes:
    """Return what tells the printer from the next of its model, as the agent shows it."""
    if source is Own.SERIAL:
        return segment.shown_serial.encode()
    value: bytes | str = getattr(Site.invented(segment.machine.seed), source.value)
    return value if isinstance(value, bytes) else value.encode()


def address_octets(address: str) -> bytes:
    """Return the four octets of a dotted address."""
    return bytes(map(int, address.split(".")))


def uptime_of(segment: Segment, at_epoch: float) -> int:
    """Return the hundredths of a second since the machine was switched on."""
    return max(int((at_epoch - segment.booted) * 100), 0) % _UPTIME_WRAPS_AT


def _detected_errors(segment: Segment, at_epoch: float) -> bytes:
    worn = segment.worn_at(at_epoch)
    supplies = zip(segment.machine.model.supplies, segment.machine.gauges, strict=True)
    bits: set[int] = set()
    for supply, gauge in supplies:
        if supply.report == "level" and gauge.is_low_at(worn):
            warns = warnings_of(supply.kind)
            bit = warns.spent_bit if gauge.is_spent_at(worn) else warns.low_bit
            bits |= set() if bit is None else {bit}
    return error_state(bits)


_STATES: dict[State, Callable[[Segment, float], Value]] = {
    State.UPTIME: uptime_of,
    State.UPTIME_IN_FOUR_OCTETS: lambda segment, at_epoch: in_four_octets(uptime_of(segment, at_epoch)),
    State.DETECTED_ERRORS: _detected_errors,
}
