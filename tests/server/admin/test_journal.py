"""The journal by the admin API."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from tests.server.support.envelopes import ENVELOPE
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from werkzeug.test import TestResponse
    from werkzeug.wrappers import Response

    from tests.server.support.proxy import Proxy
    from tests.server.support.testbed import Bed

JOURNAL = "/admin/api/journal"
SERIAL = "ABC123456"


@pytest.fixture
def proxy(bed: Bed) -> Proxy:
    """Give a proxy that has registered, with a device, in two exchanges."""
    made = bed.world().proxy()
    made.register(SERIAL)
    return made


def _numbers(answer: TestResponse) -> list[int]:
    assert answer.json is not None
    return [row["number"] for row in answer.json["exchanges"]]


def _events(answer: Response, count: int) -> Iterator[dict[str, Any]]:
    """Yield the first events of a stream."""
    pieces = answer.iter_encoded()
    while count:
        for event in next(pieces).decode().split("\n\n"):
            fields = dict(line.partition(": ")[::2] for line in event.splitlines())
            if fields.get("event") == "exchange":
                count -= 1
                yield {"id": int(fields["id"]), **json.loads(fields["data"])}


def test_a_search_is_answered_a_page_at_a_time(bed: Bed, proxy: Proxy) -> None:
    """With the key of the next one."""
    proxy.sync()
    first = bed.ask("GET", f"{JOURNAL}?limit=2")
    assert (_numbers(first), first.json["next"] if first.json else 0) == ([1, 2], 2)
    last = bed.ask("GET", f"{JOURNAL}?limit=2&after=2")
    assert (_numbers(last), last.json["next"] if last.json else 0) == ([3], None)
    assert _numbers(bed.ask("GET", f"{JOURNAL}?order=newest&before=3")) == [2, 1]


def test_a_search_names_things_in_any_spelling(bed: Bed, proxy: Proxy) -> None:
    """A GUID with braces, a serial number in lower case, a moment of another zone."""
    guid = f"%7B{proxy.guid.upper()}%7D"
    assert _numbers(bed.ask("GET", f"{JOURNAL}?proxy={guid}&operation=RegisterProxy")) == [1]
    assert _numbers(bed.ask("GET", f"{JOURNAL}?serial={SERIAL.lower()}")) == [2]
    assert _numbers(bed.ask("GET", f"{JOURNAL}?since=2026-01-01T04:00:00%2B01:00")) == [1, 2]
    assert _numbers(bed.ask("GET", f"{JOURNAL}?until=2026-01-01T04:00:00%2B01:00")) == []
    assert not proxy.post(b"no XML").body.startswith(b"no")
    assert _numbers(bed.ask("GET", f"{JOURNAL}?outcome=refused")) == [3]
    assert _numbers(bed.ask("GET", f"{JOURNAL}?outcome=soap11env:Client")) == [3]


@pytest.mark.parametrize(
    "query",
    [
        "proxy=mine", "serial=%07", "operation=Sync", "since=yesterday", "limit=0", "limit=1001", "after=-1", "after=x",
        "order=up", "proxi=x", "until=0001-01-01T00:00:00%2B14:00", f"after={2**63}",
    ],
)  # fmt: skip
def test_what_cannot_be_searched_for_is_refused(bed: Bed, query: str) -> None:
    """With status 422 and the key."""
    answer = bed.ask("GET", f"{JOURNAL}?{query}")
    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json["errors"]["query"] if answer.json else False


def test_an_exchange_is_shown_whole(bed: Bed, proxy: Proxy) -> None:
    """Both messages, HTTP's part, what changed, and what deviates."""
    proxy.post(proxy.envelope(proxy.sync_payload()), HTTP_X_TRACE="7", QUERY_STRING="a=b", HTTP_HOST="testbed:1")
    shown = bed.ask("GET", f"{JOURNAL}/3").json
    assert shown is not None
    assert (shown["operation"], shown["outcome"], shown["serials"]) == ("SyncProxy", "receipt", [])
    assert shown["http"]["url"] == "http://testbed:1/CommunicationServer?a=b"
    assert {"name": "x-trace", "value": "7"} in shown["request"]["headers"]
    assert {"name": "Content-Length", "value": "1425"} in shown["response"]["headers"]
    assert shown["request"]["bytes"] == shown["bytes_in"] == len(shown["request"]["body"]) + 28 - len("[masked]")
    assert "SyncProxyResponse" in shown["response"]["body"]
    assert {change["field"] for change in shown["changes"]} == {"reason"}
    assert [deviation["rule"] for deviation in shown["request"]["deviations"]] == ["size"]
    assert bed.ask("GET", f"{JOURNAL}/99").status_code == 404
    assert bed.ask("GET", f"{JOURNAL}/{2**63}").status_code == 404


def test_an_exchange_of_an_earlier_run_has_its_row(bed: Bed, proxy: Proxy) -> None:
    """What is not kept is null."""
    bed.instrument.default.journal.forget()
    shown = bed.ask("GET", f"{JOURNAL}/2").json
    assert shown is not None
    assert (shown["number"], shown["http"], shown["request"], shown["response"]) == (2, None, None, None)
    assert (shown["changes"], shown["serials"]) == ([], [])


def test_a_stream_brings_what_comes(bed: Bed, proxy: Proxy) -> None:
    """As server-sent events; one that broke off goes on after the last id that it brought."""
    with bed.ask("GET", f"{JOURNAL}/stream") as answer:
        assert answer.mimetype == "text/event-stream"
        assert next(answer.iter_encoded()).startswith(b": ")
        proxy.sync()
        assert [(event["id"], event["operation"]) for event in _events(answer, 1)] == [(3, "SyncProxy")]
    with bed.ask("GET", f"{JOURNAL}/stream?after=2", headers={"Last-Event-ID": "1"}) as resumed:
        assert [event["number"] for event in _events(resumed, 2)] == [2, 3]
    with bed.ask("GET", f"{JOURNAL}/stream?after=0&operation=SyncProxy") as filtered:
        assert [event["number"] for event in _events(filtered, 1)] == [3]


def test_a_stream_ends_where_nobody_reads_it(bed: Bed, proxy: Proxy) -> None:
    """The listener tells it; it holds no thread then."""
    gone: list[Callable[[], None]] = []
    with bed.ask("GET", f"{JOURNAL}/stream", environ_overrides={"esolutions.on_gone": gone.append}) as answer:
        pieces = answer.iter_encoded()
        assert next(pieces)
        some(gone)[0]()
        assert next(pieces, None) is None


def test_lines_are_exported_whole(bed: Bed, proxy: Proxy) -> None:
    """Each as the API shows that exchange."""
    answer = bed.ask("GET", f"{JOURNAL}/export/jsonl?operation=RegisterProxyDevices")
    assert answer.mimetype == "application/x-ndjson"
    (line,) = answer.text.splitlines()
    assert json.loads(line) == bed.ask("GET", f"{JOURNAL}/2").json


def test_an_archive_is_exported_as_the_format_has_it(bed: Bed, proxy: Proxy) -> None:
    """HAR 1.2: every field that it demands, of its type; times in milliseconds."""
    proxy.post(proxy.envelope(proxy.sync_payload()), QUERY_STRING="a=b")
    log = json.loads(bed.ask("GET", f"{JOURNAL}/export/har").text)["log"]
    assert (log["version"], set(log["creator"])) == ("1.2", {"name", "version"})
    assert len(log["entries"]) == 3
    for entry in some(log["entries"]):
        assert set(entry) >= {"startedDateTime", "time", "request", "response", "cache", "timings"}
        assert entry["time"] == pytest.approx(sum(entry["timings"].values()))
        assert set(entry["timings"]) == {"send", "wait", "receive"}
        sent, got = entry["request"], entry["response"]
        common = {"httpVersion", "cookies", "headers", "headersSize", "bodySize"}
        assert set(sent) == common | {"method", "url", "queryString", "postData"}
        assert set(sent["postData"]) == {"mimeType", "params", "text"}
        assert set(got) == common | {"status", "statusText", "content", "redirectURL"}
        assert (got["status"], got["content"]["size"]) == (200, got["bodySize"])
    assert log["entries"][2]["request"]["queryString"] == [{"name": "a", "value": "b"}]
    bed.instrument.default.journal.forget()
    assert json.loads(bed.ask("GET", f"{JOURNAL}/export/har").text)["log"]["entries"] == []


def test_each_namespace_has_its_journal(bed: Bed, proxy: Proxy) -> None:
    """By its prefix."""
    bed.instrument.add("left")
    bed.world("left").proxy(2).register()
    assert _numbers(bed.ask("GET", f"/ns/left{JOURNAL}")) == [1]
    left = bed.ask("GET", f"/ns/left{JOURNAL}/1").json
    assert left is not None
    assert left["proxy_id"] != proxy.guid


SECRET, STRANGERS = (base64.b64encode(hashlib.sha512(whose).digest()).decode() for whose in (b"canary", b"stranger"))
CANARIES = [f"canary{number}-Zx9" for number in range(13)]


def _misuse(bed: Bed) -> None:
    """Send secrets by every way on which a client may send one, right or wrong."""
    proxy = bed.world().proxy(secret=SECRET)
    text, weak, cookie, basic, key, parameter, json_field, misplaced, comment, attribute, long, broken, known = CANARIES
    right = {"HTTP_COOKIE": f"id={cookie}", "HTTP_X_API_KEY": key, "QUERY_STRING": f"access_token={parameter}"}
    credentials = base64.b64encode(f"proxy:{basic}".encode()).decode()
    proxy.post(proxy.envelope(proxy.register_payload()), HTTP_AUTHORIZATION=f"Basic {credentials}", **right)
    proxy.send(proxy.sync_payload(), digest=text, kind="wsse:PasswordText")
    proxy.send(proxy.sync_payload().replace("Scheduled", SECRET))
    for secret in (weak, long * 20, f"<![CDATA[{comment}]]>", f"{attribute}<b/>"):
        other = bed.world().proxy(2, secret=secret)
        other.send(other.register_payload())
    stranger = bed.world().proxy(4, secret=STRANGERS)
    stranger.send(stranger.sync_payload().replace("Scheduled", STRANGERS))
    third = bed.world().proxy(3, secret=f"{known}{'x' * 88}"[:88])
    third.register()
    third.send(third.sync_payload().replace("Scheduled", third.secret))
    proxy.post(f'{{"secret": "{json_field}"}}'.encode(), CONTENT_TYPE="application/json")
    proxy.send(f'<x password="{misplaced}"/>')
    proxy.post(f"<Secret>{broken}".encode())
    proxy.post(proxy.envelope(proxy.register_payload()).decode().encode("utf-16"))
    bed.instrument.default.advance(timedelta(hours=1))
    proxy.sync()


def test_no_secret_is_kept_shown_streamed_or_exported(bed: Bed) -> None:
    """Whatever a client sends where: of each canary there is no trace but the database's own copy of a secret."""
    _misuse(bed)
    journal = bed.instrument.default.journal
    texts = [repr([journal.exchange(number) for number in range(1, journal.newest + 1)])]
    paths = ("", *(f"/{number}" for number in range(1, journal.newest + 1)), "/export/jsonl", "/export/har")
    texts += [bed.ask("GET", JOURNAL + path).text for path in paths]
    with bed.ask("GET", f"{JOURNAL}/stream?after=0") as answer:
        texts += [json.dumps(event) for event in _events(answer, journal.newest)]
    for text in some(texts):
        for canary in [*CANARIES, SECRET[:20], STRANGERS[:20], base64.b64encode(b"proxy:").decode().rstrip("=")]:
            assert canary not in text
        assert "</wsse:Password>" not in text or "[masked]</wsse:Password>" in text
    assert ENVELOPE.template.count("wsse:Password") == 2


def test_a_digest_is_no_less_a_secret(bed: Bed, proxy: Proxy) -> None:
    """Who has it before the server has seen its nonce can send another body with it."""
    envelope = proxy.envelope(proxy.sync_payload())
    digest = envelope.partition(b'PasswordDigest">')[2].partition(b"<")[0].decode()
    proxy.post(envelope)
    shown = bed.ask("GET", f"{JOURNAL}/3")
    assert len(digest) == 28
    assert digest not in shown.text
