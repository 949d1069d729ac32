"""Nothing that proves who somebody is stays in a text, however it is written there."""

from __future__ import annotations

import base64

import pytest

from esolutions_server.domain.concealment import MASK
from esolutions_server.testbed.journal.masking import Masker, is_sensitive

CANARY = "canary-0123456789"
SECRET = base64.b64encode(bytes(range(64))).decode()


def _masked(text: str, *headers: tuple[str, str], known: tuple[str, ...] = ()) -> str:
    masker = Masker(known)
    masker.learn(text, headers)
    return masker.text(text)


@pytest.mark.parametrize(
    "text",
    [
        f"<Secret>{CANARY}</Secret>",
        f"<n:Secret xmlns:n='urn:x'>{CANARY}</n:Secret>",
        f"<n:SECRET\n a='>' >{CANARY}</n:SECRET >",
        f"<Secret><![CDATA[{CANARY}]]></Secret>",
        f"<Secret>cana<!-- no -->ry<b>{CANARY}</b></Secret>",
        f"<Secret>{CANARY}",
        f"<wsse:Password Type='wsse:PasswordText'>{CANARY}</wsse:Password>",
        f"<wsse:UsernameToken><wsse:Password>{CANARY}</wsse:Password></wsse:UsernameToken>",
        f"<AccessToken><Value>{CANARY}</Value></AccessToken>",
        f'<x secret="{CANARY}"/>',
        f"<x apiKey = '{CANARY}'>",
        f'<x secret="a>{CANARY}">',
        f'{{"password": "{CANARY}"}}',
        f"grant=1&client_secret={CANARY}&x=2",
        f"<Comment>my password: {CANARY}</Comment>",
        f"Authorization: Bearer {CANARY}",
        f"<Comment>Bearer {CANARY}</Comment>",
        f"<Secret>{CANARY}</Secret><Reason>{CANARY} is wrong</Reason>",
        f"<a><b><Secret>{CANARY}</b></a>",
    ],
)
def test_by_its_name(text: str) -> None:
    """As an element, an attribute, a parameter or a sentence, in a document that may be none."""
    masked = _masked(text)
    assert CANARY not in masked
    assert MASK in masked


@pytest.mark.parametrize("text", [f"<InstanceId>{SECRET}</InstanceId>", f"x{'=' * 2} {SECRET}.", SECRET])
def test_by_its_look(text: str) -> None:
    """64 octets in Base64, wherever a client has put its secret by mistake."""
    assert SECRET not in _masked(text)


def test_by_its_value() -> None:
    """What is known to be a proxy's secret, or was seen under such a name, is masked under every other, too."""
    assert _masked("<Reason>weak-secret</Reason>", known=("weak-secret",)) == f"<Reason>{MASK}</Reason>"
    text = "<Secret>a&amp;b&lt;c-canary</Secret><x>a&b<c-canary</x> a%26b%3Cc-canary"
    assert "c-canary" not in _masked(text)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("authorization", f"Basic {base64.b64encode(f'proxy:{CANARY}'.encode()).decode()}", f"Basic {MASK}"),
        ("Proxy-Authorization", f"Bearer {CANARY}", f"Bearer {MASK}"),
        ("Authorization", CANARY, MASK),
        ("Cookie", f"session={CANARY}; b=2", MASK),
        ("set-cookie", f"session={CANARY}", MASK),
        ("X-Api-Key", CANARY, MASK),
        ("X-Auth-Token", CANARY, MASK),
        ("content-type", "text/xml; charset=utf-8", "text/xml; charset=utf-8"),
        ("x-author", "somebody", "somebody"),
    ],
)
def test_in_header_fields(name: str, value: str, shown: str) -> None:
    """Credentials and cookies, and their values in the message beside; everything else is as it came."""
    masker = Masker()
    masker.learn("", [(name, value)])
    assert masker.headers([(name, value)]) == ((name, shown),)
    assert (CANARY not in masker.text(f"<Reason>{CANARY}</Reason>")) == (shown.endswith(MASK))


def test_what_is_no_secret_stays_as_it_came() -> None:
    """To the letter: the messages of the protocol lose their password and their secret, and nothing else."""
    text = (
        "<wsse:UsernameToken><wsse:Username>11111111-2222-4333-8444-555555555555</wsse:Username>"
        '<wsse:Password Type="http://x/oasis-200401-wss-username-token-profile-1.0#PasswordDigest">dGVzdA==</wsse:Password>'
        "<wsse:Nonce>c29tZSBub25jZQ==</wsse:Nonce></wsse:UsernameToken><FleetDigest>47DEQpj8HBSa</FleetDigest>"
        "<faultstring>Element 'Secret': [facet 'length'] The value has a length of '87'</faultstring>"
        "<faultcode>wsse:SecurityTokenUnavailable</faultcode>"
    )
    assert _masked(text) == text.replace("dGVzdA==", MASK)


@pytest.mark.parametrize(
    "text", ["<" * 300_000, "<token" * 60_000, "token=" * 60_000, "a" * 500_000, "<Secret>" * 60_000]
)
def test_a_hostile_text_takes_no_longer_than_its_length(text: str) -> None:
    """Whatever is repeated in it: a step that is not linear would not end within this test's patience."""
    assert len(_masked(text)) <= 2 * len(text)


def test_names_with_a_prefix_are_names() -> None:
    """By the local part; a container whose content has names of its own is none."""
    assert is_sensitive("{urn:x}Secret")
    assert is_sensitive("wsse:Password")
    assert not is_sensitive("wsse:UsernameToken")
    assert not is_sensitive("secret:Reason")
