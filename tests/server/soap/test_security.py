"""Credentials: what proves a message, and what a wrong one changes, which is nothing."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.proxy import Answer, Proxy
    from tests.server.support.world import World

SERIAL = "ABC123456"
FINAL = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
DIALECTS = [
    *((f"http://schemas.xmlsoap.org/ws/{issue}/secext", f"http://schemas.xmlsoap.org/ws/{issue}/utility")
      for issue in ("2002/07", "2002/12", "2002/xx", "2003/06")),
    (f"{FINAL}wssecurity-secext-1.0.xsd", f"{FINAL}wssecurity-utility-1.0.xsd"),
    ("http://schemas.xmlsoap.org/ws/2002/12/secext", "http://schemas.xmlsoap.org/ws/2002/07/utility"),
]  # fmt: skip
OTHER = base64.b64encode(bytes(20)).decode()

WRONG: dict[str, tuple[str, Callable[[Proxy], dict[str, Any]]]] = {
    "digest": ("wsse:FailedAuthentication", lambda _: {"digest": OTHER}),
    "secret": ("wsse:FailedAuthentication", lambda _: {"secret": "x" * 88}),
    "user": ("wsse:FailedAuthentication", lambda p: {"user": p.new_id()}),
    "digest that is no base64": ("wsse:InvalidSecurityToken", lambda _: {"digest": "?"}),
    "empty nonce": ("wsse:InvalidSecurityToken", lambda _: {"nonce": ""}),
    "huge nonce": ("wsse:InvalidSecurityToken", lambda _: {"nonce": base64.b64encode(bytes(99)).decode()}),
    "no user": ("wsse:InvalidSecurityToken", lambda _: {"user": " "}),
    "created that is no moment": ("wsse:InvalidSecurityToken", lambda _: {"created": "yesterday"}),
    "created without a zone": ("wsse:InvalidSecurityToken", lambda _: {"created": "2026-01-01T00:00:00"}),
    "plain password": ("wsse:UnsupportedSecurityToken", lambda _: {"kind": "wsse:PasswordText"}),
    "no timestamp": ("wsse:InvalidSecurity", lambda _: {"beside": ""}),
    "two timestamps": ("wsse:InvalidSecurity", lambda p: {"inside": p.stamp(0, 300)}),
    "stale token": ("wsu:MessageExpired", lambda p: {"created": p.moment(-301)}),
    "token of the future": ("wsu:MessageExpired", lambda p: {"created": p.moment(301)}),
    "stale timestamp": ("wsu:MessageExpired", lambda p: {"beside": p.stamp(-301, 300)}),
    "timestamp of the future": ("wsu:MessageExpired", lambda p: {"beside": p.stamp(301, 600)}),
    "timestamp that ends before it begins": ("wsu:MessageExpired", lambda p: {"beside": p.stamp(0, -1)}),
    "another dialect's namespace": ("soap11env:MustUnderstand", lambda _: {"wsse": "http://example.org/secext"}),
}


def refused(world: World, proxy: Proxy, answer: Callable[[], Answer]) -> str:
    """Return the fault code, after making sure that nothing but the journal changed."""
    before, rows = world.snapshot(), len(list(world.server.administration.every.journal()))
    fault = answer().fault
    assert world.snapshot() == before
    (row,) = list(world.server.administration.every.journal())[rows:]
    assert row.outcome == fault
    return fault


@pytest.mark.parametrize("name", WRONG)
def test_wrong_credentials_get_their_fault_and_change_nothing(world: World, name: str) -> None:
    """Each with the fault code WS-Security has for it."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    expected, change = WRONG[name]
    assert refused(world, proxy, lambda: proxy.send(proxy.sync_payload(), **change(proxy))) == expected
    assert len(proxy.sync().commands) == 1


@pytest.mark.parametrize("seconds", [-300, 300])
def test_five_minutes_either_way_are_fresh(world: World, seconds: int) -> None:
    """Clocks differ a little."""
    proxy = world.proxy()
    proxy.register()
    assert not proxy.send(proxy.sync_payload(), created=proxy.moment(seconds)).is_fault


def test_a_request_without_security_is_refused(world: World) -> None:
    """No header, no service."""
    proxy = world.active_proxy(SERIAL)
    bare = proxy.envelope(proxy.sync_payload())
    begin, end = bare.index(b"<soap-env:Header>"), bare.index(b"<soap-env:Body")
    assert refused(world, proxy, lambda: proxy.post(bare[:begin] + bare[end:])) == "wsse:InvalidSecurity"


def test_a_header_that_must_be_understood_and_is_not_is_refused(world: World) -> None:
    """SOAP 1.1 section 4.2.3; one addressed to another actor is none of our business."""
    proxy = world.proxy()
    proxy.register()
    block = '<x:T xmlns:x="urn:x" soap-env:mustUnderstand="1"%s/>'
    timestamp = proxy.stamp(0, 300)

    def send(extra: str) -> Answer:
        return proxy.send(proxy.sync_payload(), beside=timestamp + extra)

    assert refused(world, proxy, lambda: send(block % "")) == "soap11env:MustUnderstand"
    assert not send(block % ' soap-env:actor="urn:somebody"').is_fault
    assert not send(block.replace('"1"', '"0"') % "").is_fault


@pytest.mark.parametrize(("wsse", "wsu"), DIALECTS)
@pytest.mark.parametrize("is_inside", [False, True])
def test_every_dialect_is_understood_and_answered_in_kind(
    world: World, wsse: str, wsu: str, *, is_inside: bool
) -> None:
    """With the timestamp in either place."""
    proxy = world.proxy()
    place = {"inside": proxy.stamp(0, 300), "beside": ""} if is_inside else {}
    answer = proxy.send(proxy.register_payload(), wsse=wsse, wsu=wsu, **place)
    assert not answer.is_fault
    assert answer.root.find(f".//{{{wsse}}}Security") is not None
    assert answer.root.find(f".//{{{wsu}}}Timestamp/{{{wsu}}}Expires") is not None
    fault = proxy.send(proxy.sync_payload(), wsse=wsse, wsu=wsu, secret="x" * 88, **place)
    assert fault.root.find(".//faultcode").nsmap["wsse"] == wsse  # type: ignore[union-attr]


def test_the_password_type_may_be_the_uri_of_version_one(world: World) -> None:
    """Or a QName with any prefix."""
    proxy = world.proxy()
    for kind in (f"{FINAL}username-token-profile-1.0#PasswordDigest", "any:PasswordDigest"):
        assert not proxy.send(proxy.register_payload(), kind=kind).is_fault


def test_a_known_proxy_cannot_be_registered_with_another_secret(world: World) -> None:
    """Neither by knowing the old one only, nor by knowing the new one only."""
    proxy = world.proxy()
    proxy.register()
    payload = proxy.register_payload().replace(proxy.secret, "x" * 88)
    for secret in (proxy.secret, "x" * 88):
        fault = refused(world, proxy, lambda secret=secret: proxy.send(payload, secret=secret))  # type: ignore[misc]
        assert fault == "wsse:FailedAuthentication"


def test_the_digest_of_a_registration_is_proven_with_the_secret_it_brings(world: World) -> None:
    """A client that cannot compute its own digest is not let in."""
    proxy = world.proxy()
    assert proxy.send(proxy.register_payload(), secret="x" * 88).fault == "wsse:FailedAuthentication"
    assert list(world.server.administration.every.proxies()) == []


def test_a_user_name_that_is_no_guid_is_not_registered(world: World) -> None:
    """Names are GUIDs, or they could say something about the customer."""
    proxy = world.proxy()
    assert proxy.send(proxy.register_payload(), user="printer room").fault == "wsse:InvalidSecurityToken"


def billing(world: World) -> tuple[Proxy, str]:
    """Return a proxy and the payload that answers its request."""
    proxy = world.active_proxy(SERIAL)
    world.clock.move(days=31)
    return proxy, proxy.reading_payload(SERIAL, proxy.sync().commands[0]["CommandId"])


def test_what_is_billed_must_be_signed(world: World) -> None:
    """The digest proves who sent it, only the signature what."""
    proxy, payload = billing(world)
    assert refused(world, proxy, lambda: proxy.send(payload)) == "wsse:InvalidSecurity"
    assert proxy.send(payload, is_signed=True).texts("Outcome") == ["Accepted"]


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (">1234667<", ">1234668<", "wsse:FailedCheck"),
        (' wsu:Id="body"', "", "wsse:InvalidSecurity"),
        ("#body", "#boby", "wsse:InvalidSecurity"),
        ("xmldsig-more#hmac-sha256", "xmldsig-more#hmac-md5", "wsse:InvalidSecurity"),
        ("xmlenc#sha256", "xmldsig#sha1", "wsse:InvalidSecurity"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>AAAA", "wsse:FailedCheck"),
        ("<ds:SignatureValue>", "<ds:SignatureValue>?", "wsse:InvalidSecurity"),
        ("<soap-env:Header>", '<soap-env:Header><x wsu:Id="body"/>', "wsse:InvalidSecurity"),
    ],
)
def test_a_signature_that_was_tampered_with_is_refused(world: World, old: str, new: str, code: str) -> None:
    """Body, id, reference, algorithms, value: one wrong letter and nothing is billed."""
    proxy, payload = billing(world)
    envelope = proxy.envelope(payload, is_signed=True)
    assert old.encode() in envelope
    assert refused(world, proxy, lambda: proxy.post(envelope.replace(old.encode(), new.encode()))) == code


def test_a_signature_with_another_secret_is_refused(world: World) -> None:
    """Although its digest of the body is right."""
    proxy, payload = billing(world)
    forged = proxy.signature(proxy.envelope(payload), "x" * 88)
    assert refused(world, proxy, lambda: proxy.send(payload, signature=forged)) == "wsse:FailedCheck"


def test_answers_are_signed_with_the_secret_of_the_proxy(world: World) -> None:
    """Whoever answers knows the secret; faults are answered before anybody is known."""
    proxy = world.proxy()
    answer = proxy.send(proxy.register_payload())
    expected = proxy.signature(answer.body, proxy.secret)
    assert expected.encode() in answer.body
    assert b'xmlns:wsse="http://schemas.xmlsoap.org/ws/2002/07/secext"' in answer.body
