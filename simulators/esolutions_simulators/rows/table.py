"""Keep the rows of a model in walking order, and prepare the GETs that its printers are asked.

There is one table for all printers of a model. A prepared GET holds the values
that are fixed and says where to fill in the rest, so that a poll costs only
what moves, and a printer only what is its own.
"""

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import inf

from esolutions_simulators.mib.host import NAMED_BY_ADDRESS
from esolutions_simulators.mib.oids import IP_AD_ENT_ADDR, PRT_SUPPLIES, XCM_DETAIL
from esolutions_simulators.mib.row import Fixed, Level, Meter, Own, OwnAddress, Row, State, Value, oid_key
from esolutions_simulators.mib.table import rows_of
from esolutions_simulators.models.schema import Model

__all__ = ["PreparedGet", "Table", "table_of"]

# Managers ask for a few lists again and again; of others so many are kept, and none that is longer.
_MOST_PREPARED, _LONGEST_PREPARED = 1_000, 256
_MOST_MODELS = 256
# Quirks of agents: where they refuse a GET, or walk in circles.
_GET_REFUSED = {"no-get-xcmi": f"{XCM_DETAIL}.", "no-get-xcmi-names": f"{XCM_DETAIL}.8."}
_ENDLESS = f"{PRT_SUPPLIES}.6."
_ADDRESSES = f"{IP_AD_ENT_ADDR}."
_BEFORE_ADDRESS = oid_key(IP_AD_ENT_ADDR)


@dataclass(frozen=True, slots=True)
class PreparedGet:
    """A GET of some variables, prepared: their rows, the values that are fixed in their places, what to fill in where.

    ``own`` stays the same while a machine stands, the others follow the time.
    """

    rows: tuple[Row | None, ...]
    values: list[Value]
    own: list[tuple[int, Own]] = field(default_factory=list)
    meters: list[tuple[int, int]] = field(default_factory=list)
    rolling: list[tuple[int, int, int]] = field(default_factory=list)
    levels: list[tuple[int, int]] = field(default_factory=list)
    uptimes: list[int] = field(default_factory=list)
    others: list[tuple[int, Row]] = field(default_factory=list)


class Table:
    """The rows of the printers of a model, and the GETs prepared of them."""

    def __init__(self, model: Model) -> None:
        self.rows = rows_of(model)
        self._keys = [oid_key(row.oid) for row in self.rows]
        self._by_oid = {row.oid: row for row in self.rows if row.oid != NAMED_BY_ADDRESS}
        self._by_address = next((place for place, row in enumerate(self.rows) if row.oid == NAMED_BY_ADDRESS), None)
        self._kept: dict[tuple[str, ...], PreparedGet] = {}
        self.max_varbinds = model.max_varbinds or inf
        self.version = "1" if "v1-only" in model.quirks else None
        self._refused = tuple(prefix for quirk, prefix in _GET_REFUSED.items() if quirk in model.quirks)
        self._loop = self._looping(endless="endless-walk" in model.quirks)

    def _looping(self, *, endless: bool) -> tuple[int, int] | None:
        """Return the place after which an endless walk goes back, and where to."""
        places = [place for place, row in enumerate(self.rows) if row.oid.startswith(_ENDLESS)]
        return (places[-1], places[0]) if endless and places else None

    def row_of(self, oid: str) -> Row | None:
        """Return the row that is called ``oid``, at whatever address the printer stands."""
        found = self._by_oid.get(oid)
        if found is None and self._by_address is not None and oid.startswith(_ADDRESSES):
            return replace(self.rows[self._by_address], oid=oid, source=OwnAddress(oid[len(_ADDRESSES) :]))
        return found

    def gettable(self, oid: str) -> Row | None:
        """Return the row that a GET of ``oid`` finds."""
        return None if oid.startswith(self._refused) else self.row_of(oid)

    def name_at(self, place: int, address: str) -> str:
        """Return the name of the row at a place, of a printer that stands at ``address``."""
        return _ADDRESSES + address if place == self._by_address else self.rows[place].oid

    def place_after(self, oid: str, address: str) -> int:
        """Return the place of the row that follows ``oid``, of a printer that stands at ``address``."""
        key = oid_key(oid)
        place = bisect_right(self._keys, key)
        if self._by_address is not None and oid.startswith(_ADDRESSES):
            own = (*_BEFORE_ADDRESS, *map(int, address.split(".")))
            return self._by_address + (key >= own)
        # A request for what follows the last description is sent back, none for the columns behind it.
        if self._loop and place == self._loop[0] + 1 and oid.startswith(_ENDLESS):
            return self._loop[1]
        return place

    def prepared(self, oids: tuple[str, ...]) -> PreparedGet:
        """Return the GET of these variables, prepared now if need be."""
        return self._kept.get(oids) or self._prepare(oids)

    def _prepare(self, oids: tuple[str, ...]) -> PreparedGet:
        rows = tuple(map(self.gettable, oids))
        get = PreparedGet(rows, [None] * len(oids))
        for position, row in enumerate(rows):
            if row is not None:
                _add(get, position, row)
        if len(oids) <= _LONGEST_PREPARED:
            if len(self._kept) >= _MOST_PREPARED:
                self._kept.clear()
            self._kept[oids] = get
        return get


@lru_cache(_MOST_MODELS)
def table_of(model: Model) -> Table:
    """Return the one table of a model."""
    return Table(model)


def _add(get: PreparedGet, position: int, row: Row) -> None:
    """Say in a prepared GET where the value of a row comes from."""
    source = row.source
    if isinstance(source, Fixed):
        get.values[position] = source.value
    elif isinstance(source, Own):
        get.own.append((position, source))
    elif isinstance(source, Meter) and source.rollover is None:
        get.meters.append((position, source.count))
    elif isinstance(source, Meter) and source.rollover is not None:
        get.rolling.append((position, source.count, source.rollover))
    elif isinstance(source, Level):
        get.levels.append((position, source.supply))
    elif source is State.UPTIME:
        get.uptimes.append(position)
    else:
        get.others.append((position, row))
