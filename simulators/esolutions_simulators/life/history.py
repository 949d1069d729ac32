"""Work out what a printer is at every time from what happened to it.

A history is a list of segments of time in which nothing but usage changes.
It is a pure function of the first machine and the incidents.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import inf
from operator import add, sub
from typing import Any

from esolutions_simulators.life.incidents import Incident, IncidentError
from esolutions_simulators.models import Model, load_model
from esolutions_simulators.printers.supplies import Gauge, gauges
from esolutions_simulators.printers.usage import COUNT_NAMES, Counts, Usage, count_index, on_sheets

__all__ = ["Machine", "Segment", "history"]

_NOTHING: Counts = (0,) * len(COUNT_NAMES)
# A counter that jumps moves the sums it is part of.
_JUMPING = tuple(count_index(name) for name in ("total", "black", "life", "printed_black"))


@dataclass(frozen=True, slots=True)
class Machine:
    """One physical printer: what it is and how it is used."""

    model: Model
    serial: str
    seed: int
    installed_epoch: float
    usage: Usage = field(compare=False, repr=False)
    gauges: tuple[Gauge, ...] = field(compare=False, repr=False)

    @classmethod
    def built(cls, model: Model, serial: str, seed: int, installed_epoch: float) -> "Machine":
        """Build the machine that ``seed`` makes of ``model``."""
        usage = Usage(model.usage, seed, installed_epoch)
        return cls(model, serial, seed, installed_epoch, usage, gauges(model.supplies, seed))


@dataclass(frozen=True, slots=True)
class Segment:
    """What a printer is from ``since`` up to, but not including, ``until``.

    ``idle_since`` is set while nothing is printed. ``unused`` is what the
    usage claims and idle time took away; ``shift`` is what the shown counters
    differ by from what was really printed, since a controller was swapped.
    ``copied_serial`` is what the agent shows for a serial number where its
    settings were copied from another machine.
    """

    since: float
    until: float
    machine: Machine
    community: str
    address: str
    booted: float
    is_on: bool = True
    is_asleep: bool = False
    idle_since: float | None = None
    unused: Counts = _NOTHING
    shift: Counts = _NOTHING
    copied_serial: str | None = None

    @property
    def shown_serial(self) -> str:
        """What the agent shows as its serial number."""
        return self.machine.serial if self.copied_serial is None else self.copied_serial

    @property
    def is_answering(self) -> bool:
        """Whether the agent answers at all."""
        return self.is_on and not self.is_asleep

    def worn_at(self, epoch: float) -> Counts:
        """Return what the machine has really printed: what supplies are used up by."""
        counts = self.machine.usage.counts_at(epoch if self.idle_since is None else self.idle_since)
        return counts if self.unused is _NOTHING else on_sheets(tuple(map(sub, counts, self.unused)))

    def shown_from(self, worn: Counts) -> Counts:
        """Return what the counters show, before any rollover, when ``worn`` has really been printed."""
        return worn if self.shift is _NOTHING else on_sheets(tuple(map(add, worn, self.shift)))

    def shown_at(self, epoch: float) -> Counts:
        """Return what the counters show at a time, before any rollover."""
        return self.shown_from(self.worn_at(epoch))


def history(machine: Machine, address: str, community: str, incidents: Iterable[Incident]) -> tuple[Segment, ...]:
    """Return the segments of a printer's life, in order and without a gap.

    Raises:
        IncidentError: an incident comes before the installation or tells of an unknown model.
    """
    installed = machine.installed_epoch
    now = Segment(installed, inf, machine, community, address, booted=installed)
    # In its box: before it is installed it answers nothing.
    segments = [replace(now, since=-inf, until=installed, is_on=False, idle_since=installed)]
    for incident in sorted(incidents, key=lambda incident: incident.at):
        epoch = incident.at.timestamp()
        if epoch < installed:
            raise IncidentError(f"{incident.kind} at {incident.at} comes before the installation")
        segments.append(replace(now, until=epoch))
        now = _EFFECTS[incident.kind](replace(now, since=epoch, until=inf), incident.args)
    return (*segments, now)


def _resting(now: Segment) -> Segment:
    """Stop or go on printing, as the machine's state says."""
    if now.is_answering and now.idle_since is not None:
        usage = now.machine.usage
        missed = tuple(map(sub, usage.counts_at(now.since), usage.counts_at(now.idle_since)))
        return replace(now, idle_since=None, unused=tuple(map(add, now.unused, missed)))
    if not now.is_answering and now.idle_since is None:
        return replace(now, idle_since=now.since)
    return now


def _power_off(now: Segment, _: Mapping[str, Any]) -> Segment:
    return _resting(replace(now, is_on=False, is_asleep=False))


def _power_on(now: Segment, _: Mapping[str, Any]) -> Segment:
    return now if now.is_on else _resting(replace(now, is_on=True, booted=now.since))


def _fall_asleep(now: Segment, _: Mapping[str, Any]) -> Segment:
    return _resting(replace(now, is_asleep=True)) if now.is_on else now


def _wake_up(now: Segment, _: Mapping[str, Any]) -> Segment:
    return _resting(replace(now, is_asleep=False))


def _replaced(now: Segment, args: Mapping[str, Any]) -> Segment:
    model = load_model(args["model"]) if "model" in args else now.machine.model
    machine = Machine.built(model, args["serial"], args["seed"], now.since)
    return Segment(now.since, now.until, machine, now.community, now.address, booted=now.since)


def _swap_controller(now: Segment, args: Mapping[str, Any]) -> Segment:
    """Start every counter again at 0 on a new controller; ``total`` is what the new one had counted elsewhere."""
    emptied = tuple(-count for count in now.worn_at(now.since))
    return _jumped(replace(now, shift=emptied, booted=now.since), {"total": args.get("total", 0)})


def _jumped(now: Segment, args: Mapping[str, Any]) -> Segment:
    """Make the total show ``total``, as if black pages had been printed."""
    more = args["total"] - now.shown_at(now.since)[_JUMPING[0]]
    shift = tuple(old + more if index in _JUMPING else old for index, old in enumerate(now.shift))
    return replace(now, shift=shift)


_EFFECTS: dict[str, Callable[[Segment, Mapping[str, Any]], Segment]] = {
    "power_off": _power_off,
    "power_on": _power_on,
    "fall_asleep": _fall_asleep,
    "wake_up": _wake_up,
    "replace": _replaced,
    "swap_controller": _swap_controller,
    "jump": _jumped,
    "change_community": lambda now, args: replace(now, community=args["community"]),
    "move": lambda now, args: replace(now, address=args["address"]),
    "show_serial": lambda now, args: replace(now, copied_serial=args.get("serial")),
}
