"""What strangers send is not taken, at the server and at the client, and an error on the way escapes at neither."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from esolutions_scenarios.swarm.invariants.invariant import Invariant
from esolutions_scenarios.swarm.spellings import plain
from esolutions_scenarios.worlds.memory import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = [
    "NOTHING_ESCAPES",
    "ONE_NUMBER_IS_ONE_DEVICE",
    "ONLY_THE_SERVER_IS_BELIEVED",
    "STRANGERS_CHANGE_NOTHING",
]


def _strangers_change_nothing(site: Site) -> Iterator[str]:
    if site.record.intrusions:
        yield site.record.intrusions.pop()


def _the_server_said_it(site: Site, row: SentRow) -> Iterator[str]:
    if row.outcome == "acknowledged" and digest_of(row.response or b"") not in site.world.responses:
        yield f"{row.operation}: an answer that the server never gave was taken"


def _numbers_are_there_once(site: Site) -> Iterator[str]:
    """The server has no number twice in different spellings: it would bill a printer twice."""
    administration = site.testbed.administration
    named = {"device": [device.serial for device in administration.every.devices()]}
    named["client"] = [proxy.id for proxy in administration.every.proxies()]
    for kind, numbers in named.items():
        for number, count in Counter(map(plain, numbers)).items():
            if count > 1:
                yield f"the server has {count} spellings of the {kind} {number}"


def _the_server_foresaw_it(site: Site) -> Iterator[str]:
    for error in site.world.unforeseen_errors()[site.record.errors :]:
        site.record.errors += 1
        yield f"the server met {error}"


STRANGERS_CHANGE_NOTHING = Invariant(
    "strangers_change_nothing",
    "replays, forgeries and held-back messages get a fault and change nothing",
    on_step=_strangers_change_nothing,
)
ONLY_THE_SERVER_IS_BELIEVED = Invariant(
    "only_the_server_is_believed", "no answer is taken that the server did not give", on_response=_the_server_said_it
)
ONE_NUMBER_IS_ONE_DEVICE = Invariant(
    "one_number_is_one_device",
    "no two devices and no two clients of the server have one number, however it is spelled",
    on_claim=_numbers_are_there_once,
)
# What leaves the client ends the run, which reports it under this name.
NOTHING_ESCAPES = Invariant(
    "nothing_escapes",
    "no exception leaves the product, and the server meets none that nobody foresaw",
    on_step=_the_server_foresaw_it,
)
