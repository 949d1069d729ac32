"""Keep the meters and supplies of a printer that was identified again and does not show all of them at the moment.

Agents fill their tables late after a start, and leave rows out while something is being replaced. A row that was known
is asked for until it comes back; until then it has no value. No printer is asked.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from esolutions_client.snmp.pdus import Value
    from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
    from esolutions_client.snmp.rows.tables.supplies import SupplyRow

__all__ = ["keep_known_rows"]

# An agent that renames its meters at each start must not make a layout grow for ever.
_MOST_METERS = 256


def keep_known_rows(
    before: Layout, last: SteadyPoll | None, layout: Layout, poll: SteadyPoll
) -> tuple[Layout, SteadyPoll]:
    """Return the new layout with the rows of the one before that it lacks, and its poll with no value for them.

    A meter is known by its name, a supply by its name and row. A supply is kept while the agent runs on, and forgotten
    when it starts again: supplies are taken out for good, too.
    """
    names = {row.name for row in layout.meters}
    meters = tuple(row for row in before.meters if row.name not in names)[: _MOST_METERS - len(names)]
    known = {row.name: row for row in before.supplies}
    shown = tuple(_completed(row, known.pop(row.name, row)) for row in layout.supplies)
    supplies: tuple[SupplyRow, ...] = ()
    if not _has_started_again(last, poll):
        taken = {row.level_oid for row in shown}
        supplies = tuple(row for row in known.values() if row.level_oid not in taken)
    if not meters and not supplies and shown == layout.supplies:
        return layout, poll
    kept = replace(layout, meters=layout.meters + meters, supplies=shown + supplies)
    return kept, poll._replace(
        meter_values=poll.meter_values + (None,) * len(meters),
        supply_levels=poll.supply_levels + (None,) * len(supplies),
        supply_capacities=poll.supply_capacities + (None,) * len(supplies),
        numbers=_numbers(layout, kept, poll.numbers),
    )


def _completed(row: SupplyRow, before: SupplyRow) -> SupplyRow:
    """Return a supply with the numbers that it had before and does not show at the moment."""
    return replace(
        row, level_oid=row.level_oid or before.level_oid, capacity_oid=row.capacity_oid or before.capacity_oid
    )


def _has_started_again(last: SteadyPoll | None, poll: SteadyPoll) -> bool:
    return last is None or last.uptime is None or poll.uptime is None or poll.uptime < last.uptime


def _numbers(layout: Layout, kept: Layout, numbers: Sequence[Value]) -> Sequence[Value]:
    """Return the numbers of a poll in the order of the layout with the kept rows, which are not there."""
    shown = dict(zip(layout.oids[layout.first_meter :], numbers, strict=True)) if numbers else {}
    return [shown.get(oid) for oid in kept.oids[kept.first_meter :]] if numbers else ()
