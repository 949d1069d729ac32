"""Lay out Xerox's own rows: the billing meters, the serial number and the IEEE 1284 id."""

from collections.abc import Iterator

from esolutions_simulators.mib import oids
from esolutions_simulators.mib.row import Fixed, Meter, Own, Row, Source, Syntax
from esolutions_simulators.models.schema import MeterRow, Model
from esolutions_simulators.printers.usage import count_index

__all__ = ["LIFETIME", "xcmi_rows"]

# The detail type of xcmHrDevDetailTable that counts a life: the only one a rollover is said for.
LIFETIME = 20


def xcmi_rows(model: Model) -> Iterator[Row]:
    """Yield the rows under the Xerox enterprise; none but the model's for other makers."""
    if model.ieee1284_id is not None:
        yield Row(oids.IEEE_1284_ID, Syntax.OCTET_STRING, Fixed(model.ieee1284_id.encode()))
    if "xerox" in model.serial_in:
        yield Row(f"{oids.XCM_SERIAL}.{model.device_index}", Syntax.OCTET_STRING, Own.SERIAL)
    for meter in model.meters:
        yield Row(meter.value_oid, Syntax.INTEGER, _source(model, meter))
        yield Row(meter.name_oid, Syntax.OCTET_STRING, Fixed(meter.name.encode(model.encoding)))


def _source(model: Model, meter: MeterRow) -> Source:
    if meter.count is None:
        return Fixed(meter.fixed or 0)
    return Meter(count_index(meter.count), model.rollover if meter.type == LIFETIME else None)
