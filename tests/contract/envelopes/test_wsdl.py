"""Two hands wrote the wire format down, the client's as a WSDL and the server's as types: they must mean the same."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from datetime import UTC, datetime
from importlib.resources import files
from random import Random

import pytest
from lxml import etree

from esolutions_scenarios.referee.wsdl_facts import Facts, read_facts
from esolutions_server import open_server
from esolutions_server.service.errors import FaultCode
from esolutions_server.soap.contract.operations import OPERATIONS
from tests.support.seen import some

WSDL = "{http://schemas.xmlsoap.org/wsdl/}"
XS = "{http://www.w3.org/2001/XMLSchema}"
NAMESPACE = "urn:smart-esolutions:communication-server:proxy"


@pytest.fixture(scope="module")
def client_wsdl() -> str:
    """The document the client ships."""
    return (files("esolutions_client.wire") / "communication_server.wsdl").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def server_wsdl() -> bytes:
    """The document the server answers with."""
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/CommunicationServer",
        "QUERY_STRING": "wsdl",
        "wsgi.input": io.BytesIO(),
    }
    rng = Random(1)
    with open_server("sqlite://", now=lambda: datetime(2026, 1, 1, tzinfo=UTC), rng=rng) as server:
        return b"".join(server.wsgi(environ, lambda *_: None))


def test_client_and_server_mean_the_same_wire(client_wsdl: str, server_wsdl: bytes) -> None:
    """Operations, elements, types, order, optionality, lengths, namespaces and actions: no fact differs."""
    assert read_facts(client_wsdl.encode()).differences(read_facts(server_wsdl)) == []


def test_the_facts_are_those_of_all_ten_messages(client_wsdl: str) -> None:
    """A comparer that reads nothing finds no difference: it must see every message and know its innermost fields."""
    facts = read_facts(client_wsdl.encode())
    assert facts.namespace == NAMESPACE
    assert sorted(facts.operations) == [
        "RegisterProxy",
        "RegisterProxyDevices",
        "SubmitBillingTransaction",
        "SyncProxy",
        "SyncProxyStatus",
    ]
    assert len({path.partition("/")[0] for path in facts.elements}) == 10
    assert facts.elements["SubmitBillingTransaction/Device/Meter/text()"] == "string(pattern=([0-9]{1,10})?)"
    assert facts.elements["SyncProxyResponse/Command/Meter/@Name"] == "string(maxLength=64, minLength=1), required"


def test_the_table_of_operations_is_complete(server_wsdl: bytes) -> None:
    """Each operation of the WSDL is a row, and each row an operation, between the elements that the row names."""
    rows = {
        row.name: f"{{{NAMESPACE}}}{row.wire_type.get_type_name()} -> {{{NAMESPACE}}}{row.response_name}"
        for row in OPERATIONS.values()
    }
    assert rows == {name: fact.partition(": ")[2] for name, fact in read_facts(server_wsdl).operations.items()}
    assert len(rows) == len(OPERATIONS) == 5


CHANGES = {
    "what a method takes": ("<jaxws:enableWrapperStyle>false<", "<jaxws:enableWrapperStyle>true<"),
    "an operation's name": ('<wsdl:operation name="SyncProxy"', '<wsdl:operation name="Synchronise"'),
    "an operation's input": ('<wsdl:input message="tns:SyncProxy"/>', '<wsdl:input message="tns:SyncProxyStatus"/>'),
    "an operation's output": ('message="tns:SyncProxyResponse"/>', 'message="tns:SyncProxyStatusReceipt"/>'),
    "an action": ('soapAction="SyncProxyStatus"', 'soapAction="urn:SyncProxyStatus"'),
    "a style": ('soapAction="SyncProxy" style="document"', 'soapAction="SyncProxy" style="rpc"'),
    "an element's name": ('<xs:element name="Queue"', '<xs:element name="Waiting"'),
    "an element more": (
        '<xs:element name="Queue" type="xs:unsignedInt"/>',
        '<xs:element name="Queue" type="xs:unsignedInt"/><xs:element name="Age" type="xs:unsignedInt"/>',
    ),
    "an element less": ('<xs:element name="Queue" type="xs:unsignedInt"/>', ""),
    "an element's type": ('name="Queue" type="xs:unsignedInt"', 'name="Queue" type="xs:int"'),
    "the order of two elements": (
        (
            '<xs:element name="Queue" type="xs:unsignedInt"/>\n          '
            '<xs:element name="FleetDigest" type="tns:Digest"/>'
        ),
        '<xs:element name="FleetDigest" type="tns:Digest"/><xs:element name="Queue" type="xs:unsignedInt"/>',
    ),
    "whether an element may be left out": ('name="FleetDigest"', 'name="FleetDigest" minOccurs="0"'),
    "whether an element must be there": (
        'name="LastPollAt" type="xs:dateTime" minOccurs="0"',
        'name="LastPollAt" type="xs:dateTime"',
    ),
    "how often an element may occur": ('type="tns:Command" minOccurs="0" maxOccurs="unbounded"', 'type="tns:Command"'),
    "whether an element may be nil": ('name="FleetDigest"', 'name="FleetDigest" nillable="true"'),
    "a least length": ('<xs:minLength value="44"/>', '<xs:minLength value="40"/>'),
    "a greatest length": ('<xs:maxLength value="32"/>', '<xs:maxLength value="33"/>'),
    "a pattern": ("[0-9]{1,6}[HMS]", "[0-9]{1,6}[MS]"),
    "a value less": ('<xs:enumeration value="Held"/>', ""),
    "a value more": ('<xs:enumeration value="Held"/>', '<xs:enumeration value="Held"/><xs:enumeration value="Lost"/>'),
    "a value's spelling": ('<xs:enumeration value="TurnOn"/>', '<xs:enumeration value="turnOn"/>'),
    "the namespace of everything": (NAMESPACE, "urn:somebody-else"),
    "the namespace of the elements": (
        f'<xs:schema targetNamespace="{NAMESPACE}" elementFormDefault="qualified">',
        f'<xs:schema targetNamespace="{NAMESPACE}">',
    ),
    "the form of one element": ('name="FleetDigest"', 'name="FleetDigest" form="unqualified"'),
    "whether the order counts": (
        '<xs:complexType name="DeviceOutcome">\n        <xs:sequence>',
        '<xs:complexType name="DeviceOutcome">\n        <xs:all>',
    ),
    "whether an attribute is required": (
        'name="Name" type="tns:MeterName" use="required"',
        'name="Name" type="tns:MeterName"',
    ),
    "an attribute's name": ('<xs:attribute name="RolloverAt"', '<xs:attribute name="RollsOverAt"'),
    "an attribute's type": ('name="RolloverAt" type="xs:unsignedInt"', 'name="RolloverAt" type="xs:string"'),
    "the type of text": ('<xs:extension base="tns:MeterValue">', '<xs:extension base="xs:string">'),
}


@pytest.mark.parametrize("change", CHANGES)
def test_the_comparer_notices(client_wsdl: str, change: str) -> None:
    """Each kind of difference between two documents is a fact."""
    assert _differences(client_wsdl, *CHANGES[change]) != []


def _differences(wsdl: str, old: str, new: str) -> list[str]:
    assert old in wsdl, f"the document does not hold {old!r}: change the test with it"
    changed = wsdl.replace(old, new)
    if "<xs:all>" in new:
        head, _, tail = changed.partition(new)
        changed = head + new + tail.replace("</xs:sequence>", "</xs:all>", 1)
    return _facts(wsdl).differences(_facts(changed))


def _facts(wsdl: str) -> Facts:
    return read_facts(wsdl.encode())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('xmlns:tns="', 'xmlns:ours="'),
        ('<xs:complexType name="Supply">', '<xs:complexType name="Consumable">'),
        ('location="https://localhost/CommunicationServer"', 'location="https://elsewhere.example/"'),
        (
            '<xs:enumeration value="TurnOn"/><xs:enumeration value="Report"/>',
            '<xs:enumeration value="Report"/><xs:enumeration value="TurnOn"/>',
        ),
    ],
    ids=["a prefix", "the name of a type", "where the server is", "the order of values"],
)
def test_the_comparer_does_not_mind(client_wsdl: str, old: str, new: str) -> None:
    """What does not show on the wire is no difference."""
    assert old in client_wsdl
    changed = client_wsdl.replace(old, new)
    if "xmlns" in old:
        changed = changed.replace('"tns:', '"ours:')
    if "complexType" in old:
        changed = changed.replace('"tns:Supply"', '"tns:Consumable"')
    assert _facts(client_wsdl).differences(_facts(changed)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('use="literal"', 'use="encoded"'),
        ('transport="http://schemas.xmlsoap.org/soap/http"', 'transport="urn:mail"'),
        ('<wsdl:output message="tns:SyncProxyResponse"/>', ""),
        ('type="tns:Digest"', ""),
    ],
    ids=["an encoding", "a transport", "a one-way operation", "a field without a type"],
)
def test_what_is_not_document_literal_soap_cannot_be_compared(client_wsdl: str, old: str, new: str) -> None:
    """A document of another kind is an error, not a set of facts."""
    assert old in client_wsdl
    with pytest.raises(ValueError, match=r".+"):
        read_facts(client_wsdl.replace(old, new).encode())


def test_the_server_says_in_its_document_what_wsdl_cannot_state(server_wsdl: bytes) -> None:
    """The security header, the signature and every fault code, as documentation where tools show it."""
    root = etree.fromstring(server_wsdl)
    told = " ".join(str(each.text) for each in some(root.iter(f"{WSDL}documentation")))
    assert {word for word in ("WS-Security", "UsernameToken", "ds:Signature", "HTTP 500") if word not in told} == set()
    assert [code for code in FaultCode if code not in told] == []
    operations = root.findall(f"{WSDL}portType/{WSDL}operation")
    assert len(operations) == len([each for each in operations if each[0].tag == f"{WSDL}documentation"]) == 5


def test_the_document_has_the_same_order_at_every_start(server_wsdl: bytes) -> None:
    """In processes that hash otherwise; types by kind and name."""
    program = "from esolutions_server.soap.contract.application import Contract as C;"
    program += "from esolutions_server.soap.contract.wsdl import wsdl_document as w;import sys;"
    program += "sys.stdout.buffer.write(w(C(), 'https://localhost/CommunicationServer'))"
    for seed in ("0", "1", "2"):
        environment = {**os.environ, "PYTHONHASHSEED": seed}
        done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True, env=environment)
        assert done.stdout == server_wsdl
    for kind in ("simpleType", "complexType"):
        names = [each.get("name") for each in etree.fromstring(server_wsdl).iter(f"{XS}{kind}")]
        assert len(names) > 5
        assert names == sorted(map(str, names))
