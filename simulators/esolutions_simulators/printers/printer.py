"""Be one printer of an office: a machine at an address, and what happens to it.

Its state at a time is a pure function of its definition, its incidents and
the time, so it can be asked about the past and the future alike. It does
not speak SNMP: esolutions_simulators.printers.agent does that for it.
"""

from bisect import bisect_right
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from esolutions_simulators.life.history import Machine, Segment, history
from esolutions_simulators.life.incidents import Incident
from esolutions_simulators.mib.row import is_null_day
from esolutions_simulators.mib.site import Site
from esolutions_simulators.models import Model, load_model
from esolutions_simulators.printers.usage import Counts, count_index
from esolutions_simulators.usm.users import User

__all__ = ["SimulatedPrinter", "shown"]


def shown(count: int, rollover: int | None) -> int:
    """Return what a counter shows that starts again at 1 above ``rollover``."""
    if rollover is None or count <= rollover:
        return count
    return (count - 1) % rollover + 1


class SimulatedPrinter:
    """A printer made of software.

    Args:
        model: what kind it is, or the name of the model.
        serial: its serial number.
        seed: draws its usage and how full its supplies are.
        installed_at: since when it is there, aware.
        address: the dotted IPv4 address it answers at.
        community: the SNMP community it answers to.
        incidents: what has happened or will happen to it.
        users: whom it answers in version 3; without any it does not speak that version.
    """

    __slots__ = (
        "_followers", "_segments", "_since", "address", "community", "incidents", "installed_at", "model", "revision",
        "seed", "serial", "users",
    )  # fmt: skip

    def __init__(
        self,
        model: Model | str,
        serial: str,
        seed: int,
        installed_at: datetime,
        address: str,
        community: str = "public",
        incidents: Iterable[Incident] = (),
        users: Iterable[User] = (),
    ) -> None:
        if installed_at.tzinfo is None:
            raise ValueError("installed_at must be aware")
        self.model = load_model(model) if isinstance(model, str) else model
        self.serial = serial
        self.seed = seed
        self.installed_at = installed_at
        self.address = address
        self.community = community
        self.incidents = list(incidents)
        self.users = tuple(users)
        # Rises with each incident, so that an agent that remembers a segment sees that it is out of date.
        self.revision = 0
        self._followers: tuple[list[SimulatedPrinter], ...] = ()
        self._segments: tuple[Segment, ...] = ()
        self._since: list[float] = []
        if self.incidents:
            # What cannot have happened is refused now; a life without incidents is worked out when it is asked for.
            self._remember()

    def _remember(self) -> None:
        first = self._segments[0].machine if self._segments else self._built()
        self._segments = history(first, self.address, self.community, self.incidents)
        self._since = [segment.since for segment in self._segments]

    def _built(self) -> Machine:
        return Machine.built(self.model, self.serial, self.seed, self.installed_at.timestamp())

    def segment_at(self, epoch: float) -> Segment:
        """Return the segment of its history that holds ``epoch``."""
        segments = self.segments
        return segments[bisect_right(self._since, epoch) - 1]

    @property
    def segments(self) -> tuple[Segment, ...]:
        """The whole life of the printer, in order."""
        if not self._segments:
            self._remember()
        return self._segments

    # What it will ever be: known without working out its life

    @property
    def addresses(self) -> tuple[str, ...]:
        """Every address at which it stands at some time, the first one first."""
        return (self.address, *self._told("move", "address"))

    @property
    def communities(self) -> tuple[str, ...]:
        """Every community that it answers to at some time, the first one first."""
        return (self.community, *self._told("change_community", "community"))

    @property
    def serials(self) -> tuple[str, ...]:
        """The serial number of every machine that stands there at some time, the first one first."""
        return (self.serial, *self._told("replace", "serial"))

    def _told(self, kind: str, argument: str) -> list[str]:
        return [incident.args[argument] for incident in self.incidents if incident.kind == kind]

    def tell_of_moves(self, moved: list["SimulatedPrinter"]) -> None:
        """Add this printer to a list whenever an incident moves it from now on."""
        self._followers = (*self._followers, moved)

    # What happens to it

    def happen(self, at: datetime, kind: str, **args: Any) -> None:
        """Add an incident.

        Raises:
            IncidentError: it cannot happen; the printer is unchanged.
        """
        incidents = [*self.incidents, Incident(at, kind, args)]
        history(self.segments[0].machine, self.address, self.community, incidents)
        self.incidents = incidents
        self.revision += 1
        self._remember()
        if kind == "move":
            for moved in self._followers:
                moved.append(self)

    def power_off(self, at: datetime) -> None:
        """Stop answering and printing."""
        self.happen(at, "power_off")

    def power_on(self, at: datetime) -> None:
        """Start again: sysUpTime begins at 0, the counters where they were."""
        self.happen(at, "power_on")

    def fall_asleep(self, at: datetime) -> None:
        """Stop answering without losing sysUpTime."""
        self.happen(at, "fall_asleep")

    def wake_up(self, at: datetime) -> None:
        """Answer again after sleeping."""
        self.happen(at, "wake_up")

    def replace(self, at: datetime, serial: str, seed: int, model: str | None = None) -> None:
        """Put another machine at the same address."""
        self.happen(at, "replace", serial=serial, seed=seed, **({"model": model} if model else {}))

    def swap_controller(self, at: datetime, total: int = 0) -> None:
        """Reset the counters as a new controller does, to ``total`` impressions."""
        self.happen(at, "swap_controller", total=total)

    def jump(self, at: datetime, total: int) -> None:
        """Make the total show ``total``, for instance just below its rollover."""
        self.happen(at, "jump", total=total)

    def change_community(self, at: datetime, community: str) -> None:
        """Answer to another community only."""
        self.happen(at, "change_community", community=community)

    def move(self, at: datetime, address: str) -> None:
        """Answer at another address, as after a new DHCP lease."""
        self.happen(at, "move", address=address)

    def show_serial(self, at: datetime, serial: str | None = None) -> None:
        """Show the serial number of another machine, as after its settings were copied here; None for its own."""
        self.happen(at, "show_serial", **({} if serial is None else {"serial": serial}))

    # What is true of it

    def serial_at(self, at: datetime) -> str:
        """Return the serial number on the label of the machine that stands there."""
        return self.segment_at(at.timestamp()).machine.serial

    def shown_serial_at(self, at: datetime) -> str:
        """Return the serial number that its agent shows."""
        return self.segment_at(at.timestamp()).shown_serial

    def is_answering_at(self, at: datetime) -> bool:
        """Tell whether the printer is on and awake."""
        return self.segment_at(at.timestamp()).is_answering

    def counters_at(self, at: datetime) -> dict[str, int]:
        """Return each lifetime meter as the printer shows it, by the meter's name, without those that are NULL now.

        A printer without Xerox's rows has the one meter of the Printer-MIB,
        under the name ``prtMarkerLifeCount``.
        """
        segment = self.segment_at(at.timestamp())
        counts = segment.shown_at(at.timestamp())
        model = segment.machine.model
        silent = model.null_by_turns if is_null_day(at.timestamp()) else ()
        meters = {
            meter.name: shown(counts[count_index(meter.count)], model.rollover)
            for meter in model.lifetime_meters
            if meter.count is not None and meter.value_oid not in silent
        }
        if not meters and model.life_count:
            return {"prtMarkerLifeCount": counts[count_index(model.life_count)]}
        return meters

    def supply_levels_at(self, at: datetime) -> dict[str, int]:
        """Return how full each supply really is, in its own unit, by its description in Latin-1."""
        segment = self.segment_at(at.timestamp())
        worn = segment.worn_at(at.timestamp())
        pairs = zip(segment.machine.model.supplies, segment.machine.gauges, strict=True)
        return {supply.description.decode("latin-1"): gauge.level_at(worn) for supply, gauge in pairs}

    def counts_at(self, at: datetime) -> Counts:
        """Return every count of usage.COUNT_NAMES as shown, without rollover."""
        return self.segment_at(at.timestamp()).shown_at(at.timestamp())

    @property
    def canaries(self) -> tuple[str, ...]:
        """Texts in this printer that must never leave the customer's site."""
        return tuple(text for site in self._sites() for text in site.canaries)

    @property
    def canary_octets(self) -> tuple[bytes, ...]:
        """What must be in no byte that leaves: the texts, the hardware address as it is, and where it ever stood."""
        addresses = dict.fromkeys(segment.address for segment in self.segments)
        raw = [site.hardware_address for site in self._sites()]
        return (*(text.encode() for text in (*self.canaries, *addresses)), *raw)

    def _sites(self) -> list[Site]:
        seeds = dict.fromkeys(segment.machine.seed for segment in self.segments)
        return [Site.invented(seed) for seed in seeds]
