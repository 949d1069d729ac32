"""The codecs by which messages are read and written, held to spyne's own reading and writing of the same types."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from spyne import MethodContext
from spyne.model.complex import XmlAttribute, XmlData
from spyne.protocol.soap import Soap11

from esolutions_server.service.errors import RefusalError
from esolutions_server.soap.contract import types
from esolutions_server.soap.contract.application import Contract
from esolutions_server.soap.contract.codec import codec_of
from esolutions_server.soap.contract.types.simple import Model, Unsigned
from tests.support.messages import NAMES, NUMBERS
from tests.support.seen import some

_REQUESTS = (
    types.RegisterProxy,
    types.RegisterProxyDevices,
    types.SyncProxy,
    types.SyncProxyStatus,
    types.SubmitBillingTransaction,
)
_RESPONSES = (types.Receipt, types.SyncProxyResponse)
_TAG = f"{{{types.NAMESPACE}}}Message"


@cache
def _spyne() -> tuple[Any, Any]:
    """Return spyne's protocol for the types of the contract, and the context it asks for."""
    contract = Contract()
    application = contract.interface.app
    protocol = Soap11()
    protocol.set_app(application)
    return protocol, MethodContext(contract._transport, MethodContext.SERVER)


def _values(kind: Any) -> st.SearchStrategy[Any]:
    """Return what a member of a type may hold."""
    if issubclass(kind, Model):
        return _instances(kind)
    if issubclass(kind, XmlData):
        # spyne writes an element's own text in ASCII alone: it is a meter's digits.
        return NUMBERS.map(str)
    inner = kind.type if issubclass(kind, XmlAttribute) else kind
    return NUMBERS if issubclass(inner, Unsigned) else NAMES


def _instances(kind: Any) -> st.SearchStrategy[Any]:
    """Return instances of a complex type, with and without what may be left out."""
    members = {}
    for name, member in kind.get_flat_type_info(kind).items():
        values = _values(member)
        if member.Attributes.max_occurs > 1:
            values = st.lists(values, max_size=3)
        elif not member.Attributes.min_occurs:
            values = st.none() | values
        members[name] = values
    return st.fixed_dictionaries(members).map(lambda drawn: kind(**drawn))


def _plain(wire: Any) -> Any:
    """Return what an instance holds, without regard to its class."""
    if isinstance(wire, list):
        return [_plain(each) for each in wire]
    if not hasattr(wire, "__dict__"):
        return wire
    return {name: _plain(value) for name, value in vars(wire).items() if not name.startswith("_")}


def _written_by_spyne(kind: Any, wire: Any) -> etree._Element:
    protocol, context = _spyne()
    parent = etree.Element("parent", nsmap={"tns": types.NAMESPACE})
    protocol.to_parent(context, kind, wire, parent, types.NAMESPACE, "Message")
    return parent[0]


@pytest.mark.parametrize("kind", _RESPONSES)
@settings(max_examples=20)
@given(data=st.data())
def test_a_response_is_written_byte_by_byte_as_spyne_writes_it(kind: Any, data: st.DataObject) -> None:
    """Whatever its members hold, and whichever of them are left out."""
    wire = data.draw(_instances(kind))
    parent = etree.Element("parent", nsmap={"tns": types.NAMESPACE})
    codec_of(kind).write(parent, _TAG, wire)
    assert etree.tostring(parent[0]) == etree.tostring(_written_by_spyne(kind, wire))


@pytest.mark.parametrize("kind", _REQUESTS)
@settings(max_examples=20)
@given(data=st.data())
def test_a_request_is_read_as_spyne_reads_it(kind: Any, data: st.DataObject) -> None:
    """Of what spyne has written; white space around numbers and attributes of others included."""
    protocol, context = _spyne()
    element = _written_by_spyne(kind, data.draw(_instances(kind)))
    for child in element.iter():
        child.set("{urn:other}note", "x")
        # As much as a number may be longer than its digits.
        if (child.text or "").isdecimal() and len(child.text or "") < 9 and data.draw(st.booleans()):
            child.text = f" {child.text}\n"
    read = _plain(codec_of(kind).read(element))
    assert read == _plain(protocol.from_element(context, kind, element))
    assert some(read)


@pytest.mark.parametrize("name", [*(kind.__name__ for kind in (types.Receipt, types.SyncProxyResponse))])
def test_what_has_to_be_there_is_never_left_out(name: str) -> None:
    """An error of ours, which ends in a fault: no response of another form leaves."""
    kind = getattr(types, name)
    with pytest.raises(ValueError, match="ReceiptId is missing"):
        codec_of(kind).write(etree.Element("parent"), _TAG, kind())


def test_a_number_of_ten_thousand_zeros_is_refused() -> None:
    """The schema lets it pass, and Python would not read it."""
    sync = etree.Element(_TAG)
    etree.SubElement(sync, f"{{{types.NAMESPACE}}}Queue").text = "0" * 10_000
    with pytest.raises(RefusalError, match="a number is longer"):
        codec_of(types.SyncProxy).read(sync)
