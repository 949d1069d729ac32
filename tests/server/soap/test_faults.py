"""A fault says which element is wrong, what it is, and what was expected; a clock that is wrong hears by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest
from lxml import etree

from esolutions_server.soap.contract.schema_errors import schema_complaints
from tests.server.support.envelopes import DRAFT, TIMESTAMP

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.proxy import Proxy
    from tests.server.support.world import World

SERIAL = "ABC123456"
CLOCK = "the server's clock, which shows 2026-01-01T03:00:00Z: at most 300 s are taken"


def _changed(old: str, new: str) -> Callable[[Proxy], bytes]:
    def write(proxy: Proxy) -> bytes:
        payload = proxy.devices_payload([SERIAL])
        assert old in payload
        return proxy.envelope(payload.replace(old, new, 1))

    return write


def _with(**fields: Any) -> Callable[[Proxy], bytes]:
    return lambda proxy: proxy.envelope(proxy.sync_payload(), **fields)


def _registration(old: str, new: str) -> Callable[[Proxy], bytes]:
    return lambda proxy: proxy.envelope(proxy.register_payload().replace(old, new, 1))


FAULTS: dict[str, tuple[Callable[[Proxy], bytes], str, str]] = {
    "a clock that is behind": (
        lambda proxy: _with(created=proxy.moment(-3600))(proxy),
        "wsu:MessageExpired",
        f"Created of the UsernameToken is 2026-01-01T02:00:00Z, 3600 s behind {CLOCK}",
    ),
    "a clock that is ahead": (
        lambda proxy: _with(beside=proxy.stamp(301, 601))(proxy),
        "wsu:MessageExpired",
        f"Created of the Timestamp is 2026-01-01T03:05:01Z, 301 s ahead of {CLOCK}",
    ),
    "no timestamp": (
        _with(beside=""),
        "wsse:InvalidSecurity",
        f"a message has a Timestamp in the namespace {DRAFT}utility: there is none",
    ),
    "a timestamp of another version": (
        _with(beside=TIMESTAMP.substitute(created="", expires="").replace("wsu:Timestamp", 'Timestamp xmlns="urn:x"', 1)
              .replace("</wsu:Timestamp>", "</Timestamp>")),
        "wsse:InvalidSecurity",
        f"a message has a Timestamp in the namespace {DRAFT}utility: there is one in 'urn:x'",
    ),
    "two timestamps": (
        lambda proxy: _with(beside=proxy.stamp() * 2)(proxy),
        "wsse:InvalidSecurity",
        "a message has one Timestamp, and this one has several",
    ),
    "a timestamp without its end": (
        _with(beside="<wsu:Timestamp><wsu:Created>2026-01-01T03:00:00Z</wsu:Created></wsu:Timestamp>"),
        "wsse:InvalidSecurity",
        "the Timestamp has no Expires",
    ),
    "no security header": (
        lambda proxy: proxy.envelope(proxy.sync_payload()).replace(b"wsse:Security", b"wsse:Safety")
        .replace(b' soap-env:mustUnderstand="1"', b""),
        "wsse:InvalidSecurity",
        f"a request has a wsse:Security header, and this one has none; its namespace is {DRAFT}secext, or that of",
    ),
    "a password in the clear": (
        _with(kind="wsse:PasswordText"),
        "wsse:UnsupportedSecurityToken",
        "the Type of the Password is 'wsse:PasswordText', expected wsse:PasswordDigest",
    ),
    "no XML": (
        lambda _: b"hello",
        "soap11env:Client",
        "the document is not well-formed XML: line 1, column 1: Start tag expected, '<' not found",
    ),
    "an unclosed element": (
        lambda proxy: proxy.envelope("<a>"),
        "soap11env:Client",
        "Opening and ending tag mismatch",
    ),
    "another document": (
        lambda _: b"<hello/>",
        "soap11env:Client",
        "the document is not a SOAP envelope but a hello",
    ),
    "no such operation": (
        lambda proxy: proxy.envelope('<n:Ping xmlns:n="urn:smart-esolutions:communication-server:proxy"/>'),
        "soap11env:Client",
        "Ping: there is no message of this name",
    ),
    "an element that is missing": (
        _changed("<n:Attempt>1</n:Attempt>", ""),
        "soap11env:Client",
        "RegisterProxyDevices/ComposedAt: this element is not expected here, expected Attempt",
    ),
    "a moment of a device": (
        _changed("<n:ReadDate>2026-01-01T03:00:00Z", "<n:ReadDate>yesterday"),
        "soap11env:Client",
        "RegisterProxyDevices/Device/ReadDate: it is 'yesterday', expected a moment such as 2026-04-01T02:17:08Z",
    ),
    "a moment without a zone": (
        _changed("<n:ReadDate>2026-01-01T03:00:00Z", "<n:ReadDate>2026-01-01T03:00:00"),
        "soap11env:Client",
        "ReadDate is '2026-01-01T03:00:00', expected an xs:dateTime with its time zone, in a year from 1970 to 2199",
    ),
    "an id that is no GUID": (
        lambda proxy: proxy.envelope(proxy.sync_payload(message_id="x" * 36)),
        "soap11env:Client",
        f"MessageId is '{'x' * 36}', expected a GUID: 32 hexadecimal digits and four hyphens",
    ),
    "a value of a meter": (
        _changed(">1234567</n:Meter>", ">many</n:Meter>"),
        "soap11env:Client",
        "RegisterProxyDevices/Device/Meter[1]: it is 'many', expected what matches ([0-9]{1,10})?",
    ),
    "an attribute more": (
        _changed('<n:Meter Name="Black', '<n:Meter Unit="pages" Name="Black'),
        "soap11env:Client",
        "RegisterProxyDevices/Device/Meter[2]: it has an attribute Unit, expected none of this name",
    ),
    "text between elements": (
        _changed("<n:Device>", "hello<n:Device>"),
        "soap11env:Client",
        "RegisterProxyDevices: text stands between its elements, expected elements only",
    ),
    "a word that is none of a few": (
        lambda proxy: proxy.envelope(proxy.sync_payload().replace("Scheduled", "Bored")),
        "soap11env:Client",
        "SyncProxy/Reason: it is 'Bored', expected one of Scheduled, Requested, Startup, Retry",
    ),
    "an interval of two units": (
        _registration("PT3600S", "PT1H30M"),
        "soap11env:Client",
        "RegisterProxy/SyncWindow: it is 'PT1H30M', expected what matches P([0-9]{1,4}D|T[0-9]{1,6}[HMS])",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_says_what_is_wrong(world: World, name: str) -> None:
    """In the answer and in the journal alike; no words of a parser about a file that there never was."""
    write, code, said = FAULTS[name]
    proxy = world.proxy()
    proxy.register()
    answer = proxy.post(write(proxy))
    text = answer.root.findtext(".//faultstring", "")
    assert (answer.is_fault, answer.fault) == (True, code)
    assert said in text
    assert "<string>" not in text
    assert "{urn:" not in text
    assert said in list(world.server.administration.every.journal())[-1].note


def test_a_secret_of_the_wrong_length_is_never_quoted(world: World) -> None:
    """Neither to the sender nor in the journal."""
    proxy = world.proxy(secret="hush" * 21)
    answer = proxy.send(proxy.register_payload())
    assert "RegisterProxy/Secret: it has 84 characters, expected 88" in answer.root.findtext(".//faultstring", "")
    assert "hush" not in answer.body.decode() + list(world.server.administration.every.journal())[-1].note


def test_a_value_that_is_a_secret_is_not_quoted_whatever_is_wrong_with_it() -> None:
    """A schema may come to say more of it than its length."""
    schema = etree.XMLSchema(
        etree.fromstring(
            '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="Message"><xs:complexType>'
            '<xs:sequence><xs:element name="Secret" type="xs:unsignedInt"/><xs:element name="Queue" '
            'type="xs:unsignedInt"/></xs:sequence></xs:complexType></xs:element></xs:schema>'
        )
    )
    message = etree.fromstring("<Message><Secret>hush</Secret><Queue>many</Queue></Message>")
    assert not schema.validate(message)
    assert list(schema_complaints(cast("Any", schema.error_log), message)) == [
        "Message/Secret: it is not shown, expected a whole number from 0 to 4294967295",
        "Message/Queue: it is 'many', expected a whole number from 0 to 4294967295",
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"HTTP_CONTENT_ENCODING": "br"}, "the Content-Encoding is 'br', expected identity"),
        ({"CONTENT_TYPE": "text/xml; charset=klingon"}, "the character set 'klingon' is not known, expected utf-8"),
        ({"CONTENT_TYPE": "application/soap+xml"}, "the Content-Type is 'application/soap+xml', and a SOAP 1.1"),
    ],
)
def test_a_header_of_http_that_is_wrong_is_named(world: World, fields: dict[str, str], said: str) -> None:
    """With what was expected."""
    proxy = world.proxy()
    answer = proxy.post(proxy.envelope(proxy.register_payload()), **fields)
    assert answer.is_fault
    assert said in answer.root.findtext(".//faultstring", "")
