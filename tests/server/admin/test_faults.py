"""Faults and breakpoints by the admin API."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server.testbed.faults.documents import KINDS

if TYPE_CHECKING:
    from tests.server.support.proxy import Answer, Proxy
    from tests.server.support.testbed import Bed

API = "/admin/api"
GUID = "00000001-2222-4333-8444-555555555555"


def test_a_fault_is_laid_listed_and_lifted(bed: Bed) -> None:
    """Its document says what it is, which exchanges meet it, and how many did."""
    wanted = {
        "kind": "slow", "seconds": 2.5, "operations": ["SyncProxy"], "proxy_id": GUID.upper(), "every": 2,
        "probability": 0.5, "seed": 7, "times": 3, "lasting_seconds": 3600,
    }  # fmt: skip
    laid = bed.ask("POST", f"{API}/faults", wanted)
    assert laid.status_code == 201
    assert laid.json == {
        "number": 1, "kind": "slow", "seconds": 2.5, "operations": ["SyncProxy"], "proxy_id": GUID, "every": 2,
        "probability": 0.5, "seed": 7, "times": 3, "until": "2026-01-01T04:00:00+00:00", "seen": 0, "met": 0,
    }  # fmt: skip
    assert bed.ask("GET", f"{API}/faults").json == [laid.json] == [bed.ask("GET", f"{API}/faults/1").json]
    assert bed.ask("DELETE", f"{API}/faults/1").status_code == 204
    assert bed.ask("DELETE", f"{API}/faults/1").status_code == 404
    bed.ask("POST", f"{API}/faults", {"kind": "refuse"})
    assert bed.ask("DELETE", f"{API}/faults").status_code == 204
    assert bed.ask("GET", f"{API}/faults").json == []


def test_the_description_names_every_kind(bed: Bed) -> None:
    """Of the faults that there are, and the parameters that they have."""
    described = (bed.ask("GET", f"{API}/openapi.json").json or {})["components"]["schemas"]["NewFault"]["properties"]
    assert described["kind"]["enum"] == list(KINDS)
    parameters = {name for kind in KINDS.values() for name in kind.__dataclass_fields__}
    assert parameters < set(described)


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"kind": "earthquake"},
        {"kind": "slow"},
        {"kind": "slow", "seconds": 1, "at": 3},
        {"kind": "refuse", "operations": ["Nothing"]},
        {"kind": "refuse", "proxy_id": "me"},
        {"kind": "refuse", "every": 0},
        {"kind": "refuse", "probability": 1.1},
        {"kind": "refuse", "times": 0},
        {"kind": "refuse", "lasting_seconds": 0},
        {"kind": "refuse", "unknown": 1},
    ],
)
def test_what_can_be_no_fault_is_refused(bed: Bed, wanted: dict[str, Any]) -> None:
    """With status 422; nothing is laid."""
    assert bed.ask("POST", f"{API}/faults", wanted).status_code == 422
    assert not bed.instrument.default.interference.faults.every()


class Sender:
    """A proxy that sends in a thread of its own, by way of the namespace."""

    def __init__(self, bed: Bed, proxy: Proxy, document: bytes) -> None:
        self.answer: Answer | None = None
        self._thread = threading.Thread(target=self._send, args=(bed, proxy, document))
        self._thread.start()

    def _send(self, bed: Bed, proxy: Proxy, document: bytes) -> None:
        inner, proxy.respond = proxy.respond, bed.instrument.default.respond
        self.answer = proxy.post(document)
        proxy.respond = inner

    def result(self) -> Answer:
        """Return what it was answered."""
        self._thread.join(10)
        assert self.answer is not None
        return self.answer


def _held(bed: Bed) -> dict[str, Any]:
    pause = threading.Event()
    for _ in range(1000):
        if held := bed.ask("GET", f"{API}/held").json:
            return dict(held[0])
        pause.wait(0.01)
    raise AssertionError("nothing was held")


def test_an_exchange_is_held_looked_at_altered_and_let_go(bed: Bed) -> None:
    """Before the server has it: the server sees what it was altered to."""
    proxy = bed.world().proxy()
    proxy.register()
    made = bed.ask("POST", f"{API}/breakpoints", {"stage": "request", "operations": ["SyncProxy"], "seconds": 60})
    assert (made.status_code, (made.json or {})["seconds"]) == (201, 60)
    sender = Sender(bed, proxy, proxy.envelope(proxy.sync_payload()))
    held = _held(bed)
    assert (held["operation"], held["proxy_id"], held["stage"]) == ("SyncProxy", proxy.guid, "request")
    path = f"{API}/held/{held['number']}"
    assert bed.ask("GET", path).json == held
    assert bed.ask("PATCH", path, {"old": "not there", "new": ""}).status_code == 422
    altered = bed.ask("PATCH", path, {"old": "<n:Queue>0<", "new": "<n:Queue>many<"})
    assert "many" in (altered.json or {})["document"]
    assert bed.ask("DELETE", path).status_code == 204
    assert sender.result().is_fault
    assert bed.ask("DELETE", path).status_code == 404


def test_an_answer_is_held_before_it_leaves(bed: Bed) -> None:
    """What the server did stays done; the caller gets another document."""
    proxy = bed.world().proxy()
    bed.ask("POST", f"{API}/breakpoints", {"stage": "answer", "times": 1})
    sender = Sender(bed, proxy, proxy.envelope(proxy.register_payload()))
    held = _held(bed)
    assert [found.id for found in bed.instrument.default.server.administration.every.proxies()] == [proxy.guid]
    bed.ask("PATCH", f"{API}/held/{held['number']}", {"document": "<other/>"})
    bed.ask("DELETE", f"{API}/held/{held['number']}")
    assert sender.result().body == b"<other/>"


def test_a_secret_that_is_held_is_masked(bed: Bed) -> None:
    """Whoever looks at a registration does not learn how to sign; the server gets it as it was sent."""
    proxy = bed.world().proxy()
    bed.ask("POST", f"{API}/breakpoints", {"stage": "request"})
    sender = Sender(bed, proxy, proxy.envelope(proxy.register_payload()))
    held = _held(bed)
    assert proxy.secret not in held["document"]
    assert "<n:Secret>[masked]</n:Secret>" in held["document"]
    assert bed.ask("DELETE", f"{API}/breakpoints").status_code == 204
    assert not sender.result().is_fault


def test_a_breakpoint_is_listed_and_removed(bed: Bed) -> None:
    """One by one; a minute is what it holds if nothing is said."""
    made = bed.ask("POST", f"{API}/breakpoints", {"stage": "answer"})
    assert (made.json or {})["seconds"] == 60
    assert bed.ask("GET", f"{API}/breakpoints").json == [made.json] == [bed.ask("GET", f"{API}/breakpoints/1").json]
    assert bed.ask("DELETE", f"{API}/breakpoints/1").status_code == 204
    assert bed.ask("DELETE", f"{API}/breakpoints/1").status_code == 404


@pytest.mark.parametrize(
    "wanted", [{}, {"stage": "middle"}, {"stage": "answer", "seconds": 0}, {"stage": "answer", "seconds": 601}]
)
def test_what_can_be_no_breakpoint_is_refused(bed: Bed, wanted: dict[str, Any]) -> None:
    """With status 422."""
    assert bed.ask("POST", f"{API}/breakpoints", wanted).status_code == 422
