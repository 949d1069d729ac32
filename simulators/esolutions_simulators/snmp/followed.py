"""Follow the fleet and the clock of a folder that another process writes; no other clock is ever read."""

from pathlib import Path

from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet import Fleet

__all__ = ["FollowedFleet"]


class FollowedFleet:
    """A fleet as it was last written, and the time that its clock shows.

    Raises:
        FleetError: there is none.
    """

    def __init__(self, directory: FleetDirectory) -> None:
        self._directory = directory
        self._clock = directory.clock()
        _, self._generation = self._clock.read()
        self._fleet = directory.read()

    @classmethod
    def opened(cls, folder: str, clock: str) -> "FollowedFleet":
        """Follow the fleet in a folder, with the clock of this name beside it.

        Raises:
            FleetError: there is none.
        """
        return cls(FleetDirectory(Path(folder), clock))

    def current(self) -> tuple[Fleet, float]:
        """Return the fleet, read again if it was changed, and the time, in seconds since 1970 UTC.

        Raises:
            FleetError: it was changed into something else.
        """
        at, generation = self._clock.read()
        if generation != self._generation:
            self._fleet = self._directory.read()
            self._generation = generation
        return self._fleet, at
