"""Explain a refusal: the rule that is broken, what the server says, and the lines of the message that are meant."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.admin.page.layout import laid_out, root_of
from esolutions_server.soap.checking.report import Rule, State

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from esolutions_server.admin.page.layout import Line
    from esolutions_server.service.people.presentation.views import ExchangeView
    from esolutions_server.soap.checking.report import CheckReport, RuleResult
    from esolutions_server.testbed.journal.journal import WholeExchange

__all__ = ["RULES", "Explanation", "explanation_of", "offending"]

# What each rule asks for, in words (docs/wire.md).
RULES = {
    Rule.WELL_FORMED: "A message is one well-formed XML document, without a document type.",
    Rule.ENVELOPE: "It is an envelope of SOAP 1.1 with one element in its Body.",
    Rule.NAMESPACES: "The content is in the namespace of the WSDL, and the header in those of WS-Security.",
    Rule.HEADER: "The header has one Security with one UsernameToken, which names the proxy by its GUID.",
    Rule.TIMESTAMP: "One Timestamp says when the message was made and until when it is good.",
    Rule.CREATED: "Created of the UsernameToken is close to the server's clock.",
    Rule.NONCE: "The Nonce is Base64 of at least 16 octets, and serves once.",
    Rule.DIGEST: "The Password is Base64 of SHA-1 over Nonce, Created and the secret's 88 characters.",
    Rule.BINDING: "The Nonce carries the digest of the Body, once the proxy has begun with that.",
    Rule.SIGNATURE: "A billing transaction is signed: HMAC-SHA-256 under the secret's 88 characters, over the Body.",
    Rule.SCHEMA: "The content fits the schema of the WSDL: elements, their order, their types.",
    Rule.RANGES: "Values lie within what they can be.",
    Rule.SIZE: "The size is compared with the published one.",
}
# Where a rule looks, when the sentence names nothing more exact.
_PLACES: Mapping[Rule | None, tuple[str, ...]] = {
    Rule.HEADER: ("UsernameToken", "Security", "Header"),
    Rule.TIMESTAMP: ("Timestamp", "Header"),
    Rule.CREATED: ("UsernameToken/Created", "UsernameToken"),
    Rule.NONCE: ("Nonce", "UsernameToken"),
    Rule.DIGEST: ("Password", "UsernameToken"),
    Rule.BINDING: ("Nonce",),
    Rule.SIGNATURE: ("SignatureValue", "Signature", "Security"),
    Rule.ENVELOPE: ("Body", "Envelope"),
}
_PATH = re.compile(r"^([A-Za-z_][\w.-]*+(?:\[\d+\])?(?:/[A-Za-z_][\w.-]*+(?:\[\d+\])?)*+): ")
_STEP = re.compile(r"([\w.-]+)(?:\[(\d+)\])?")
_QUOTED = re.compile(r"'([^']{1,200})'")
_WORD = re.compile(r"[A-Za-z]{4,}")
_IN_THE_NAME = re.compile(r" \(in the name of [^)]*\)$")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a message was refused.

    Attributes:
        row: of the exchange.
        broken: the first rule that the message breaks by itself; None where it breaks none, or is not kept.
        requirement: what that rule asks for.
        report: every rule; None where the message is not kept.
        lines: the message in lines, the offending ones marked; none where it is not kept.
    """

    row: ExchangeView
    broken: RuleResult | None
    requirement: str
    report: CheckReport | None
    lines: list[Line]


def explanation_of(exchange: WholeExchange) -> Explanation:
    """Return the explanation of an exchange that was refused."""
    kept = exchange.kept
    report = None if kept is None else kept.report
    broken = next((each for each in report.results if each.state == State.BROKEN), None) if report else None
    text = None if kept is None else kept.request.body
    sentences = broken.findings if broken else (_IN_THE_NAME.sub("", exchange.row.note),)
    root = root_of(text) if text else None
    marked = [] if root is None else list(offending(root, broken.rule if broken else None, sentences))
    lines = laid_out(text, marked, root) if text else []
    return Explanation(exchange.row, broken, RULES[broken.rule] if broken else "", report, lines)


def offending(root: etree._Element, rule: Rule | None, sentences: tuple[str, ...]) -> Iterator[etree._Element]:
    """Yield the elements of a message that sentences about a rule mean, an element a sentence at the most."""
    for sentence in sentences:
        ways = (
            _by_path(root, sentence),
            _by_value(root, sentence),
            *(_by_place(root, place) for place in _PLACES.get(rule, ())),
            _by_word(root, sentence),
        )
        yield from [element for element in ways if element is not None][:1]


def _by_path(root: etree._Element, sentence: str) -> etree._Element | None:
    """Return what a path such as `SyncProxy/Device[2]/SerialNumber` leads to, as far as that is there."""
    path = _PATH.match(sentence)
    if path is None:
        return None
    first, *rest = _STEP.findall(path[1])
    at = next((each for each in _elements(root) if _local(each) == first[0]), None)
    for name, number in rest:
        if at is None:
            return None
        found = [child for child in at if isinstance(child.tag, str) and _local(child) == name]
        wanted = int(number or 1)
        if wanted > len(found):
            return at
        at = found[wanted - 1]
    return at


def _by_value(root: etree._Element, sentence: str) -> etree._Element | None:
    for value in _QUOTED.findall(sentence):
        for element in _elements(root):
            if value in {(element.text or "").strip(), *element.attrib.values()}:
                return element
    return None


def _by_place(root: etree._Element, place: str) -> etree._Element | None:
    parent, _, name = place.rpartition("/")
    for element in _elements(root):
        above = element.getparent()
        if _local(element) == name and (not parent or (above is not None and _local(above) == parent)):
            return element
    return None


def _by_word(root: etree._Element, sentence: str) -> etree._Element | None:
    by_name: dict[str, etree._Element] = {}
    for element in _elements(root):
        by_name.setdefault(_local(element).lower(), element)
    return next((by_name[word.lower()] for word in _WORD.findall(sentence) if word.lower() in by_name), None)


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return root.iter("*")


def _local(element: etree._Element) -> str:
    return etree.QName(element).localname
