"""Take down what an observer of the HTTP application sees: validated as it came, then masked, then kept."""

from __future__ import annotations

import codecs
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.testbed.journal.masking import Masker
from esolutions_server.testbed.journal.messages import KeptExchange, Message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from esolutions_server.http.observation import HttpExchange
    from esolutions_server.soap.checking.report import CheckReport
    from esolutions_server.testbed.journal.validation import ContractCheck, Deviation

__all__ = ["Recorder", "text_of"]

# In a document that may not be well-formed.
_SERIAL = re.compile(r"<(?:[^\s<>/:]*+:)?SerialNumber\s*>([^<]{1,200}+)<")
_USERNAME = re.compile(r"<(?:[^\s<>/:]*+:)?Username\s*>([^<]{1,200}+)<")
_DECLARED = re.compile(rb"""^<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")


class Recorder:
    """Makes of each exchange what is kept of it."""

    def __init__(
        self,
        contract: ContractCheck,
        secret_of: Callable[[str], str | None],
        check: Callable[[bytes, str | None, str | None], CheckReport],
        keep: Callable[[KeptExchange], None],
    ) -> None:
        """Take what it needs.

        Args:
            contract: validates messages.
            secret_of: returns the secret of a proxy, to be masked wherever it stands.
            check: says of a document, its character set and its proxy's secret how it stands to each rule.
            keep: takes what is to be kept.
        """
        self._contract = contract
        self._secret_of = secret_of
        self._check = check
        self._keep = keep

    def __call__(self, seen: HttpExchange) -> None:
        """Take down an exchange; one without a row in the journal is not."""
        if seen.response.number is None:
            return
        sent, received = text_of(seen.document, seen.charset), text_of(seen.response.body, "utf-8")
        secrets = list(self._secrets(sent or ""))
        masker = Masker(secrets)
        masker.learn(sent or "", seen.request_headers)
        masker.learn(received or "", seen.response_headers)
        masker.learn(seen.url)
        request = self._contract.request(seen.document, seen.charset)
        response = self._contract.response(seen.response.body)
        kept = KeptExchange(
            number=seen.response.number,
            method=seen.method,
            url=masker.text(seen.url),
            status=seen.status,
            request=_message(masker, seen.request_headers, sent, len(seen.document), request),
            response=_message(masker, seen.response_headers, received, len(seen.response.body), response),
            connection=seen.connection,
            seconds_to_respond=seen.seconds_to_respond,
            changes=seen.response.changes,
            serials=frozenset(_serials(f"{sent} {received}")),
            sender=next(_senders(sent or ""), None),
            report=self._report(seen, secrets, masker) if seen.response.is_fault else None,
        )
        self._keep(kept)

    def _report(self, seen: HttpExchange, secrets: list[str], masker: Masker) -> CheckReport:
        report = self._check(seen.document, seen.charset, next(iter(secrets), None))
        results = (replace(result, findings=tuple(map(masker.sentence, result.findings))) for result in report.results)
        return replace(report, results=tuple(results))

    def _secrets(self, text: str) -> Iterator[str]:
        for proxy_id in _senders(text):
            secret = self._secret_of(proxy_id)
            if secret is not None:
                yield secret


def text_of(document: bytes, charset: str | None) -> str | None:
    """Return a document as text, None where it is none that could be masked.

    Args:
        document: octets.
        charset: what HTTP says of them; a byte order mark or an XML declaration says it else, and else it is UTF-8.
    """
    for name in (charset, _marked(document), "utf-8"):
        if name is not None:
            try:
                text = document.decode(name)
            except (LookupError, ValueError):
                return None
            # As UTF-16 looks that is taken for something else.
            return None if "\0" in text else text.removeprefix("\ufeff")
    return None


def _marked(document: bytes) -> str | None:
    if document.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if document.startswith((b"<\0", b"\0<")):
        return "utf-16-le" if document.startswith(b"<") else "utf-16-be"
    found = _DECLARED.match(document)
    return None if found is None else found[1].decode("ascii")


def _message(
    masker: Masker, headers: Iterable[tuple[str, str]], text: str | None, octets: int, found: list[Deviation]
) -> Message:
    body = None if text is None else masker.text(text)
    # libxml2 quotes the values that it does not like.
    deviations = tuple(replace(deviation, text=masker.sentence(deviation.text)) for deviation in found)
    return Message(masker.headers(headers), body, octets, deviations)


def _senders(text: str) -> Iterator[str]:
    for name in _USERNAME.findall(text):
        try:
            yield canonical_guid(name)
        except IdentityError:
            continue


def _serials(text: str) -> Iterator[str]:
    for serial in _SERIAL.findall(text):
        try:
            yield canonical_serial(serial)
        except IdentityError:
            continue
