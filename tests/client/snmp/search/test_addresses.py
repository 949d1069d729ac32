"""What a person types, and which addresses that is."""

from __future__ import annotations

from ipaddress import IPv4Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.errors import UsageError
from esolutions_client.snmp.search.addresses import MOST_ADDRESSES, expand_targets


@pytest.mark.parametrize(
    ("specs", "addresses"),
    [
        (["192.0.2.7"], ["192.0.2.7"]),
        (["192.0.2.8/30"], ["192.0.2.9", "192.0.2.10"]),
        (["192.0.2.8/31"], ["192.0.2.8", "192.0.2.9"]),
        (["192.0.2.8/32"], ["192.0.2.8"]),
        (["192.0.2.254-255"], ["192.0.2.254", "192.0.2.255"]),
        (["192.0.2.255-192.0.3.1"], ["192.0.2.255", "192.0.3.0", "192.0.3.1"]),
        (["Printer-3.example", "printer-3.example"], ["printer-3.example"]),
        (["2001:DB8::1"], ["2001:db8::1"]),
        (["192.0.2.2", "192.0.2.1-3"], ["192.0.2.2", "192.0.2.1", "192.0.2.3"]),
        ([], []),
    ],
)
def test_hosts_networks_and_ranges(specs: list[str], addresses: list[str]) -> None:
    """Each address comes once, in the order typed; a network's own and broadcast address are not hosts."""
    assert list(expand_targets(specs)) == addresses


def test_excluded_addresses_are_left_out() -> None:
    """An excluded network is excluded whole, a name by its name."""
    found = expand_targets(["192.0.2.0/29", "printer"], excludes=["192.0.2.2-3", "192.0.2.4/31", "PRINTER"])
    assert list(found) == ["192.0.2.1", "192.0.2.6"]


@pytest.mark.parametrize(
    "spec",
    ["192.0.2.256", "192.0.2.0/33", "192.0.2.9-3", "192.0.2.1-", "1.2.3", "", "a b", "-x", "192.0.2.1-x", "fe80::/64"],
)
def test_what_is_none_of_these_is_refused_by_name(spec: str) -> None:
    """A typing mistake is told before a packet is sent."""
    with pytest.raises(UsageError):
        expand_targets([spec])


def test_too_many_addresses_are_refused_at_once() -> None:
    """A mistyped prefix must not start a scan of half the world."""
    with pytest.raises(UsageError, match="16,777,214 addresses are more than 262,144"):
        expand_targets(["10.0.0.0/8"])
    assert MOST_ADDRESSES == 262_144


@given(st.integers(0, 2**32 - 300), st.integers(0, 299), st.integers(0, 299), st.integers(0, 299))
def test_a_range_less_an_excluded_one_is_the_difference_of_sets(begin: int, length: int, first: int, last: int) -> None:
    """Whatever overlaps, nothing excluded is asked and nothing else is forgotten."""
    first, last = sorted((first, last))
    wanted = f"{IPv4Address(begin)}-{IPv4Address(begin + length)}"
    excluded = f"{IPv4Address(begin + first)}-{IPv4Address(begin + last)}"
    expected = sorted(set(range(begin, begin + length + 1)) - set(range(begin + first, begin + last + 1)))
    assert [int(IPv4Address(address)) for address in expand_targets([wanted], [excluded])] == expected
