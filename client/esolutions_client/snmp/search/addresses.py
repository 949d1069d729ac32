"""Turn what a person typed into the addresses to look at: hosts, networks and ranges, less what is excluded.

It asks neither a resolver nor a network.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, NetmaskValueError, ip_address
from typing import TYPE_CHECKING

from esolutions_client.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = ["MOST_ADDRESSES", "expand_targets"]

# A /14: at the pace of a sweep, five minutes. Who types more has most likely mistyped a prefix.
MOST_ADDRESSES = 262_144

_HOST_NAME = re.compile(r"(?=.{1,253}\.?$)[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?")
_LOOKS_NUMERIC = re.compile(r"[0-9./-]+|(?:[0-9]+\.){3}[0-9]+-.*")


def expand_targets(specs: Iterable[str], excludes: Iterable[str] = ()) -> Iterator[str]:
    """Return each address or host name once, in the order given.

    A spec is a host, a network (`192.0.2.0/24`, without its network and broadcast address) or a range
    (`192.0.2.10-99`, `192.0.2.10-192.0.3.20`, both ends included).

    Raises:
        UsageError: a spec is none of these, or there are more than `MOST_ADDRESSES`.
    """
    wanted = [_parse(spec.strip()) for spec in specs]
    unwanted = [_parse(spec.strip(), is_whole=True) for spec in excludes]
    count = sum(len(span) for span in wanted if isinstance(span, range))
    if count > MOST_ADDRESSES:
        raise UsageError(f"{count:,} addresses are more than {MOST_ADDRESSES:,}: name smaller networks or ranges")
    return _without_repeats(wanted, unwanted)


def _without_repeats(wanted: list[range | str], unwanted: list[range | str]) -> Iterator[str]:
    passed = [span for span in unwanted if isinstance(span, range)]
    names = {name for name in unwanted if isinstance(name, str)}
    for span in wanted:
        if isinstance(span, str):
            if span not in names:
                names.add(span)
                yield span
            continue
        fresh = (number for number in span if not any(number in other for other in passed))
        yield from map(str, map(IPv4Address, fresh))
        passed.append(span)


def _parse(spec: str, *, is_whole: bool = False) -> range | str:
    """Return IPv4 addresses as numbers, or a host name or IPv6 address as it is; `is_whole` keeps a network's ends."""
    try:
        if "/" in spec:
            network = IPv4Network(spec, strict=False)
            first, last = int(network.network_address), int(network.broadcast_address)
            has_ends = network.prefixlen < 31 and not is_whole
            return range(first + has_ends, last + 1 - has_ends)
        if _LOOKS_NUMERIC.fullmatch(spec):
            return _range(spec)
        if ":" in spec:
            return str(ip_address(spec))
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise UsageError(f"{spec!r} is no address, network or range: {error}") from None
    if _HOST_NAME.fullmatch(spec) is None:
        raise UsageError(f"{spec!r} is no host name, address, network or range")
    return spec.casefold()


def _range(spec: str) -> range:
    first, dash, last = spec.partition("-")
    begin = IPv4Address(first)
    end = begin if not dash else IPv4Address(last if "." in last else f"{first.rpartition('.')[0]}.{last}")
    if end < begin:
        raise ValueError("it ends before it begins")
    return range(int(begin), int(end) + 1)
