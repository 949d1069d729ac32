"""Check a message of the wire offline, request or response, rule by rule in the order in which a server goes by them.

Nothing is looked up or kept: what only a server knows - who is registered, what was ordered - is not judged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.soap.checking import content, credentials
from esolutions_server.soap.checking.report import CheckReport, Rule, RuleResult, judged, skipped
from esolutions_server.soap.contract.application import Contract
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.contract.types import NAMESPACE
from esolutions_server.soap.envelope import envelope_of, parse
from esolutions_server.soap.lexical import read_datetime
from esolutions_server.soap.wsse_versions import SOAP, UTILITY_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from esolutions_server.soap.checking.credentials import Evidence
    from esolutions_server.soap.envelope import Envelope

__all__ = ["check_message"]

_EARLIER = "a rule before it is broken"
_OF_A_FAULT = "a fault has none"
_CODES = frozenset(code.value.partition(":")[2] for code in FaultCode)
Step = Callable[[], "RuleResult"]


def check_message(document: bytes, evidence: Evidence, charset: str | None = None) -> CheckReport:
    """Return how a message stands to every rule; a registration brings its own secret along.

    Args:
        document: the message.
        evidence: what is known beside it.
        charset: the character set that HTTP names; None goes by what the document says.
    """
    name: str | None = None
    found: list[RuleResult] = []
    try:
        root = parse(document, charset)
        found.append(judged(Rule.WELL_FORMED, []))
        envelope = envelope_of(root)
        name = envelope.operation
    except RefusalError as refusal:
        found.append(judged(Rule.ENVELOPE if found else Rule.WELL_FORMED, [refusal.reason]))
        return CheckReport(name, _completed(found, _EARLIER))
    found.append(judged(Rule.ENVELOPE, []))
    if envelope.payload.tag == f"{{{SOAP}}}Fault":
        found.append(_fault(envelope))
        return CheckReport(name, _completed(found, _OF_A_FAULT))
    found += _rules(envelope, len(document), replace(evidence, secret=evidence.secret or _own_secret(envelope)))
    return CheckReport(name, _completed(found, _EARLIER))


def _rules(envelope: Envelope, octets: int, evidence: Evidence) -> Iterator[RuleResult]:
    contract = Contract()
    operation = OPERATIONS.get(envelope.operation)
    is_response = envelope.operation in {each.response_name for each in OPERATIONS.values()}
    yield content.check_namespaces(envelope)
    if is_response:
        yield from credentials.check_response_header(envelope, evidence)
        yield from (skipped(rule, "an answer has no UsernameToken") for rule in _OF_A_TOKEN)
    else:
        yield from credentials.check_request_header(envelope, evidence)
    must_be_signed = is_response or (operation is not None and operation.is_signed)
    yield credentials.check_signature(envelope, evidence, must_be_signed=must_be_signed)
    schema = content.check_schema(envelope, contract)
    yield schema
    if not schema.findings:
        if is_response:
            yield content.check_response_ranges(envelope)
        else:
            yield content.check_ranges(envelope, contract, _now(envelope, evidence), evidence.freshness)
    yield content.check_size(envelope, octets)


_OF_A_TOKEN = (Rule.CREATED, Rule.NONCE, Rule.DIGEST, Rule.BINDING)


def _completed(found: Iterable[RuleResult], reason: str) -> tuple[RuleResult, ...]:
    by_rule = {result.rule: result for result in found}
    return tuple(by_rule.get(rule) or skipped(rule, reason) for rule in Rule)


def _fault(envelope: Envelope) -> RuleResult:
    code = envelope.payload.findtext("faultcode", "")
    if code.rpartition(":")[2] in _CODES:
        return judged(Rule.NAMESPACES, [], [f"{code}: {envelope.payload.findtext('faultstring', '')}"])
    return judged(Rule.NAMESPACES, [f"the faultcode {code!r} is none that docs/wire.md lists"])


def _own_secret(envelope: Envelope) -> str | None:
    return envelope.payload.findtext(f"{{{NAMESPACE}}}Secret")


def _now(envelope: Envelope, evidence: Evidence) -> datetime:
    """Return the time at the server, or the one that the message has for its own."""
    if evidence.now is not None:
        return evidence.now
    for block in envelope.root.iter("{*}Created"):
        if etree.QName(block).namespace in UTILITY_NAMESPACES:
            try:
                return read_datetime(block.text or "")
            except RefusalError:
                continue
    return read_datetime("1970-01-01T00:00:00Z")
