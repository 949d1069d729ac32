"""A message is checked offline: each rule is broken by what breaks it, and by nothing else."""

from __future__ import annotations

import base64
import hashlib
import hmac
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from esolutions_server.soap.checking.check import check_message
from esolutions_server.soap.checking.credentials import Evidence
from esolutions_server.soap.checking.report import Rule, State
from tests.server.support.envelopes import DRAFT, SOAP, canonical

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_server.soap.checking.report import CheckReport
    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

FRESHNESS = timedelta(minutes=5)
SERIAL = "ABC123456"
COMMAND = "c0337a4d-0002-4000-8000-000000000000"
SECRET = base64.b64encode(bytes(range(64))).decode()


@pytest.fixture
def proxy(world: World) -> Proxy:
    """A proxy that writes its envelopes by hand; no server is asked here."""
    return world.proxy(secret=SECRET)


def _check(proxy: Proxy, document: bytes, *, secret: str | None = SECRET) -> CheckReport:
    return check_message(document, Evidence(secret, proxy.clock(), FRESHNESS))


def _reading(proxy: Proxy, **fields: Any) -> bytes:
    return proxy.envelope(proxy.reading_payload(SERIAL, COMMAND), is_signed=True, **fields)


def _broken(report: CheckReport) -> dict[Rule, str]:
    return {each.rule: " | ".join(each.findings) for each in report.results if each.state == State.BROKEN}


def _state(report: CheckReport, rule: Rule) -> State:
    return next(each.state for each in report.results if each.rule == rule)


def test_a_right_request_holds_every_rule(proxy: Proxy) -> None:
    """Every rule has a result; the nonce of this client binds nothing, which is noted."""
    report = _check(proxy, _reading(proxy))
    assert (report.message, report.holds, _broken(report)) == ("SubmitBillingTransaction", True, {})
    assert [each.rule for each in report.results] == list(Rule)
    assert _state(report, Rule.BINDING) == State.NOTED
    assert State.SKIPPED not in {each.state for each in report.results}


def test_an_answer_of_the_server_holds_every_rule(world: World) -> None:
    """Signed with the secret of the proxy that it answers."""
    proxy = world.proxy(secret=SECRET)
    answer = proxy.send(proxy.register_payload()).body
    report = _check(proxy, answer)
    assert (report.message, report.holds) == ("RegisterProxyReceipt", True)
    assert _state(report, Rule.SIGNATURE) == State.HOLDS
    assert _broken(_check(proxy, answer, secret="t" * 88)).keys() == {Rule.SIGNATURE}


def test_a_registration_brings_its_secret_along(proxy: Proxy) -> None:
    """The digest is checked without being told the secret; another one breaks it."""
    document = proxy.envelope(proxy.register_payload())
    assert _state(_check(proxy, document, secret=None), Rule.DIGEST) == State.HOLDS
    assert _broken(_check(proxy, document, secret="t" * 88)).keys() == {Rule.DIGEST}


def test_what_only_the_secret_shows_is_skipped_without_it(proxy: Proxy) -> None:
    """And nothing is broken for that."""
    report = _check(proxy, _reading(proxy), secret=None)
    assert report.holds
    skipped = {each.rule for each in report.results if each.state == State.SKIPPED}
    assert skipped == {Rule.DIGEST, Rule.BINDING, Rule.SIGNATURE}


def _at(seconds: int) -> Callable[[Proxy], bytes]:
    return lambda proxy: _reading(proxy, created=proxy.moment(seconds))


def _replaced(old: str, new: str) -> Callable[[Proxy], bytes]:
    def write(proxy: Proxy) -> bytes:
        document = proxy.envelope(proxy.devices_payload([SERIAL])).decode()
        assert old in document
        return document.replace(old, new).encode()

    return write


BREAKS: dict[str, tuple[Callable[[Proxy], bytes], Rule, str]] = {
    "no XML": (lambda _: b"hello", Rule.WELL_FORMED, "line 1, column 1"),
    "a document type": (lambda _: b"<!DOCTYPE a><a/>", Rule.WELL_FORMED, "no document type"),
    "no envelope": (lambda _: b"<a/>", Rule.ENVELOPE, "not a SOAP envelope but a a"),
    "SOAP 1.2": (_replaced(SOAP, "http://www.w3.org/2003/05/soap-envelope"), Rule.ENVELOPE, "SOAP 1.1"),
    "another namespace": (_replaced("<n:Attempt>1</n:Attempt>", "<Attempt>1</Attempt>"), Rule.NAMESPACES, "Attempt"),
    "no header": (lambda proxy: _reading(proxy, wsse="urn:mine"), Rule.HEADER, "'urn:mine'"),
    "no GUID": (lambda proxy: _reading(proxy, user="me"), Rule.HEADER, "GUID"),
    "no digest": (lambda proxy: _reading(proxy, kind="wsse:PasswordText"), Rule.HEADER, "'wsse:PasswordText'"),
    "no timestamp": (lambda proxy: _reading(proxy, beside=""), Rule.TIMESTAMP, "there is none"),
    "an old timestamp": (lambda proxy: _reading(proxy, beside=proxy.stamp(-400)), Rule.TIMESTAMP, "400 s behind"),
    "a moment ahead": (_at(301), Rule.CREATED, "301 s ahead of"),
    "no moment": (lambda proxy: _reading(proxy, created="today"), Rule.CREATED, "'today'"),
    "a nonce that is none": (lambda proxy: _reading(proxy, nonce="!"), Rule.NONCE, "base64"),
    "another secret": (lambda proxy: _reading(proxy, secret="t" * 88), Rule.DIGEST, "digest is wrong"),
    "no signature": (lambda proxy: _reading(proxy, signature=""), Rule.SIGNATURE, "no ds:Signature"),
    "an element more": (
        _replaced("<n:FleetDigest>", "<n:Colour>red</n:Colour><n:FleetDigest>"),
        Rule.SCHEMA,
        "RegisterProxyDevices/Colour: this element is not expected here, expected LastPollAt or FleetDigest",
    ),
    "an element less": (
        _replaced("<n:Attempt>1</n:Attempt>", ""),
        Rule.SCHEMA,
        "RegisterProxyDevices/ComposedAt: this element is not expected here, expected Attempt",
    ),
    "a word for a number": (_replaced(">1</n:Attempt>", ">one</n:Attempt>"), Rule.SCHEMA, "'one', expected a whole"),
    "a meter without a name": (_replaced(' Name="Black Impressions"', ""), Rule.SCHEMA, "Meter[2]: the attribute Name"),
    "no try at all": (_replaced(">1</n:Attempt>", ">0</n:Attempt>"), Rule.RANGES, "Attempt is 0"),
    "no serial number": (_replaced(SERIAL, "XXXXXXXXXX"), Rule.RANGES, "Device 'XXXXXXXXXX'"),
}


@pytest.mark.parametrize("name", BREAKS)
def test_what_breaks_a_rule_is_said_with_the_rule(proxy: Proxy, name: str) -> None:
    """The sentence names the element, what it is or what was expected."""
    write, rule, said = BREAKS[name]
    report = _check(proxy, write(proxy))
    assert not report.holds
    assert said in _broken(report).get(rule, "")
    along = {Rule.NAMESPACES: {Rule.SCHEMA}, Rule.DIGEST: {Rule.SIGNATURE}, Rule.HEADER: {Rule.NAMESPACES}}
    assert _broken(report).keys() <= {rule} | along.get(rule, set())


def _sha1(*parts: bytes) -> str:
    return base64.b64encode(hashlib.sha1(b"".join(parts)).digest()).decode()  # noqa: S324 (the standard's)


def test_a_digest_that_is_nearly_right_is_recognised(proxy: Proxy) -> None:
    """Of the nonce's Base64, of a decoded secret, in another order, in hexadecimal."""
    nonce, created, secret = b"n" * 16, proxy.moment().encode(), SECRET.encode()
    text = base64.b64encode(nonce)
    ways = {
        _sha1(text, created, secret): "Base64 text",
        _sha1(nonce, created, base64.b64decode(secret)): "88 characters",
        _sha1(created, nonce, secret): "changed places",
        hashlib.sha1(nonce + created + secret).hexdigest(): "hexadecimal",  # noqa: S324 (the standard's)
    }
    for digest, said in ways.items():
        report = _check(proxy, _reading(proxy, digest=digest, nonce=text.decode()))
        assert said in _broken(report)[Rule.DIGEST]


def test_a_signature_that_is_nearly_right_is_recognised(proxy: Proxy) -> None:
    """Made with the decoded secret; or over the digest of the message without its Body."""
    document = _reading(proxy)
    info = canonical(document, ".//{http://www.w3.org/2000/09/xmldsig#}SignedInfo")
    right = base64.b64encode(hmac.digest(SECRET.encode(), info, "sha256"))
    wrong = base64.b64encode(hmac.digest(base64.b64decode(SECRET), info, "sha256"))
    assert right in document
    assert "decoded from Base64" in _broken(_check(proxy, document.replace(right, wrong)))[Rule.SIGNATURE]
    body = base64.b64encode(hashlib.sha256(canonical(document, f"{{{SOAP}}}Body")).digest())
    alone = base64.b64encode(hashlib.sha256(canonical(document, f"{{{SOAP}}}Body/*")).digest())
    assert body in document
    assert "without its Body" in _broken(_check(proxy, document.replace(body, alone)))[Rule.SIGNATURE]


def test_a_nonce_of_eighteen_octets_must_bind_its_body(proxy: Proxy) -> None:
    """Bound it holds; of chance it is broken, for no client makes such a nonce without meaning to bind."""
    payload = proxy.sync_payload()
    created, random = proxy.moment().encode(), b"r" * 8
    body = canonical(proxy.envelope(payload), f"{{{SOAP}}}Body")
    mac = hmac.digest(SECRET.encode(), b"\0".join((b"smart-esolutions:nonce:1", random, created, body)), "sha256")
    for nonce, state in ((random + mac[:10], State.HOLDS), (b"r" * 18, State.BROKEN)):
        digest = _sha1(nonce, created, SECRET.encode())
        document = proxy.envelope(payload, nonce=base64.b64encode(nonce).decode(), digest=digest)
        assert _state(_check(proxy, document), Rule.BINDING) == state


def test_the_secret_is_never_quoted(proxy: Proxy) -> None:
    """Not where it is the element that the schema does not like."""
    proxy.secret = "hush" * 21
    report = _check(proxy, proxy.envelope(proxy.register_payload()), secret=None)
    assert "Secret: it has 84 characters, expected 88" in _broken(report)[Rule.SCHEMA]
    assert "hush" not in str(report)


def test_a_spelling_of_its_own_is_noted_and_not_broken(proxy: Proxy) -> None:
    """Prefixes are free; how many bytes they cost beside the documented ones is said."""
    report = _check(proxy, _reading(proxy))
    size = next(each for each in report.results if each.rule == Rule.SIZE)
    assert size.state == State.NOTED
    assert "spelled as documented" in size.findings[0]


@pytest.mark.parametrize("version", ["2002/12", "2003/06"])
def test_a_later_version_of_ws_security_is_noted(proxy: Proxy, version: str) -> None:
    """It is understood, and answered in kind."""
    draft = DRAFT.replace("2002/07", version)
    report = _check(proxy, _reading(proxy, wsse=f"{draft}secext", wsu=f"{draft}utility"))
    assert report.holds
    assert _state(report, Rule.NAMESPACES) == State.NOTED


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_comes_gets_a_report(data: st.DataObject) -> None:
    """Octets of any kind, and an envelope with any letter changed: every rule has a result."""
    document = data.draw(st.one_of(st.binary(max_size=200), st.builds(_mangled, st.integers(0), st.binary(max_size=8))))
    report = check_message(document, Evidence(SECRET, None, FRESHNESS))
    assert [each.rule for each in report.results] == list(Rule)


def _mangled(place: int, octets: bytes) -> bytes:
    place %= len(_WHOLE)
    return _WHOLE[:place] + octets + _WHOLE[place + len(octets) :]


_WHOLE = etree.tostring(
    etree.fromstring(
        f'<s:Envelope xmlns:s="{SOAP}" xmlns:w="{DRAFT}secext" xmlns:u="{DRAFT}utility"><s:Header><w:Security>'
        "<w:UsernameToken><w:Username>0f8fad5b-d9cb-469f-a165-70867728950e</w:Username><w:Password "
        'Type="w:PasswordDigest">lUAlgV9tydsf6VV8gDDuruPWfRw=</w:Password><w:Nonce>BgYGBg==</w:Nonce><u:Created>'
        "2026-04-01T02:17:08Z</u:Created></w:UsernameToken></w:Security></s:Header><s:Body>"
        '<n:SyncProxy xmlns:n="urn:smart-esolutions:communication-server:proxy"><n:MessageId>x</n:MessageId>'
        "</n:SyncProxy></s:Body></s:Envelope>"
    )
)
