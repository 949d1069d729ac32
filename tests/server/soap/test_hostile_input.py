"""Whatever comes, the answer is a SOAP fault."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.world import World

NAMESPACE = "urn:smart-esolutions:communication-server:proxy"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
EMPTY = f'<e:Envelope xmlns:e="{SOAP}">%s</e:Envelope>'
BODY = EMPTY % "<e:Body>%s</e:Body>"
HOSTILE = {
    "nothing": b"",
    "garbage": b"\x00\xff\xfe\x01",
    "html": b"<html><body>hello</body></html>",
    "no envelope": b"<x/>",
    "an empty envelope": (EMPTY % "").encode(),
    "an empty body": (BODY % "").encode(),
    "two bodies": (EMPTY % "<e:Body><x/></e:Body><e:Body><x/></e:Body>").encode(),
    "two payloads": (BODY % "<x/><x/>").encode(),
    "an unknown operation": (BODY % f'<n:Delete xmlns:n="{NAMESPACE}"/>').encode(),
    "a part of a message": (BODY % f'<n:DeviceOutcome xmlns:n="{NAMESPACE}"/>').encode(),
    "an unclosed element": (BODY % "<x>").encode(),
    "an undeclared entity": (BODY % "<x>&boom;</x>").encode(),
    "a document type": b"<!DOCTYPE x>" + (BODY % "<x/>").encode(),
    "a document type in UTF-16": ("<!DOCTYPE x>" + BODY % "<x/>").encode("utf-16"),
    "entities that grow": (
        '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;">]>' + BODY % "<x>&c;</x>"
    ).encode(),
    "an entity that is a file": (
        '<!DOCTYPE l [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + BODY % "<x>&f;</x>"
    ).encode(),
    "references in a circle": (BODY % '<x id="a" href="#b"><y id="b" href="#a"/></x>').encode(),
    "depth": (BODY % ("<x>" * 5000 + "</x>" * 5000)).encode(),
    "SOAP 1.2": b'<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><x/></e:Body></e:Envelope>',
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_get_a_fault(world: World, name: str) -> None:
    """Never a traceback, never HTML, and no file of ours in the answer."""
    answer = world.proxy().post(HOSTILE[name])
    assert answer.is_fault
    assert b"root:" not in answer.body
    assert b"Traceback" not in answer.body


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_envelope_is_answered_with_a_fault_or_a_receipt(world: World, data: st.DataObject) -> None:
    """Bytes cut out or changed anywhere in a right request."""
    proxy = world.proxy()
    envelope = bytearray(proxy.envelope(proxy.register_payload()))
    position = data.draw(st.integers(0, len(envelope) - 1))
    envelope[position : position + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=8))
    answer = proxy.post(bytes(envelope))
    assert answer.is_fault or answer.texts("ReceiptId")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_any_bytes_get_a_fault(world: World, document: bytes) -> None:
    """There is no input without an answer."""
    assert world.proxy().post(document).is_fault


@pytest.mark.parametrize(
    "environ",
    [
        {"CONTENT_LENGTH": "many"},
        {"CONTENT_LENGTH": "-1"},
        {"CONTENT_LENGTH": "1" * 9999},
        {"CONTENT_LENGTH": str(4 * 1024 * 1024 + 1)},
        {"CONTENT_LENGTH": "999999"},
        {"CONTENT_LENGTH": ""},
        {"CONTENT_TYPE": "application/json"},
        {"CONTENT_TYPE": "text/xml; charset=klingon"},
        {"CONTENT_TYPE": "text/xml; charset=utf-16"},
        {"HTTP_CONTENT_ENCODING": "gzip"},
        {"HTTP_CONTENT_ENCODING": "br"},
    ],
)
def test_hostile_headers_get_a_fault(world: World, environ: dict[str, str]) -> None:
    """Lengths that lie, character sets nobody knows, codings nobody agreed on."""
    proxy = world.proxy()
    assert proxy.post(proxy.envelope(proxy.register_payload()), **environ).fault == "soap11env:Client"


def test_what_the_schema_does_not_have_is_refused(world: World) -> None:
    """Unknown elements, wrong order, values too long: the schema is the judge."""
    proxy = world.proxy()
    payload = proxy.register_payload()
    end = "</n:RegisterProxy>"
    wrong = [
        payload.replace(end, "<n:HostName>pc-1</n:HostName>" + end),
        payload.replace("<n:Attempt>1</n:Attempt>", ""),
        payload.replace("<n:Attempt>1<", "<n:Attempt>-1<"),
        payload.replace("PT7200S", "2 hours"),
        payload.replace(proxy.secret, proxy.secret[1:]),
        payload.replace("03:00:00", "25:00:00"),
        payload.replace("<n:Attempt>", '<n:Attempt href="#x">'),
    ]
    assert [proxy.send(document).fault for document in wrong] == ["soap11env:Client"] * len(wrong)


def test_a_moment_without_a_time_zone_is_refused(world: World) -> None:
    """The schema allows it; nobody could say which moment it is."""
    proxy = world.proxy()
    payload = proxy.register_payload().replace(
        "2026-01-01T03:00:00Z</n:InstalledAt>", "2026-01-01T03:00:00</n:InstalledAt>"
    )
    assert proxy.send(payload).fault == "soap11env:Client"


def test_refusals_of_strangers_do_not_fill_the_journal_for_ever(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest are kept; what known proxies did is always kept."""
    monkeypatch.setattr("esolutions_server.service.maintenance.REFUSALS_OF_STRANGERS_KEPT", 3)
    proxy = world.proxy()
    proxy.register()
    for _ in range(10):
        proxy.post(b"<x/>")
    world.server.run_due_work()
    outcomes = [row.outcome for row in world.server.administration.every.journal()]
    assert outcomes == ["receipt", *["soap11env:Client"] * 3]


def test_an_error_nobody_foresaw_is_a_fault_that_says_nothing(
    make_world: Callable[..., World], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And it is kept, for the test that caused it to find."""
    world = make_world()

    def fail(*_: object) -> None:
        raise ZeroDivisionError("secret detail")

    monkeypatch.setattr("esolutions_server.service.exchanges.commands.command_queue.commands_for", fail)
    proxy = world.proxy()
    proxy.register()
    answer = proxy.send(proxy.sync_payload())
    assert (answer.fault, b"secret detail" in answer.body) == ("soap11env:Server", False)
    errors = world.server.wsgi.errors
    assert [type(error) for error in errors] == [ZeroDivisionError]
    errors.clear()  # type: ignore[attr-defined]  # a deque, as it happens


def test_a_bomb_of_gzip_is_refused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where compression is allowed, the limit counts what comes out."""
    monkeypatch.setattr(world.server.wsgi, "_allow_gzip", True)
    bomb = gzip.compress(bytes(64 * 1024 * 1024))
    assert world.proxy().post(bomb, HTTP_CONTENT_ENCODING="gzip").fault == "soap11env:Client"


def test_a_message_names_a_thousand_devices_at_the_most(world: World) -> None:
    """It is answered in one transaction that all others wait for; a larger fleet comes in several."""
    proxy = world.proxy()
    proxy.register()
    serials = [f"ABC{number:06}" for number in range(1001)]
    refused = proxy.send(proxy.devices_payload(serials))
    assert (refused.fault, "at most 1,000 devices" in refused.body.decode()) == ("soap11env:Client", True)
    assert world.states() == {}
    taken = proxy.send(proxy.devices_payload(serials[:1000]))
    assert taken.texts("Outcome") == ["Accepted"] * 1000


def test_the_description_is_written_once_however_many_ask_for_it(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Anybody may, by any address: while it is written everybody else waits."""
    written: list[str] = []

    def write(_contract: object, url: str) -> bytes:
        written.append(url)
        return f'<wsdl a="{url}"/>'.encode()

    monkeypatch.setattr("esolutions_server.soap.contract.wsdl.wsdl_document", write)
    asked = {"REQUEST_METHOD": "GET", "QUERY_STRING": "wsdl"}
    for address in ("https://localhost/CommunicationServer", "https://other.example/CommunicationServer?a=1&b=2") * 3:
        world.server.wsgi.public_url = address
        shown = etree.fromstring(world.proxy().post(b"", **asked).body)
        assert shown.get("a") == address
    assert len(written) == 1
