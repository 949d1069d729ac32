"""Faults on the way to a testbed: what its server does, and what its caller gets."""

from __future__ import annotations

import gzip
import io
import random
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server.domain.occasions import Occasions
from esolutions_server.domain.policy import Policy
from esolutions_server.http.connections.delivery import DELIVER, Delivery
from esolutions_server.service.errors import AdministrationError
from esolutions_server.testbed.faults import kinds
from esolutions_server.testbed.faults.documents import KINDS, document_of, fault_of
from esolutions_server.testbed.faults.laid import MOST_FAULTS, NoSuchFaultError
from esolutions_server.testbed.opening import open_instrument
from tests.server.support.clock import Clock
from tests.server.support.testbed import Bed
from tests.support.seen import some

if TYPE_CHECKING:
    from esolutions_server.testbed.faults.kinds import Fault
    from tests.server.support.proxy import Proxy

ALL = Occasions()
WITHHELD = Delivery(is_withheld=True)


def _post(bed: Bed, document: bytes, **more: str) -> tuple[str, bytes, Delivery]:
    """Send a document to the default namespace; return the status, the body, and how it leaves."""
    delivered: list[Delivery] = []
    started: list[Any] = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/CommunicationServer",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(document)),
        "wsgi.input": io.BytesIO(document),
        DELIVER: delivered.append,
        **more,
    }
    chunks = bed.instrument.default.respond(environ, lambda *given: started.append(given))
    body = b"".join(chunks)
    (status, headers), *_ = started
    assert dict(headers)["Content-Length"] == str(len(body))
    return status, body, delivered[0] if delivered else Delivery()


def _seen(bed: Bed) -> list[str]:
    return [row.outcome for row in bed.instrument.default.server.administration.every.journal()]


def _proxy(bed: Bed) -> Proxy:
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    return proxy


@pytest.mark.parametrize(
    ("fault", "outcomes", "delivery"),
    [
        (kinds.Refuse(), [], WITHHELD),
        (kinds.TimeOut(5), [], Delivery(wait_seconds=5, is_withheld=True)),
        (kinds.LoseReply(), ["receipt"], WITHHELD),
        (kinds.CutRequest(0), [], WITHHELD),
        (kinds.CutRequest(100), ["soap11env:Client"], WITHHELD),
        (kinds.Slow(5), ["receipt"], Delivery(wait_seconds=5)),
        (kinds.Drip(0.5), ["receipt"], Delivery(octet_seconds=0.5)),
        (kinds.CutResponse(20), ["receipt"], Delivery(cut_at=20)),
        (kinds.Repeat(2), ["receipt", "wsse:FailedAuthentication", "wsse:FailedAuthentication"], Delivery()),
        (kinds.HttpError(503), [], Delivery()),
        (kinds.Garbage(), [], Delivery()),
        (kinds.SoapFault(), [], Delivery()),
        (kinds.AlterRequest("<n:Queue>0<", "<n:Queue>-1<"), ["soap11env:Client"], Delivery()),
        (kinds.AlterResponse("Receipt", "Deceit"), ["receipt"], Delivery()),
    ],
    ids=lambda value: type(value).__name__ if callable(value) else None,
)  # fmt: skip
def test_what_the_server_sees_and_how_the_answer_leaves(
    bed: Bed, fault: Fault, outcomes: list[str], delivery: Delivery
) -> None:
    """Of one message that meets a fault; the next one meets nothing."""
    proxy = _proxy(bed)
    before = len(_seen(bed))
    bed.instrument.default.interference.faults.lay(fault, Occasions(times=1))
    _, _, left = _post(bed, proxy.envelope(proxy.sync_payload()))
    assert (_seen(bed)[before:], left) == (outcomes, delivery)
    status, _, left = _post(bed, proxy.envelope(proxy.sync_payload()))
    assert (status, left) == ("200 OK", Delivery())


@pytest.mark.parametrize(
    ("fault", "status", "body"),
    [
        (kinds.HttpError(502), "502 Bad Gateway", b"<html>"),
        (kinds.HttpError(204), "204 No Content", b""),
        (kinds.HttpError(599), "599 Unknown", b"<html>"),
        (kinds.Garbage(), "200 OK", b"\x00\xff"),
        (kinds.SoapFault("Client", "a < b"), "500 Internal Server Error", b"<faultstring>a &lt; b</faultstring>"),
        (kinds.AlterResponse("Envelope", "Other"), "200 OK", b":Other "),
    ],
)
def test_what_the_caller_gets(bed: Bed, fault: Fault, status: str, body: bytes) -> None:
    """Something else than the server has said."""
    proxy = _proxy(bed)
    bed.instrument.default.interference.faults.lay(fault, ALL)
    answered, got, _ = _post(bed, proxy.envelope(proxy.sync_payload()))
    assert answered == status
    assert body in got if body else not got


def test_several_are_met_one_after_the_other(bed: Bed) -> None:
    """In the order in which they were laid, the first one nearest to the caller."""
    proxy = _proxy(bed)
    faults = bed.instrument.default.interference.faults
    faults.lay(kinds.Repeat(1), ALL)
    faults.lay(kinds.LoseReply(), ALL)
    before = len(_seen(bed))
    _, _, left = _post(bed, proxy.envelope(proxy.sync_payload()))
    assert left == WITHHELD
    assert _seen(bed)[before:] == ["receipt", "wsse:FailedAuthentication"]


def test_a_fault_is_met_by_operation_and_proxy(bed: Bed) -> None:
    """As the message names them; others pass."""
    proxy, other = _proxy(bed), bed.world().proxy(2)
    other.register()
    faults = bed.instrument.default.interference.faults
    laid = faults.lay(kinds.Refuse(), Occasions(operations=("SyncProxy",), proxy_id=proxy.guid))
    for sender, payload, is_met in (
        (proxy, proxy.sync_payload(), True),
        (proxy, proxy.devices_payload(["ABC123456"]), False),
        (other, other.sync_payload(), False),
    ):
        assert (_post(bed, sender.envelope(payload))[2] == WITHHELD) is is_met
    assert (faults.find(laid.number).tally.seen, faults.find(laid.number).tally.met) == (1, 1)


def test_a_fault_ends_by_the_clock_of_the_testbed(bed: Bed) -> None:
    """After a span of virtual time, though no real time has passed."""
    namespace = bed.instrument.default
    namespace.run(0)
    proxy = _proxy(bed)
    namespace.interference.faults.lay(kinds.Refuse(), Occasions(until=namespace.clock() + timedelta(hours=1)))
    assert _post(bed, proxy.envelope(proxy.sync_payload()))[2] == WITHHELD
    namespace.advance(timedelta(hours=1))
    assert _post(bed, proxy.envelope(proxy.sync_payload()))[2] == Delivery()
    assert not namespace.interference.faults.every()


def test_a_fault_is_lifted_and_a_reset_lifts_all(bed: Bed) -> None:
    """One that has ended is not there any more."""
    namespace = bed.instrument.default
    faults = namespace.interference.faults
    first, _ = (faults.lay(kinds.Refuse(), ALL) for _ in range(2))
    faults.lift(first.number)
    with pytest.raises(NoSuchFaultError):
        faults.lift(first.number)
    assert len(faults.every()) == 1
    namespace.reset()
    assert not faults.every()
    assert _post(bed, b"x")[2] == Delivery()


def test_the_description_is_not_a_message(bed: Bed) -> None:
    """Who asks for the WSDL meets no fault."""
    bed.instrument.default.interference.faults.lay(kinds.Refuse(), ALL)
    request = {"REQUEST_METHOD": "GET", "PATH_INFO": "/CommunicationServer", "QUERY_STRING": "wsdl"}
    assert b"definitions" in b"".join(bed.instrument.default.respond(request, lambda *_: None))


def test_there_is_an_end_of_faults(bed: Bed) -> None:
    """Those that have ended do not count."""
    faults = bed.instrument.default.interference.faults
    for _ in range(MOST_FAULTS):
        faults.lay(kinds.Refuse(), ALL)
    with pytest.raises(AdministrationError, match="lift one"):
        faults.lay(kinds.Refuse(), ALL)


@pytest.mark.parametrize("name", sorted(KINDS))
def test_a_fault_is_what_its_document_says(name: str) -> None:
    """With all parameters; one that is none of its own is refused, and so is one that is missing."""
    values = {
        "again": 2,
        "at": 3,
        "code": "Server",
        "new": "b",
        "old": "a",
        "reason": "r",
        "seconds": 1.5,
        "status": 503,
    }
    parameters = {key: values[key] for key in KINDS[name].__dataclass_fields__}
    fault = fault_of(name, parameters)
    assert document_of(fault) == {"kind": name, **parameters}
    wrong = next(key for key in values if key not in parameters)
    with pytest.raises(AdministrationError, match=f"no `{wrong}`"):
        fault_of(name, {**parameters, wrong: values[wrong]})
    if name in {"slow", "drip", "cut-answer", "alter-request"}:
        with pytest.raises(AdministrationError, match="is missing"):
            fault_of(name, {})


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("slow", {"seconds": -1}),
        ("slow", {"seconds": float("nan")}),
        ("slow", {"seconds": 1e9}),
        ("cut-answer", {"at": -1}),
        ("repeat", {"again": 0}),
        ("repeat", {"again": 10**6}),
        ("http-error", {"status": 100}),
        ("soap-fault", {"code": "<x/>"}),
        ("soap-fault", {"reason": "a\x00b"}),
        ("alter-request", {"old": "", "new": "b"}),
        ("alter-request", {"old": "a", "new": "\ud800"}),
        ("earthquake", {}),
    ],
)
def test_what_can_be_no_fault_is_refused(kind: str, parameters: dict[str, Any]) -> None:
    """Nothing that would hold the server, or that HTTP or XML cannot carry."""
    with pytest.raises(AdministrationError):
        fault_of(kind, parameters)


def test_the_page_of_faults_names_every_kind() -> None:
    """With the parameters that it has."""
    page = (Path(__file__).parents[3] / "docs" / "faults.md").read_text(encoding="utf-8")
    parameters = {name for kind in KINDS.values() for name in kind.__dataclass_fields__}
    for name in some({*KINDS, *parameters}):
        assert f"`{name}`" in page


def test_what_is_compressed_is_seen_and_altered_as_it_was_written(tmp_path: Path) -> None:
    """Both ways; caller and server get it compressed, as they expect it."""
    url = f"sqlite:///{tmp_path / 'server.sqlite'}"
    real = Clock()
    instrument = open_instrument(url, tmp_path, real=real, rng=random.Random(1), policy=Policy(), allow_gzip=True)
    bed = Bed(tmp_path, real=real, instrument=instrument)
    proxy = _proxy(bed)
    faults = instrument.default.interference.faults
    only = Occasions(operations=("SyncProxy",))
    laid = [
        faults.lay(kinds.AlterRequest("<n:Queue>0<", "<n:Queue>7<"), only),
        faults.lay(kinds.AlterResponse("Envelope", "Other"), only),
    ]
    coded = {"HTTP_CONTENT_ENCODING": "gzip", "HTTP_ACCEPT_ENCODING": "gzip"}
    status, body, _ = _post(bed, gzip.compress(proxy.envelope(proxy.sync_payload())), **coded)
    assert status == "200 OK"
    assert b":Other " in gzip.decompress(body)
    assert instrument.default.server.administration.one.proxy(proxy.guid).queue == 7
    assert [faults.find(each.number).tally.met for each in laid] == [1, 1]
    faults.clear()
    faults.lay(kinds.Slow(0), ALL)
    status, _, _ = _post(bed, b"no gzip", **coded)
    assert status.startswith("500")
    instrument.close()
