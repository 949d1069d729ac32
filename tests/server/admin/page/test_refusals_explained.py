"""A refusal in words on the live page: what the server says, the rule, and the line that is meant."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from tests.server.support.proxy import SECRET
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.admin.page.support.visitor import Visitor
    from tests.server.support.proxy import Proxy
    from tests.server.support.testbed import Bed


def marked(text: str) -> list[str]:
    """Return the lines that a page marks."""
    return [unescape(found) for found in re.findall(r"offending line: </span>(.*?)</mark>", text)]


def _wrong_digest(proxy: Proxy) -> bytes:
    return proxy.envelope(proxy.sync_payload(), secret="x" * 88)


def _old(proxy: Proxy) -> bytes:
    return proxy.envelope(proxy.sync_payload(), created="2020-01-01T00:00:00Z")


def _unknown_element(proxy: Proxy) -> bytes:
    return proxy.envelope(proxy.sync_payload().replace("n:InstanceId>", "n:Instance>"))


def _second_device(proxy: Proxy) -> bytes:
    payload = proxy.devices_payload(["ABC123456", "ABC123457"])
    at = payload.rindex("<n:Meter ")
    return proxy.envelope(payload[:at] + re.sub(r">\d+<", ">many<", payload[at:], count=1))


def _cut_off(proxy: Proxy) -> bytes:
    return proxy.envelope(proxy.sync_payload()).replace(b"</n:SyncProxy>", b"</n:SyncProxi>")


def _no_timestamp(proxy: Proxy) -> bytes:
    return proxy.envelope(proxy.sync_payload(), beside="")


REFUSALS = [
    (_wrong_digest, "digest", "<wsse:Password "),
    (_old, "created", "<wsu:Created>2020-01-01T00:00:00Z</wsu:Created>"),
    (_unknown_element, "schema", "<n:Instance>"),
    (_second_device, "schema", "many</n:Meter>"),
    (_cut_off, "well-formed", "</n:SyncProxi>"),
    (_no_timestamp, "timestamp", "Header>"),
]


@pytest.mark.parametrize(("write", "rule", "line"), REFUSALS)
def test_the_rule_is_named_and_the_line_is_marked(
    bed: Bed, visitor: Visitor, write: Callable[[Proxy], bytes], rule: str, line: str
) -> None:
    """On the first page, and on that of the message, one line alone."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    answer = proxy.post(write(proxy))
    assert answer.is_fault
    for shown in (visitor.get().text, visitor.get("/messages/3").text):
        assert f"<b>{rule}</b>: " in shown
        assert answer.fault in shown
        (found,) = marked(shown)
        assert line in found


def test_what_only_the_server_knows_is_said_to_be_that(bed: Bed, visitor: Visitor) -> None:
    """A message that comes twice breaks no rule by itself; the word of the server leads to the line."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    again = proxy.envelope(proxy.sync_payload())
    proxy.post(again)
    assert proxy.post(again).is_fault
    shown = visitor.get().text
    assert "breaks none" in shown
    (found,) = marked(shown)
    assert "<wsse:Nonce>" in found


def test_it_is_the_first_refusal_that_is_explained(bed: Bed, visitor: Visitor) -> None:
    """What came after it may be its consequence."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    assert "The first refusal" not in visitor.get().text
    proxy.post(_old(proxy))
    proxy.post(_cut_off(proxy))
    assert "message 3, SyncProxy</a>" in visitor.get().text


def test_no_secret_is_shown_wherever_it_was_put(bed: Bed, visitor: Visitor) -> None:
    """Not in a document, nor in what quotes it, however wrong the message is."""
    proxy = bed.world().proxy()
    proxy.post(proxy.envelope(proxy.register_payload().replace("n:InstanceId>", "n:Secret>")))
    proxy.post(proxy.envelope(proxy.register_payload().replace("</n:Secret>", "</n:Secre>")))
    proxy.register("ABC123456")
    proxy.post(proxy.envelope(proxy.sync_payload().replace(">1</n:Attempt>", f">{SECRET}</n:Attempt>")))
    pages = [visitor.get().text, *(visitor.get(f"/messages/{number}").text for number in range(1, 6))]
    assert all("[masked]" in page for page in some(pages[1:4]))
    assert not [page for page in pages if SECRET in unescape(page)]


def test_what_explains_a_refusal_quotes_nothing_that_is_masked(bed: Bed) -> None:
    """A value that stands under the name of a password is masked wherever else it stands, in the explanation, too."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    wrong = proxy.sync_payload().replace(">1</n:Attempt>", ">correct-horse</n:Attempt>")
    proxy.post(proxy.envelope(wrong, inside="<wsse:Passphrase>correct-horse</wsse:Passphrase>"))
    kept = bed.instrument.default.journal.exchange(3).kept
    assert kept is not None
    assert kept.report is not None
    findings = [finding for result in kept.report.results for finding in result.findings]
    assert "[masked]" in " ".join(findings)
    assert "correct-horse" not in " ".join(findings)


def test_a_message_is_shown_whole(bed: Bed, visitor: Visitor) -> None:
    """Both documents in lines, the formulas, and what it changed."""
    bed.world().proxy().register("ABC123456")
    shown = unescape(visitor.get("/messages/2").text)
    assert "<n:SerialNumber>ABC123456</n:SerialNumber>" in shown
    assert "= 393 x + 1,503 for x = 1" in shown
    assert "device ABC123456" in shown
    assert not marked(shown)
    assert visitor.get("/messages/99").status_code == 404


def test_hostile_text_in_a_document_stays_text(bed: Bed, visitor: Visitor) -> None:
    """As an element's text, as an attribute, and in a document that is no XML."""
    proxy = bed.world().proxy()
    evil = "<script>alert(1)</script>"
    proxy.post(proxy.envelope("<n:SyncProxy xmlns:n='urn:x'><![CDATA[" + evil + "]]></n:SyncProxy>"))
    proxy.post(f"<a><script>alert(1)</script>{evil}".encode())
    for number in (1, 2):
        shown = visitor.get(f"/messages/{number}").text
        assert "alert(1)" in shown
        assert "<script>alert" not in shown
