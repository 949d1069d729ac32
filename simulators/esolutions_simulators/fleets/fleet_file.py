"""Read FLEET.toml: a fleet as a person writes it down.

    installed_at = 2026-01-05T08:00:00Z
    seed = 7

    [[printers]]
    model = "colour-a3-mfp"
    count = 3

    [[printers]]
    model = "mono-workgroup"
    serial = "3350187204"
    address = "127.0.0.77"
    incidents = [{ at = 2026-02-01T09:00:00Z, kind = "power_off" }]

    [[users]]
    name = "meter"
    auth = "sha256"
    auth_password = "known to us two"

What each key may be is in esolutions_simulators.fleets.fleet_keys. The whole file is
checked before there is a fleet; nothing here opens a socket.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from difflib import get_close_matches
from ipaddress import IPv4Address
from pathlib import Path
from random import Random
from typing import TypeVar

from msgspec import structs

from esolutions_simulators.fleets.building import BASE_ADDRESS, is_host, new_serial, shared_address
from esolutions_simulators.fleets.fleet import Fleet, FleetError
from esolutions_simulators.fleets.fleet_keys import FleetKeys, IncidentKeys, PrinterKeys, UserKeys
from esolutions_simulators.life.incidents import Incident
from esolutions_simulators.models import load_model, model_names
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.toml_files.toml_file import TomlFile
from esolutions_simulators.usm.users import User

__all__ = ["load_fleet"]

_FIRST_YEAR, _LAST_YEAR = 1970, 2100
# RFC 3414, usmUserName: SnmpAdminString (SIZE (1..32)).
_LONGEST_USER_OCTETS = 32
_Place = tuple[str | int, ...]
_T = TypeVar("_T")


def load_fleet(path: Path, *, installed_at: datetime, base_address: str = BASE_ADDRESS, seed: int = 1) -> Fleet:
    """Return the fleet that the file at ``path`` describes.

    What the file leaves unsaid, the time of installation, the first address
    and the seed, is taken from the arguments.

    Raises:
        TomlFileError: it is no TOML, or describes no fleet.
        FleetError: ``base_address`` is none, or leaves no room for the printers.
    """
    file = TomlFile.opened(path)
    keys = file.converted(FleetKeys)
    since = _utc(keys.installed_at) or installed_at
    _Check(file).fleet(keys, since)
    random = Random(f"fleet/{seed if keys.seed is None else keys.seed}")  # noqa: S311 -- a simulation, not a secret
    return Fleet(_printers(file, keys, since, keys.base_address or base_address, random))


def _printers(
    file: TomlFile, keys: FleetKeys, since: datetime, base_address: str, random: Random
) -> list[SimulatedPrinter]:
    if not is_host(base_address):
        raise FleetError(f"addresses from {base_address!r} on: that is no IPv4 address of one host")
    taken = {row.serial for row in keys.printers if row.serial is not None}
    fixed = {row.address for row in keys.printers if row.address is not None}
    free = first = IPv4Address(base_address)
    printers: list[SimulatedPrinter] = []
    for number, row in enumerate(keys.printers):
        incidents = [_incident(incident) for incident in row.incidents]
        users = [User(**structs.asdict(user)) for user in (keys.users if row.users is None else row.users)]
        for _ in range(row.count):
            while str(free) in fixed:
                free += 1
            address = row.address or shared_address(printers, row.model) or str(free)
            if address == str(free):
                if free.is_loopback is not first.is_loopback or not is_host(address):
                    raise file.error(("printers", number), f"room for its printers from {first} on", f"none at {free}")
                free += 1
            serial = row.serial or new_serial(load_model(row.model).serial_shape, random, taken)
            drawn = random.getrandbits(32)
            seed = drawn if row.seed is None else row.seed
            printers.append(SimulatedPrinter(row.model, serial, seed, since, address, row.community, incidents, users))
    return printers


def _utc(at: datetime | None) -> datetime | None:
    """Return ``at``, in UTC where the file did not say."""
    return at if at is None or at.tzinfo else at.replace(tzinfo=UTC)


def _incident(row: IncidentKeys) -> Incident:
    args = {key: value for key, value in structs.asdict(row).items() if key != "at" and value is not None}
    return Incident(_utc(row.at) or row.at, str(type(row).__struct_config__.tag), args)


class _Check:
    """What a type cannot say of a fleet: addresses, models, times, and what two printers cannot share."""

    def __init__(self, file: TomlFile) -> None:
        self._file = file
        self._serials: dict[str, int] = {}
        self._places: dict[tuple[str, bool], int] = {}

    def fleet(self, keys: FleetKeys, since: datetime) -> None:
        """Raise the error of the first thing that cannot be."""
        self._moment(("installed_at",), keys.installed_at)
        self._address(("base_address",), keys.base_address)
        self._users(("users",), keys.users)
        for number, row in enumerate(keys.printers):
            self._printer(("printers", number), row, number)
            self._users(("printers", number, "users"), row.users or ())
            for place, incident in enumerate(row.incidents):
                self._incident(("printers", number, "incidents", place), incident, since)

    def _printer(self, place: _Place, row: PrinterKeys, number: int) -> None:
        self._model((*place, "model"), row.model)
        self._address((*place, "address"), row.address)
        for key, value in (("serial", row.serial), ("address", row.address)):
            if row.count != 1 and value is not None:
                raise self._file.error((*place, "count"), f"1 where there is one {key}")
        if row.serial is not None:
            self._only((*place, "serial"), "a serial number of its own", self._serials, row.serial, number)
        if row.address is not None:
            standing = (row.address, load_model(row.model).is_behind_another)
            self._only((*place, "address"), "an address of its own", self._places, standing, number)

    def _incident(self, place: _Place, row: IncidentKeys, since: datetime) -> None:
        self._moment((*place, "at"), row.at)
        if (_utc(row.at) or row.at) < since:
            raise self._file.error((*place, "at"), f"no moment before the installation, {since.isoformat()}")
        self._model((*place, "model"), getattr(row, "model", None))
        self._address((*place, "address"), getattr(row, "address", None))

    def _users(self, place: _Place, users: Sequence[UserKeys]) -> None:
        for number, user in enumerate(users):
            if len(user.name.encode()) > _LONGEST_USER_OCTETS:
                raise self._file.error((*place, number, "name"), f"at most {_LONGEST_USER_OCTETS} octets in UTF-8")
            if user.name in {other.name for other in users[:number]}:
                raise self._file.error((*place, number, "name"), "a name of its own among these users")
            self._goes_with((*place, number), user, "auth_password", "auth")
            self._goes_with((*place, number), user, "priv_password", "priv")
            self._goes_with((*place, number), user, "auth", "priv", is_mutual=False)

    def _goes_with(self, place: _Place, user: UserKeys, key: str, other: str, *, is_mutual: bool = True) -> None:
        """Raise the error of a key that lacks beside the other, or the other beside it."""
        for lacking, beside in ((key, other), (other, key)) if is_mutual else ((key, other),):
            if getattr(user, lacking) is None and getattr(user, beside) is not None:
                raise self._file.error((*place, lacking), f"this key beside {beside}", "nothing")

    def _model(self, place: _Place, name: str | None) -> None:
        if name is not None and name not in model_names():
            nearest = get_close_matches(name, model_names(), 1, 0.0)[0]
            raise self._file.error(place, f'the name of a model (the nearest is "{nearest}")')

    def _address(self, place: _Place, address: str | None) -> None:
        if address is not None and not is_host(address):
            raise self._file.error(place, "an IPv4 address of one host, in quotes")

    def _moment(self, place: _Place, at: datetime | None) -> None:
        if at is not None and not _FIRST_YEAR <= at.year < _LAST_YEAR:
            raise self._file.error(place, "a date and time from 1970 to 2099")

    def _only(self, place: _Place, expected: str, known: dict[_T, int], value: _T, number: int) -> None:
        before = known.setdefault(value, number)
        if before != number:
            raise self._file.error(place, expected, f"that of printers[{before + 1}]")
