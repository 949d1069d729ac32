"""Every field of the wire has a reader: a function of its receiver that uses it, outside what only translates.

The fields are those of the messages themselves, so that a new one fails here until it has its reader and its test.
"""

from __future__ import annotations

import ast
import dataclasses
import re
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from esolutions_client.wire import messages as client
from esolutions_server.domain.billing.plausibility import MeterValue
from esolutions_server.service import messages as server
from esolutions_server.service.errors import FaultCode
from tests.support.seen import some

ROOT = Path(__file__).parents[2]
CLIENT, SERVER = "esolutions_client", "esolutions_server"

# What each side receives: every field of these has to be in the table beside this file.
RECEIVED: dict[str, tuple[Any, ...]] = {
    CLIENT: (client.Receipt, client.SyncResponse, client.DeviceOutcome, client.Command, client.MeterOrder),
    SERVER: (
        server.MessageHeader, server.RegisterProxy, server.RegisterProxyDevices, server.NewDevice, server.SyncProxy,
        server.SyncProxyStatus, server.DeviceStatus, server.SubmitBillingTransaction, server.DeviceReading,
        server.SupplyLevel, MeterValue,
    ),
}  # fmt: skip

_TABLE = tomllib.loads((Path(__file__).parent / "readers.toml").read_text(encoding="utf-8"))
READERS: dict[str, list[str]] = _TABLE["client"] | _TABLE["server"]

# What translates, and reads nothing: but an answer is compared with its question before anything else sees it.
TRANSLATING = ("wire.", "soap.")
_AT_THE_GATE = {"Receipt.in_reply_to", "SyncResponse.in_reply_to"}


def fields_of(kind: Any) -> list[str]:
    """Return the names of a message's fields."""
    return [field.name for field in dataclasses.fields(kind)] if dataclasses.is_dataclass(kind) else list(kind._fields)


RECEIVED_FIELDS = {
    f"{kind.__name__}.{name}": package
    for package, kinds in RECEIVED.items()
    for kind in kinds
    for name in fields_of(kind)
}


@cache
def _tree(package: str, module: str) -> ast.Module:
    spec = find_spec(f"{package}.{module}")
    assert spec is not None, module
    assert spec.origin is not None
    return ast.parse(Path(spec.origin).read_text(encoding="utf-8"))


def attributes_read(tree: ast.Module, qualified_name: str) -> set[str]:
    """Return the attributes that a function of a module looks at."""
    body: list[ast.stmt] = tree.body
    found: ast.stmt | None = None
    for name in some(qualified_name.split(".")):
        named = (each for each in body if isinstance(each, ast.ClassDef | ast.FunctionDef) and each.name == name)
        found = next(named, None)
        assert isinstance(found, ast.ClassDef | ast.FunctionDef), qualified_name
        body = found.body
    assert found is not None
    return {node.attr for node in ast.walk(found) if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)}


@cache
def _tests() -> frozenset[str]:
    sources = (path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return frozenset(name for source in sources for name in re.findall(r"^def (test_\w+)\(", source, re.MULTILINE))


def test_the_table_has_every_field_that_is_received_and_no_other() -> None:
    """A field that is new has no reader yet; one that is gone has none any more."""
    assert set(READERS) == set(RECEIVED_FIELDS)


@pytest.mark.parametrize("field", sorted(READERS))
def test_a_field_has_a_reader_outside_what_translates(field: str) -> None:
    """The function that is named looks at it, and a test of that name shows that it matters."""
    where, function, test = READERS[field]
    module, _, renamed = where.partition(" ")
    assert field in _AT_THE_GATE or not module.startswith(TRANSLATING)
    assert (renamed or field.rpartition(".")[2]) in attributes_read(_tree(RECEIVED_FIELDS[field], module), function)
    assert test in _tests()


def test_every_message_that_is_received_is_looked_at() -> None:
    """The messages are those of the wire's two modules: a new one is not left out."""
    named = {kind.__name__ for kinds in RECEIVED.values() for kind in kinds}
    sent_by_the_client = {
        "BillingTransaction", "DeviceReading", "DeviceStatus", "Envelope", "Meter", "NewDevice", "ProxyRegistration",
        "ProxyStatus", "Registration", "Supply", "SyncRequest",
    }  # fmt: skip
    sent_by_the_server = {"Command", "DeviceOutcome", "MeterOrder", "Receipt", "SyncProxyResponse"}
    theirs = {name for name, kind in vars(client).items() if _is_message(kind, client.__name__)}
    ours = {name for name, kind in vars(server).items() if _is_message(kind, server.__name__)}
    assert theirs == (named - ours | {"Command", "DeviceOutcome", "MeterOrder", "Receipt"} | sent_by_the_client) - {
        "MeterValue"
    }
    assert ours == (named - theirs | {"DeviceReading", "DeviceStatus", "NewDevice"} | sent_by_the_server) - {
        "MeterValue"
    }


def _is_message(kind: object, module: str) -> bool:
    is_plain = isinstance(kind, type) and f"{kind.__module__}.".startswith(f"{module}.")
    return is_plain and (dataclasses.is_dataclass(kind) or hasattr(kind, "_fields"))


WIRE = ROOT / "client" / "esolutions_client" / "wire" / "communication_server.wsdl"
# Words of the page that are no fields: of WS-Security, of XML Signature, of HTTP, and of the schema's own types.
_OF_OTHERS = {"Created", "DigestValue", "Expires", "Host", "SignatureValue", "Type", "UsernameToken"}


def test_the_page_of_the_wire_names_every_field_of_it() -> None:
    """Element by element and attribute by attribute; and it names none that is not there."""
    wsdl = WIRE.read_text(encoding="utf-8")
    named = set(re.findall(r'<xs:(?:element|attribute) name="(\w+)"', wsdl))
    words = set(re.findall(r'<xs:enumeration value="(\w+)"', wsdl))
    page = (ROOT / "docs" / "wire.md").read_text(encoding="utf-8")
    told = {word for text in re.findall(r"`([^`\n]+)`", page) for word in re.findall(r"(?<![:\w])[A-Z][a-z]\w+", text)}
    assert named - told == set()
    faults = {code.value.partition(":")[2] for code in FaultCode}
    assert told - named - words - faults == _OF_OTHERS
