"""Remember where a person searched for printers: one that moves is looked for there later. No search is made here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from esolutions_client.store.database.connection import read_number, read_text
from esolutions_client.store.devices import read_version

if TYPE_CHECKING:
    from esolutions_client.store.store import Store

__all__ = ["Searched", "remember_search", "searches"]

_SEARCHES_KEPT = 8


@dataclass(frozen=True, slots=True)
class Searched:
    """Where a person had the client search, in the words of `expand_targets`, and how."""

    targets: tuple[str, ...]
    exclude: tuple[str, ...] = ()
    port: int = 161
    community: str = "public"
    snmp_version: str = "2c"


def searches(store: Store) -> list[Searched]:
    """Return where a person searched, the newest first."""
    with store.settings.decoding:
        kept: list[dict[str, Any]] = store.settings.searched
        return [_searched(one) for one in kept]


def _searched(kept: dict[str, Any]) -> Searched:
    targets, exclude = tuple(map(read_text, kept["targets"])), tuple(map(read_text, kept["exclude"]))
    port = read_number(kept["port"], 1, 65535)
    return Searched(targets, exclude, port, read_text(kept["community"]), read_version(kept["snmp_version"]))


def remember_search(store: Store, searched: Searched) -> None:
    """Keep a search as the newest one, and forget the oldest of too many."""
    kept = [searched, *(other for other in searches(store) if other != searched)][:_SEARCHES_KEPT]
    store.settings.searched = [asdict(one) for one in kept]
