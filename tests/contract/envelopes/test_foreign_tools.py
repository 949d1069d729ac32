"""Tools of other languages take the document as it is, and make methods of it that take a message each."""

from __future__ import annotations

import re
import subprocess
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

from esolutions_server.soap.contract.application import Contract
from esolutions_server.soap.contract.operations import OPERATIONS
from esolutions_server.soap.contract.wsdl import wsdl_document

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow


@pytest.fixture(params=["server", "client"])
def wsdl(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """The document of either side, as a file."""
    shipped = files("esolutions_client.wire") / "communication_server.wsdl"
    file = tmp_path / "communication_server.wsdl"
    is_server = request.param == "server"
    file.write_bytes(wsdl_document(Contract(), "https://localhost/") if is_server else shipped.read_bytes())
    return file


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_wsimport_makes_methods_of_one_parameter(wsdl: Path, tmp_path: Path, require: Callable[[str], str]) -> None:
    """JAX-WS, without options: in its wrapper style it refuses two children of one name and different types."""
    _run(require("wsimport"), "-Xnocompile", "-s", str(tmp_path), "-d", str(tmp_path), str(wsdl))
    (service,) = tmp_path.rglob("CommunicationServer.java")
    methods = re.findall(r"public \w+ (\w+)\(([^;]*)\);", service.read_text(encoding="utf-8"))
    assert sorted(name.lower() for name, _ in methods) == sorted(name.lower() for name in OPERATIONS)
    assert [name for name, parameters in methods if parameters.count("@WebParam") != 1] == []


def test_gsoap_makes_methods_of_a_request_and_an_answer(
    wsdl: Path, tmp_path: Path, require: Callable[[str], str]
) -> None:
    """For C and C++."""
    header = tmp_path / "service.h"
    _run(require("wsdl2h"), "-o", str(header), str(wsdl))
    methods = re.findall(r"^int __ns1__(\w+)\(([^)]*)\)", header.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(name for name, _ in methods) == sorted(OPERATIONS)
    assert {len(parameters.split("///<")) - 1 for _, parameters in methods} == {2}


def test_php_makes_methods_of_one_parameter(wsdl: Path, require: Callable[[str], str]) -> None:
    """With its own extension."""
    program = '$c = new SoapClient($argv[1]); echo implode("\\n", $c->__getFunctions());'
    lines = _run(require("php"), "-r", program, str(wsdl)).splitlines()
    methods = [re.fullmatch(r"\w+ (\w+)\(\w+ \$\w+\)", line) for line in lines]
    assert sorted(found[1] for found in methods if found is not None) == sorted(OPERATIONS)
