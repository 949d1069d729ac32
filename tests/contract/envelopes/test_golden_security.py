"""Golden envelopes and WS-Security at the server: nonces, signatures, spellings and versions of the header."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden, GoldenServer
from tests.contract.support.changed import fault_like, first_difference

DRAFTS = ("2002/07", "2002/12", "2002/xx", "2003/06")
FINAL = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-"
DIALECTS = {
    **{
        issue: tuple(f"http://schemas.xmlsoap.org/ws/{issue}/{part}" for part in ("secext", "utility"))
        for issue in DRAFTS
    },
    "2004/01": (f"{FINAL}secext-1.0.xsd", f"{FINAL}utility-1.0.xsd"),
}


@pytest.mark.parametrize("place", range(0, 27, 2))
def test_a_digest_with_one_letter_changed_is_refused(golden: Golden, server: GoldenServer, place: int) -> None:
    """FailedAuthentication, and the database is as it was."""
    first = golden.exchanges[0]
    text = first.request.decode()
    digest = re.search(r"PasswordDigest\">([^<]+)", text).group(1)  # type: ignore[union-attr]
    changed = digest[:place] + ("A" if digest[place] != "A" else "B") + digest[place + 1 :]
    before = server.contents()
    answer = server.post(first_difference(text, digest, changed), first.moment)
    assert answer.status == 500
    assert fault_like(golden, "failed-authentication")(answer.body)
    assert server.contents() == before


def test_a_nonce_of_chance_is_refused_once_one_has_bound_its_body(golden: Golden, server: GoldenServer) -> None:
    """A body that was changed on its way has a right digest, and a nonce that is as good as random."""
    assert server.play(golden.exchanges[0]).status == 200
    registration = golden.exchanges[1]
    before = server.contents()
    answer = server.post(
        first_difference(registration.request.decode(), ">ABC123456<", ">ABC123457<"), registration.moment
    )
    assert fault_like(golden, "failed-check")(answer.body)
    answer = server.post(with_nonce(golden, registration.request.decode(), b"sixteen octets.."), registration.moment)
    assert fault_like(golden, "failed-check")(answer.body)
    assert server.contents() == before
    assert server.play(registration).body == registration.answer


@pytest.mark.parametrize("spelling", ["{}", "{{{}}}", " {} ", "urn:uuid:{}"])
def test_a_client_that_spells_its_guid_otherwise_proves_the_same_bytes(
    golden: Golden, server: GoldenServer, spelling: str
) -> None:
    """The user name is neither digested nor bound nor signed; all that is stands byte for byte as it was sent."""
    guid = golden.credentials.proxy_id
    for exchange in golden.exchanges:
        spelled = exchange.request.replace(guid.encode(), spelling.format(guid.upper()).encode())
        if exchange is not golden.exchanges[0]:  # which brings the secret along: nothing proves it but TLS
            before = server.contents()
            changed = re.sub(rb"(Attempt>)1", rb"\g<1>2", spelled)
            assert changed != spelled
            assert server.post(changed, exchange.moment).status == 500
            assert server.contents() == before
        assert server.post(spelled, exchange.moment).status == 200
        assert server.post(exchange.request, exchange.moment).status == 500, "a replay under the other spelling"


def test_a_client_of_chance_nonces_is_served(golden: Golden, server: GoldenServer) -> None:
    """Who never bound a body is taken as WS-Security has it."""
    for exchange in golden.exchanges[:2]:
        chance = with_nonce(golden, exchange.request.decode(), exchange.name.encode()[:16])
        assert server.play(type(exchange)(exchange.name, exchange.moment, chance, b"")).body == exchange.answer


def with_nonce(golden: Golden, text: str, nonce: bytes) -> bytes:
    """Return an envelope with another nonce and the digest that goes with it."""
    created = re.search(r"<wsu:Created>([^<]+)", text).group(1)  # type: ignore[union-attr]
    proof = hashlib.sha1(nonce + created.encode() + golden.credentials.secret.encode(), usedforsecurity=False).digest()
    text = re.sub(r"(?<=PasswordDigest\">)[^<]+", lambda _: base64.b64encode(proof).decode(), text)
    return re.sub(r"(?<=Nonce>)[^<]+", lambda _: base64.b64encode(nonce).decode(), text).encode()


@pytest.mark.parametrize("moved", range(1, 5))
@pytest.mark.parametrize("last", [" ", "\t", "\n", "2"])
def test_an_octet_that_changes_sides_makes_no_new_nonce(
    golden: Golden, server: GoldenServer, last: str, moved: int
) -> None:
    """The digest is over nonce and Created without a separator: no octet can be counted to the other one."""
    first = golden.exchanges[0]
    nonce = b"sixteen octets"[: 16 - moved] + last.encode() * moved
    text = with_nonce(golden, first.request.decode(), nonce).decode()
    created = re.search(r"Created>([^<]+)", text)[1]  # type: ignore[index]
    into_created = (nonce[:-moved], last * moved + created)
    into_nonce = (nonce + created[:moved].encode(), created[moved:])
    before = server.contents()
    for other_nonce, other_created in (into_created, into_nonce):
        shifted = re.sub(r"(?<=Nonce>)[^<]+", base64.b64encode(other_nonce).decode(), text)
        shifted = shifted.replace(f">{created}</wsu:Created></wsse:", f">{other_created}</wsu:Created></wsse:")
        assert b"InvalidSecurityToken" in server.post(shifted.encode(), first.moment).body
    assert server.contents() == before
    assert server.post(text.encode(), first.moment).status == 200


@pytest.mark.parametrize("inside", [False, True], ids=["beside", "inside"])
@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_version_of_ws_security_is_understood(
    golden: Golden, server: GoldenServer, signed_again: Callable[[str], str], dialect: str, *, inside: bool
) -> None:
    """Five pairs of namespaces, the timestamp inside the security header or beside it; answered in the caller's."""
    own = dict(zip(DIALECTS["2002/07"], DIALECTS[dialect], strict=True))
    for exchange in golden.exchanges:
        text = exchange.request.decode()
        for name, other in own.items():
            text = text.replace(name, other)
        if inside:
            timestamp = re.search(r"<wsu:Timestamp>.*</wsu:Timestamp>", text).group()  # type: ignore[union-attr]
            text = text.replace(timestamp, "").replace("</wsse:Security>", f"{timestamp}</wsse:Security>")
        signed = signed_again(text) if "SignatureValue" in text else text
        answer = server.play(type(exchange)(exchange.name, exchange.moment, signed.encode(), b""))
        assert answer.status == 200, answer.body
        expected = exchange.answer.decode()
        for name, other in own.items():
            expected = expected.replace(name, other)
        assert answer.body.decode() == signed_again(expected)


def test_the_password_type_of_the_final_standard_is_understood(golden: Golden, server: GoldenServer) -> None:
    """A URI there, a qualified name in the drafts."""
    first = golden.exchanges[0]
    uri = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-username-token-profile-1.0#PasswordDigest"
    changed = first_difference(first.request.decode(), 'Type="wsse:PasswordDigest"', f'Type="{uri}"')
    assert server.post(changed, first.moment).status == 200


@pytest.mark.parametrize(
    ("header", "is_refused"),
    [
        ('<x:Transaction xmlns:x="urn:x" soap-env:mustUnderstand="1">5</x:Transaction>', True),
        ('<x:Transaction xmlns:x="urn:x" soap-env:mustUnderstand="0">5</x:Transaction>', False),
        ('<x:Transaction xmlns:x="urn:x">5</x:Transaction>', False),
        (
            '<x:Transaction xmlns:x="urn:x" soap-env:mustUnderstand="1" soap-env:actor="urn:someone">5</x:Transaction>',
            False,
        ),
    ],
    ids=["mandatory", "stated optional", "optional", "for another actor"],
)
def test_a_header_that_must_be_understood_is_not_ignored(
    golden: Golden, server: GoldenServer, header: str, *, is_refused: bool
) -> None:
    """SOAP 1.1 section 4.2.3: who does not know a mandatory header block refuses the message."""
    first = golden.exchanges[0]
    before = server.contents()
    answer = server.post(
        first_difference(first.request.decode(), "</soap-env:Header>", f"{header}</soap-env:Header>"), first.moment
    )
    assert fault_like(golden, "must-understand")(answer.body) == is_refused
    assert (server.contents() == before) == is_refused
