"""Messages to SOAP bytes and back, through zeep and the WSDL that this package ships.

`encode` gives exactly the bytes that go over the wire; `decode` takes what came
back and gives an answer that is signed by the server, or raises. No socket is
opened here, and no document type or entity is ever resolved.
"""

from __future__ import annotations

from datetime import time, timedelta
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from lxml import etree

from esolutions_client.errors import ClockError, CredentialError, ProtocolError, RejectedError, UnreachableError
from esolutions_client.wire import messages as m
from esolutions_client.wire.lexical import format_datetime, format_span, format_time_of_day, parse_datetime, parse_span
from esolutions_client.wire.security import SOAP, WSSE, WSU, binding_nonce, security_header
from esolutions_client.wire.signature import SignatureError, sign, verify

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.wire.security import Credentials

__all__ = ["OPERATIONS", "decode", "encode", "operation_of"]

OPERATIONS: dict[type[m.Request], str] = {
    m.ProxyRegistration: "RegisterProxy",
    m.Registration: "RegisterProxyDevices",
    m.SyncRequest: "SyncProxy",
    m.ProxyStatus: "SyncProxyStatus",
    m.BillingTransaction: "SubmitBillingTransaction",
}
# What a billed value rests on is signed; docs/wire.md says why the others are not.
_SIGNED = "SubmitBillingTransaction"

# wsse:FailedAuthentication and its kin, and a stale timestamp, pass when clocks or credentials are put right:
# the message itself is sound and must not be given up for them.
_PASSING_FAULTS = ("FailedCheck", "InvalidSecurity")

# What the dataclass calls `read_date`, the wire calls `ReadDate`; one span is written in hours, one in days.
_SPAN_UNITS = {"sync_window": "H"}


def operation_of(request: m.Request) -> str:
    """Return the operation that carries this request."""
    return OPERATIONS[type(request)]


def encode(
    envelope: m.Envelope, request: m.Request, credentials: Credentials, *, random: bytes, created_at: datetime
) -> bytes:
    """Return the HTTP body of one attempt to deliver a request.

    Args:
        envelope: what the request says about itself.
        request: the content.
        credentials: whose digest goes into the header and whose secret signs.
        random: 8 fresh random octets for the nonce.
        created_at: when this attempt is made; the server compares it with its clock.
    """
    operation = operation_of(request)
    fields = {**_fields_of(envelope), **_fields_of(request)}
    if isinstance(request, m.ProxyRegistration):
        # Who registers begins anew: there is no receipt to acknowledge, and no field for one.
        fields.pop("LastReceiptId", None)
    root = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap-env": SOAP, "wsse": WSSE, "wsu": WSU})
    header = etree.SubElement(root, f"{{{SOAP}}}Header")
    body = etree.SubElement(root, f"{{{SOAP}}}Body")
    # zeep takes plain dicts as they are; making objects of its own of them first would cost as much again.
    _operations()[operation].input.body.render(body, fields)
    signature = sign(body, credentials.secret) if operation == _SIGNED else None
    nonce = binding_nonce(random, format_datetime(created_at), body, credentials.secret)
    security, timestamp = security_header(credentials, nonce=nonce, created_at=created_at)
    header.extend([security, timestamp])
    if signature is not None:
        security.append(signature)
    return etree.tostring(root, xml_declaration=True, encoding="utf-8")


def decode(operation: str, message_id: str, body: bytes, credentials: Credentials) -> m.Response:
    """Return the answer to the message `message_id`, checked and signed.

    Raises:
        RejectedError: a SOAP fault that the same message would meet again.
        UnreachableError: a SOAP fault of the server's making; it may pass.
        ProtocolError: anything else: not SOAP, not signed, not an answer to this message.
    """
    root = _parse(body)
    bodies = root.findall(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or len(bodies) != 1 or len(bodies[0]) != 1:
        raise ProtocolError("the answer is not a SOAP envelope with one body and one element in it")
    content = bodies[0]
    if content[0].tag == f"{{{SOAP}}}Fault":
        raise _fault(content[0])
    expected = _operations()[operation].output
    # zeep reads any element whose fields it finds; the receipt of one operation must not acknowledge another.
    if content[0].tag != expected.body.qname:
        raise ProtocolError(f"the answer is not a {etree.QName(expected.body.qname).localname}")
    try:
        verify(root, content, credentials.secret)
        response = _response(expected.deserialize(root))
    except SignatureError as error:
        raise ProtocolError(f"the answer is not the Communication Server's: {error}") from error
    except Exception as error:
        # zeep raises its own, lxml's and bare IndexError or TypeError for malformed answers.
        raise ProtocolError(f"the answer cannot be read: {error}") from error
    if response.in_reply_to.lower() != message_id.lower():  # a GUID is the same in upper case
        raise ProtocolError(f"the answer is to message {response.in_reply_to}, not to {message_id}")
    return response


@cache
def _operations() -> dict[str, Any]:
    """Return zeep's operation objects by name, from the WSDL in this package."""
    # To load it takes as long as a round of polls, which mostly sends nothing.
    import zeep

    wsdl = files("esolutions_client.wire") / "communication_server.wsdl"
    client = zeep.Client(str(wsdl))
    return dict(client.service._binding._operations)  # noqa: SLF001 - zeep offers no public way to serialise without sending


def _fields_of(value: Any) -> dict[str, Any]:
    """Return a message's fields under their wire names, the absent ones left out."""
    fields: dict[str, Any] = {}
    for name in value.__slots__:
        item = getattr(value, name)
        if item is None:
            continue
        fields[_WIRE_NAMES.get(name) or _pascal(name)] = _wire_value(name, item)
    return fields


_WIRE_NAMES = {"devices": "Device", "meters": "Meter", "supplies": "Supply"}


@cache
def _pascal(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def _wire_value(name: str, value: Any) -> Any:
    if isinstance(value, tuple):
        return [_item(item) for item in value]
    if isinstance(value, timedelta):
        return format_span(value, _SPAN_UNITS.get(name, "S"))
    if isinstance(value, time):
        return format_time_of_day(value)
    if hasattr(value, "astimezone"):
        return format_datetime(value)
    return value


def _item(value: Any) -> dict[str, Any]:
    if isinstance(value, m.Meter):
        # An empty text, not none at all: the row has both its tags.
        meter: dict[str, Any] = {"_value_1": "" if value.value is None else str(value.value), "Name": value.name}
        if value.rollover_at is not None:
            meter["RolloverAt"] = value.rollover_at
        return meter
    return _fields_of(value)


def _parse(body: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise ProtocolError(f"the answer is not XML: {error}") from error
    if root.getroottree().docinfo.doctype:  # type: ignore[union-attr]
        raise ProtocolError("the answer has a document type, which SOAP forbids")
    # Canonicalisation leaves comments out, a reader of text may stop at one: what is verified must be what is read.
    if next(root.iter(etree.Comment, etree.ProcessingInstruction), None) is not None:
        raise ProtocolError("the answer has a comment or a processing instruction in it")
    return root


def _fault(fault: etree._Element) -> ProtocolError | RejectedError | UnreachableError:
    code = (fault.findtext("faultcode") or "").strip()
    reason = (fault.findtext("faultstring") or "").strip()
    local = code.rpartition(":")[2]
    kind = local.split(".")[0]
    if kind == "Server":
        return UnreachableError(f"the server could not do it: {reason}")
    if kind == "MessageExpired":
        return ClockError(f"{code}: {reason}")
    if kind == "FailedAuthentication":
        return CredentialError(f"{code}: {reason}")
    if kind in _PASSING_FAULTS:
        return ProtocolError(f"{code}: {reason}")
    return RejectedError(code, reason)


def _response(value: Any) -> m.Response:
    # The dicts inside zeep's objects: each look at an attribute of these costs a call or two.
    fields = value.__values__
    beginning = (fields["ReceiptId"], fields["InReplyTo"], parse_datetime(fields["IssuedAt"]))
    if "Command" in fields:
        commands = tuple(_command(command.__values__) for command in fields["Command"])
        return m.SyncResponse(*beginning, commands, fields["ResumeAfter"])
    outcomes = tuple(_outcome(device.__values__) for device in fields["Device"])
    return m.Receipt(*beginning, outcomes, fields["ResumeAfter"])


def _outcome(fields: dict[str, Any]) -> m.DeviceOutcome:
    return m.DeviceOutcome(fields["SerialNumber"], m.Outcome(fields["Outcome"]), fields["Reason"])


def _command(fields: dict[str, Any]) -> m.Command:
    return m.Command(
        command_id=fields["CommandId"],
        serial_number=fields["SerialNumber"],
        action=fields["Action"],
        issued_at=parse_datetime(fields["IssuedAt"]),
        answer_by=parse_datetime(fields["AnswerBy"]),
        frequency=fields["Frequency"],
        period_start=parse_datetime(fields["PeriodStart"]),
        period_end=parse_datetime(fields["PeriodEnd"]),
        read_not_before=parse_datetime(fields["ReadNotBefore"]),
        poll_interval=parse_span(fields["PollInterval"]),
        silent_after=parse_span(fields["SilentAfter"]),
        low_supply_percent=fields["LowSupplyPercent"],
        repeat=fields["Repeat"],
        meters=tuple(_order(meter.__values__) for meter in fields["Meter"]),
    )


def _order(fields: dict[str, Any]) -> m.MeterOrder:
    read_date = fields["LastReadDate"]
    return m.MeterOrder(
        fields["Name"], fields["LastValue"], None if read_date is None else parse_datetime(read_date), fields["Ceiling"]
    )
