"""Build a fleet: so many printers of some models, at consecutive addresses, with serial numbers of their own."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from ipaddress import IPv4Address
from random import Random
from string import ascii_uppercase, digits

from esolutions_simulators.fleets.fleet import Fleet, FleetError
from esolutions_simulators.models import load_model
from esolutions_simulators.printers.printer import SimulatedPrinter

__all__ = ["BASE_ADDRESS", "addresses_from", "build_fleet", "is_host", "new_serial", "shared_address"]

BASE_ADDRESS = "127.0.0.10"


_MOST_TRIES = 10_000


def build_fleet(
    count: int,
    model: str | Sequence[str] = "colour-a3-mfp",
    seed: int = 1,
    base_address: str = BASE_ADDRESS,
    *,
    installed_at: datetime,
    community: str = "public",
) -> Fleet:
    """Return ``count`` printers at consecutive addresses, of one model or of several in turn.

    A printer that stands behind another shares the address of the one before it.

    Raises:
        FleetError: the addresses do not fit, or the count is negative.
        ModelError: there is no such model.
    """
    if count < 0:
        raise FleetError(f"a fleet of {count} printers")
    names = [model] if isinstance(model, str) else list(model)
    random = Random(f"fleet/{seed}")  # noqa: S311 -- a simulation, not a secret
    taken: set[str] = set()
    printers: list[SimulatedPrinter] = []
    for number, address in enumerate(addresses_from(base_address, count)):
        name = names[number % len(names)]
        serial = new_serial(load_model(name).serial_shape, random, taken)
        place = shared_address(printers, name) or address
        printers.append(SimulatedPrinter(name, serial, random.getrandbits(32), installed_at, place, community))
    return Fleet(printers)


def shared_address(before: Sequence[SimulatedPrinter], model: str) -> str | None:
    """Return the address of the printer before, where one of ``model`` stands behind it; else None."""
    if not before or before[-1].model.is_behind_another or not load_model(model).is_behind_another:
        return None
    return before[-1].address


def is_host(address: str) -> bool:
    """Tell whether this is the IPv4 address of one host: not of all, nor of a group."""
    try:
        host = IPv4Address(address)
    except ValueError:
        return False
    return not (host.is_multicast or host.is_unspecified or host.is_reserved)


def addresses_from(base: str, count: int) -> Iterator[str]:
    """Yield ``count`` addresses from ``base`` on.

    Raises:
        FleetError: they do not fit.
    """
    try:
        first = IPv4Address(base)
        last = first + max(count - 1, 0)
    except ValueError as error:
        raise FleetError(f"{count} addresses from {base!r} on: {error}") from error
    if not is_host(base) or not is_host(str(last)):
        raise FleetError(f"{count} addresses from {base} on: not all of them are of one host")
    if first.is_loopback and not last.is_loopback:
        raise FleetError(f"{count} addresses from {base} on leave the loopback network")
    return (str(first + number) for number in range(count))


def new_serial(shape: str, random: Random, taken: set[str]) -> str:
    """Draw a serial number of ``shape``, A for a letter and 9 for a digit, and add it to ``taken``.

    Raises:
        FleetError: all of them seem to be taken.
    """
    kinds = {"A": ascii_uppercase, "9": digits}
    for _ in range(_MOST_TRIES):
        serial = "".join(random.choice(kinds.get(mark, mark)) for mark in shape)
        if serial not in taken:
            taken.add(serial)
            return serial
    raise FleetError(f"no more than {len(taken)} serial numbers of the shape {shape}")
