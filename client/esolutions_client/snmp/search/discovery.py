"""Find the printers among many addresses.

One cheap question tells what answers at all and whether it is a printer; only printers are identified, each of them
where several stand behind one agent. Addresses are asked a block at a time, so that the first printers are known long
before the last address is asked.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Protocol

from esolutions_client.readings.supplies import LOW_PERCENT
from esolutions_client.snmp.errors import AgentError, SilentError, SnmpError, TooBigError, UnusableReplyError
from esolutions_client.snmp.pdus import GetNext
from esolutions_client.snmp.queries import varbinds
from esolutions_client.snmp.rows import mib
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.search.addresses import expand_targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime

    from esolutions_client.snmp.pdus import Conversation
    from esolutions_client.snmp.ports import SnmpPort, Target

__all__ = ["Found", "Prober", "Sign", "discover", "expand_targets", "probe"]

_BLOCK = 8192
_SYS_OBJECT_ID = mib.SYS_OBJECT_ID.removesuffix(".0")


@dataclass(frozen=True, slots=True)
class Sign:
    """What one question tells about whatever answers."""

    object_id: str | None
    is_printer: bool


@dataclass(frozen=True, slots=True)
class Found:
    """A printer and where it was found; `outcome` is an error where something answers but could not be read."""

    target: Target
    outcome: Identified | SnmpError


class Prober(Protocol):
    """Tells quickly which of many addresses answer at all."""

    def answering(self, targets: Sequence[Target]) -> Iterator[int]:
        """Return the indexes of the targets from which any SNMP answer came."""
        ...


def probe() -> Conversation[Sign]:
    """Ask for the sysObjectID and the first row of the Printer-MIB, by GETNEXT: some agents know no GET.

    Raises:
        UnusableReplyError: the answer has neither.
    """
    try:
        reply = yield GetNext((_SYS_OBJECT_ID, mib.PRINTER_MIB))
    except (AgentError, TooBigError):
        # Version 1: no row after one of the two.
        reply = yield GetNext((_SYS_OBJECT_ID,))
    rows = dict(varbinds(reply))
    if not rows:
        raise UnusableReplyError("the answer has none of the variables that were asked for")
    object_id = rows.get(mib.SYS_OBJECT_ID)
    has_rows = any(oid.startswith(mib.PRINTER_MIB + ".") and value is not None for oid, value in rows.items())
    known = object_id if isinstance(object_id, str) else None
    return Sign(known, has_rows or _is_of_printer_maker(known))


def discover(
    port: SnmpPort,
    targets: Iterable[Target],
    *,
    now: Callable[[], datetime],
    on_progress: Callable[[int, int], None] | None = None,
    prober: Prober | None = None,
    low_percent: int = LOW_PERCENT,
) -> Iterator[Found]:
    """Return the printers among the targets as they are found.

    Args:
        port: what carries the questions.
        targets: where to look.
        now: the clock for the readings.
        on_progress: called with the numbers of addresses asked and of printers found so far.
        prober: sorts out silent addresses first; without it each is asked through the port.
        low_percent: a supply at or below this is low.
    """
    asked = found = 0
    remaining = iter(targets)
    while block := tuple(islice(remaining, _BLOCK)):
        answering = block if prober is None else tuple(block[index] for index in prober.answering(block))
        printers, failed = _printers(port, answering)
        for failure in failed:
            if prober is not None or not isinstance(failure.outcome, SilentError):
                yield failure
        while printers:
            behind: list[Target] = []
            for printer in _identified(port, printers, now, low_percent):
                found += 1
                yield printer
                behind += _others(printer)
            printers = behind
        asked += len(block)
        if on_progress is not None:
            on_progress(asked, found)


def _identified(
    port: SnmpPort, targets: Sequence[Target], now: Callable[[], datetime], low_percent: int
) -> Iterator[Found]:
    ask = partial(identify, now=now, low_percent=low_percent)
    tasks = [(target, ask(version=target.version, device_index=target.device_index)) for target in targets]
    for batch in port.converse(tasks):
        for index, outcome in batch:
            yield Found(targets[index], outcome)


def _others(found: Found) -> list[Target]:
    """Return where the further printers are behind an agent whose first one was just found."""
    if isinstance(found.outcome, SnmpError) or found.target.device_index is not None:
        return []
    return [replace(found.target, device_index=index) for index in found.outcome.others]


def _printers(port: SnmpPort, targets: Sequence[Target]) -> tuple[list[Target], list[Found]]:
    """Return what is a printer, and what answered in a way that cannot be read."""
    signs: dict[int, bool] = {}
    failed: dict[int, SnmpError] = {}
    for batch in port.converse([(target, probe()) for target in targets]):
        for index, sign in batch:
            if isinstance(sign, SnmpError):
                failed[index] = sign
            else:
                signs[index] = sign.is_printer
    printers = [target for index, target in enumerate(targets) if signs.get(index)]
    return printers, [Found(targets[index], failed[index]) for index in sorted(failed)]


def _is_of_printer_maker(object_id: str | None) -> bool:
    """Tell makers of nothing but printers and copiers, whose small models may lack the Printer-MIB."""
    return object_id is not None and object_id.startswith(mib.PRINTER_MAKERS)
