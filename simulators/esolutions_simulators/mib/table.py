"""Put together every row of the printers of a model, in the order a walk meets them."""

from dataclasses import replace
from itertools import chain

from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.host import host_rows
from esolutions_simulators.mib.printer import printer_rows
from esolutions_simulators.mib.row import NULL, Fixed, Level, Meter, NullByTurns, Own, Row, Syntax, oid_key
from esolutions_simulators.mib.xcmi import xcmi_rows
from esolutions_simulators.models.schema import Model

__all__ = ["rows_of"]


def rows_of(model: Model) -> tuple[Row, ...]:
    """Return the rows of its printers sorted as SNMP sorts them, without those its model leaves out."""
    missing = tuple(f"{prefix}." for prefix in model.missing)
    rows = chain(host_rows(model), printer_rows(model), xcmi_rows(model))
    # What is encoded oddly stands in the place of what would be there; of which type it is, its octets say.
    odd = {oid: Row(oid, Syntax.OCTET_STRING, Fixed(Encoded(octets))) for oid, octets in model.encoded}
    rows = chain((row for row in rows if row.oid not in odd), odd.values())
    present = (_with_nulls(row, model) for row in rows if not f"{row.oid}.".startswith(missing))
    return tuple(sorted(present, key=lambda row: oid_key(row.oid)))


def _with_nulls(row: Row, model: Model) -> Row:
    """Return a row as the model shows it: as it is, or NULL always or by turns."""
    if row.oid in model.null:
        return Row(row.oid, Syntax.NULL, Fixed(NULL))
    if row.oid in model.null_by_turns and isinstance(row.source, (Fixed, Meter, Level, Own)):
        return replace(row, source=NullByTurns(row.source))
    return row
