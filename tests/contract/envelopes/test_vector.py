"""The published test vector: what a stranger computes from its page alone is what stands in its two files.

Nothing of the product computes here: hashlib, hmac and lxml do, from what the page says is given.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from lxml import etree

from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

    from tests.contract.support.golden import Golden

SOAP = "{http://schemas.xmlsoap.org/soap/envelope/}"
WSSE = "{http://schemas.xmlsoap.org/ws/2002/07/secext}"
DS = "{http://www.w3.org/2000/09/xmldsig#}"
PROXY = "{urn:smart-esolutions:communication-server:proxy}"


@dataclass(frozen=True, slots=True)
class Page:
    """The page: its tables of names and values, and its blocks."""

    text: str
    folder: Path

    def value(self, name: str) -> str:
        """Return the value beside a name in one of the page's tables."""
        found = re.findall(rf"^\| {re.escape(name)} \| `([^`]*)` \|$", self.text, re.MULTILINE)
        assert found, f"the page has no value for {name}"
        return str(found[0])

    def blocks(self, kind: str) -> list[bytes]:
        """Return the blocks of a kind, without the line end before their fence."""
        return [block.encode() for block in re.findall(rf"```{kind}\n(.*?)\n```", self.text, re.DOTALL)]

    def file(self, name: str) -> bytes:
        """Return one of the two files."""
        return (self.folder / "vector" / name).read_bytes()

    @property
    def key(self) -> bytes:
        """The secret's characters, which are the key."""
        return self.value("secret").encode()


@pytest.fixture(scope="module")
def page(pytestconfig: pytest.Config) -> Page:
    """The page of the repository."""
    folder = pytestconfig.rootpath / "docs"
    return Page((folder / "test-vector.md").read_text(encoding="utf-8"), folder)


def _canonical(document: bytes, path: str) -> bytes:
    found = etree.fromstring(document).find(path)
    assert found is not None
    return etree.tostring(found, method="c14n", exclusive=True)


def _text(document: bytes, tag: str) -> str:
    return etree.fromstring(document).findtext(f".//{tag}", "")


def _base64(octets: bytes) -> str:
    return base64.b64encode(octets).decode()


def test_the_page_shows_both_files_byte_for_byte(page: Page) -> None:
    """And says how large they are."""
    files = [page.file("request.xml"), page.file("answer.xml")]
    assert page.blocks("xml") == files
    assert "{:,} and {:,} bytes".format(*map(len, files)) in page.text


def test_the_page_spells_what_is_digested(page: Page) -> None:
    """The canonical body and the canonical SignedInfo of the request, octet for octet, with their lengths."""
    request = page.file("request.xml")
    body, info = _canonical(request, f"{SOAP}Body"), _canonical(request, f".//{DS}SignedInfo")
    assert page.blocks("text") == [body, info]
    assert f"{len(body):,} octets" in page.text
    assert f"of {len(info)} octets" in page.text
    assert hashlib.sha256(body).hexdigest() in page.text


def test_the_nonce_binds_the_body(page: Page) -> None:
    """The random part, then ten octets of an HMAC over label, random, created and canonical body."""
    random, created = bytes.fromhex(page.value("random")), page.value("created").encode()
    body = _canonical(page.file("request.xml"), f"{SOAP}Body")
    mac = hmac.digest(page.key, b"\0".join((b"smart-esolutions:nonce:1", random, created, body)), "sha256")
    assert page.value("HMAC") == mac.hex()
    assert page.value("nonce: random and the first 10 octets of it") == (random + mac[:10]).hex()
    assert page.value("`wsse:Nonce`, in Base64") == _base64(random + mac[:10])
    assert _text(page.file("request.xml"), f"{WSSE}Nonce") == _base64(random + mac[:10])


def test_the_digest_proves_the_secret(page: Page) -> None:
    """SHA-1 over the nonce's octets, created and the secret's characters."""
    nonce = bytes.fromhex(page.value("nonce: random and the first 10 octets of it"))
    digest = hashlib.sha1(nonce + page.value("created").encode() + page.key).digest()  # noqa: S324 (the standard's)
    assert (page.value("SHA-1"), page.value("`wsse:Password`, in Base64")) == (digest.hex(), _base64(digest))
    assert _text(page.file("request.xml"), f"{WSSE}Password") == _base64(digest)


@pytest.mark.parametrize("name", ["request.xml", "answer.xml"])
def test_the_signature_is_over_the_body(page: Page, name: str) -> None:
    """The request's and the answer's, under the same secret; the page has the values of both."""
    document = page.file(name)
    digest = _base64(hashlib.sha256(_canonical(document, f"{SOAP}Body")).digest())
    value = _base64(hmac.digest(page.key, _canonical(document, f".//{DS}SignedInfo"), "sha256"))
    assert (_text(document, f"{DS}DigestValue"), _text(document, f"{DS}SignatureValue")) == (digest, value)
    assert f"`{digest}`" in page.text
    assert f"`{value}`" in page.text
    assert etree.fromstring(document).find(f".//{DS}Reference").get("URI") == "#body"  # type: ignore[union-attr]


def test_the_answer_names_the_request(page: Page) -> None:
    """By the id of its message."""
    asked = _text(page.file("request.xml"), f"{PROXY}MessageId")
    assert asked
    assert _text(page.file("answer.xml"), f"{PROXY}InReplyTo") == asked


def test_the_fleet_digests_are_of_sorted_lines(page: Page) -> None:
    """Of no printer, of one, and of two that are not named in their order."""
    rows = re.findall(r"^\| ([^|]+) \| `([^`]{44})` \|$", page.text.partition("## 7.")[2], re.MULTILINE)
    assert len(rows) == 3
    for named, digest in some(rows):
        serials = sorted(re.findall("`([^`]+)`", named))
        assert digest == _base64(hashlib.sha256("\n".join(serials).encode()).digest())


def test_client_and_server_speak_the_vector(page: Page, golden: Golden) -> None:
    """It is one of the golden exchanges, which both sides are held to byte for byte."""
    exchange = next(each for each in golden.exchanges if each.name.startswith("6-"))
    assert (page.file("request.xml"), page.file("answer.xml")) == (exchange.request, exchange.answer)
