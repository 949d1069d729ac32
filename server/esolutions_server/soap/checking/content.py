"""Check the content of a message: its namespaces, the schema, what its values can be, and its size."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lxml import etree

from esolutions_server.domain.devices.identity import IdentityError, canonical_guid, canonical_serial
from esolutions_server.domain.devices.serials import stands_for_none
from esolutions_server.service import messages
from esolutions_server.service.errors import NotTakenError, RefusalError
from esolutions_server.service.exchanges.suspicions import suspicions
from esolutions_server.service.exchanges.wire_ranges import (
    check_new_device,
    check_reading,
    check_request,
    check_status,
    dates_ahead,
)
from esolutions_server.soap.checking.report import Rule, RuleResult, judged
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.contract.types import NAMESPACE
from esolutions_server.soap.lexical import read_datetime
from esolutions_server.soap.spelling import documented_size
from esolutions_server.soap.wsse_versions import DEFAULT_VERSION, SECURITY_NAMESPACES, SOAP, UTILITY_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, timedelta

    from esolutions_server.service.messages import Request
    from esolutions_server.soap.contract.application import Contract
    from esolutions_server.soap.envelope import Envelope

__all__ = ["check_namespaces", "check_ranges", "check_response_ranges", "check_schema", "check_size"]

_MOST_SHOWN = 5
_GUIDS = frozenset({"ReceiptId", "InReplyTo", "ResumeAfter", "CommandId"})
_TIMES = frozenset({"IssuedAt", "AnswerBy", "PeriodStart", "PeriodEnd", "ReadNotBefore", "LastReadDate"})


def check_namespaces(envelope: Envelope) -> RuleResult:
    """Return whether the content is in the namespace of the contract, and the header in one of WS-Security's."""
    if envelope.payload.tag == f"{{{SOAP}}}Fault":
        return judged(Rule.NAMESPACES, [])
    strangers = [each for each in envelope.payload.iter("*") if _namespace(each) != NAMESPACE]
    wrong = [f"{_name(each)} is in {_namespace(each)!r}, expected {NAMESPACE}" for each in strangers[:_MOST_SHOWN]]
    if len(strangers) > _MOST_SHOWN:
        wrong.append(f"and {len(strangers) - _MOST_SHOWN} more: the namespace goes for every element of the content")
    known = {*SECURITY_NAMESPACES, *UTILITY_NAMESPACES}
    headers = {_namespace(block) for block in envelope.headers if _name(block) in {"Security", "Timestamp"}}
    wrong += [f"{each!r} is no namespace of WS-Security that is known" for each in sorted(headers - known)]
    later = sorted(headers & known - {DEFAULT_VERSION.wsse, DEFAULT_VERSION.wsu})
    return judged(Rule.NAMESPACES, wrong, [f"{each} is understood, and answered in kind" for each in later])


def check_schema(envelope: Envelope, contract: Contract) -> RuleResult:
    """Return what the WSDL's schema does not like about the content, element by element."""
    return judged(Rule.SCHEMA, contract.complaints(envelope.payload))


def check_ranges(envelope: Envelope, contract: Contract, now: datetime, freshness: timedelta) -> RuleResult:
    """Return which values of a request that fits the schema cannot be, or look wrong, at a time of the server."""
    try:
        request = contract.read(envelope.payload).request
    except RefusalError as refusal:
        return judged(Rule.RANGES, [refusal.reason])
    latest = now + freshness
    notes = [f"{name} lies in the future" for name in dates_ahead(latest, request)]
    notes += suspicions(request, now)
    return judged(Rule.RANGES, _faults(request, now, latest), notes)


def check_response_ranges(envelope: Envelope) -> RuleResult:
    """Return which ids of a response are no GUIDs, and which times are none."""
    wrong = []
    for element in envelope.payload.iter("*"):
        name, text = _name(element), element.text or ""
        try:
            if name in _GUIDS:
                canonical_guid(text)
            elif name in _TIMES:
                read_datetime(text, name=name)
        except IdentityError as error:
            wrong.append(f"{name} is {text!r}: {error}")
        except RefusalError as refusal:
            wrong.append(refusal.reason)
    return judged(Rule.RANGES, wrong)


def check_size(envelope: Envelope, octets: int) -> RuleResult:
    """Compare the size of a message with the published formula, and with its spelling in docs/wire.md."""
    name = _name(envelope.payload)
    documented = documented_size(envelope)
    devices = sum(1 for child in envelope.payload if _name(child) in {"Device", "Command"})
    published = _published(name, devices)
    about = "nobody published a size"
    if published is not None:
        about = f"{published:,} are published for {devices} {'device' if devices == 1 else 'devices'}"
    if octets != documented:
        more = f"{octets - documented:+,} for prefixes, declarations, attributes or white space of its own"
        return judged(Rule.SIZE, [], [f"{octets:,} bytes, {about}; spelled as documented {documented:,}, so {more}"])
    if published is None or octets == published:
        return RuleResult(Rule.SIZE, judged(Rule.SIZE, []).state, (f"{octets:,} bytes, {about}",))
    fields = f"{octets - published:+,} for fields and rows that are not nominal"
    return RuleResult(Rule.SIZE, judged(Rule.SIZE, []).state, (f"{octets:,} bytes, {about}, {fields}",))


def _published(name: str, devices: int) -> int | None:
    for operation in OPERATIONS.values():
        if name == operation.name:
            return operation.request_size.bytes_for(devices)
        if name == operation.response_name and operation.response_size is not None:
            return operation.response_size.bytes_for(devices)
    return None


def _faults(request: Request, now: datetime, latest: datetime) -> Iterator[str]:
    try:
        check_request(now, request)
    except RefusalError as refusal:
        yield refusal.reason
    seen = set()
    for device in getattr(request, "devices", ()):
        try:
            serial = canonical_serial(device.serial)
            _check_device(device, serial, latest)
        except (IdentityError, NotTakenError) as error:
            yield f"Device {device.serial!r}: {error}"
            continue
        if serial in seen:
            yield f"Device {device.serial!r}: it is in this message already"
        seen.add(serial)


def _check_device(device: object, serial: str, latest: datetime) -> None:
    if stands_for_none(serial):
        raise NotTakenError("that is no serial number: other printers may show the same")
    if isinstance(device, messages.NewDevice):
        check_new_device(latest, device)
        if not device.meters:
            raise NotTakenError("it has no Meter: there would be nothing to bill")
    elif isinstance(device, messages.DeviceStatus):
        check_status(latest, device)
    elif isinstance(device, messages.DeviceReading):
        check_reading(device)


def _name(element: etree._Element) -> str:
    return etree.QName(element).localname


def _namespace(element: etree._Element) -> str:
    return etree.QName(element).namespace or ""
