"""What of the page moves: each region by its name, with what its template shows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.admin.page.explanation import explanation_of
from esolutions_server.admin.page.layout import around
from esolutions_server.admin.page.sequence import sequence_of
from esolutions_server.domain.devices.states import DeviceState
from esolutions_server.store.repositories.exchanges.journal import JournalQuery
from esolutions_server.testbed.faults.documents import document_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from esolutions_server.testbed.namespace import Namespace

__all__ = ["REGIONS", "clock_mode"]

# Rows on a screen; the admin API has them all.
MESSAGES = 50
DEVICES = 200
STEPS = 30


def _clock(namespace: Namespace, _of: str) -> dict[str, Any]:
    return {"now": namespace.clock(), "mode": clock_mode(namespace), "speed": namespace.clock.state.speed}


def _messages(namespace: Namespace, of: str) -> dict[str, Any]:
    query = JournalQuery(is_refused=True if of == "refused" else None, newest_first=True, limit=MESSAGES)
    page = namespace.journal.search(query)
    return {"rows": page.rows, "has_more": page.next is not None, "only_refused": of == "refused"}


def _refusal(namespace: Namespace, _of: str) -> dict[str, Any]:
    rows = namespace.journal.search(JournalQuery(is_refused=True, limit=1)).rows
    if not rows:
        return {"explanation": None}
    explanation = explanation_of(namespace.journal.exchange(rows[0].number))
    return {"explanation": explanation, "lines": around(explanation.lines)}


def _sequence(namespace: Namespace, of: str) -> dict[str, Any]:
    proxy = namespace.server.administration.one.proxy(of)
    rows = namespace.journal.conversation(proxy.id, STEPS + 1)
    return {"proxy": proxy, "sequence": sequence_of(rows[-STEPS:]), "has_more": len(rows) > STEPS}


def _devices(namespace: Namespace, _of: str) -> dict[str, Any]:
    pages = namespace.server.administration.pages
    shown = {"proxies": pages.proxies(limit=DEVICES), "devices": pages.devices(limit=DEVICES)}
    return {**shown, "states": list(DeviceState)}


def _faults(namespace: Namespace, _of: str) -> dict[str, Any]:
    laid = namespace.interference.faults.every()
    return {"faults": [(each, document_of(each.fault)) for each in laid]}


REGIONS: Mapping[str, Callable[[Namespace, str], dict[str, Any]]] = {
    "clock": _clock,
    "devices": _devices,
    "faults": _faults,
    "messages": _messages,
    "refusal": _refusal,
    "sequence": _sequence,
}


def clock_mode(namespace: Namespace) -> str:
    """Return `real`, `running` or `frozen`."""
    state = namespace.clock.state
    return "real" if state.is_real else "running" if state.speed else "frozen"
