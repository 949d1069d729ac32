"""The fixtures for other people's tests, and the example that documents them."""

from __future__ import annotations

import re
import ssl
import urllib.request
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.read_once import read_printer
from esolutions_scenarios.faults import http, machine, printer, snmp
from esolutions_server.client import TestbedRefusedError
from esolutions_server.domain.verification import Count, Matcher

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.live_servers import RunningPrinters, RunningReference
    from esolutions_scenarios.virtual_time.timeline import Timeline

pytest_plugins = ["pytester"]


@pytest.mark.slow
@pytest.mark.parametrize(("page", "examples"), [("pytest-plugin.md", 3), ("faults.md", 1)])
def test_the_documented_examples_pass(
    page: str, examples: int, pytester: pytest.Pytester, pytestconfig: pytest.Config
) -> None:
    """The lines, copied, are a test that runs."""
    text = (pytestconfig.rootpath / "docs" / page).read_text(encoding="utf-8")
    found = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    pytester.makepyfile(**{f"test_example_{number}": example for number, example in enumerate(found)})
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=examples)


def test_the_page_of_faults_names_every_fault(pytestconfig: pytest.Config) -> None:
    """A fault that no page names is not found."""
    text = (pytestconfig.rootpath / "docs" / "faults.md").read_text(encoding="utf-8")
    assert _faults() <= set(re.findall(r"`(\w+)", text))


def test_every_fault_is_tried(pytestconfig: pytest.Config) -> None:
    """By a test, a story or a mishap: one that is never made may do anything."""
    package = pytestconfig.rootpath / "scenarios" / "esolutions_scenarios"
    folders = (pytestconfig.rootpath / "tests" / "scenarios", package / "stories", package / "swarm")
    modules = [module for folder in folders for module in folder.rglob("*.py")]
    made = {name for module in modules for name in re.findall(r"\b([A-Z]\w+)\(", module.read_text(encoding="utf-8"))}
    assert _faults() <= made


def _faults() -> set[str]:
    types = {"HttpFault", "MachineFault", "PrinterFault", "Proceed", "SnmpFault"}
    return {*http.__all__, *snmp.__all__, *machine.__all__, *printer.__all__} - types


@pytest.mark.wire
def test_the_server_fixture_answers_https_with_its_own_authority(communication_server: RunningReference) -> None:
    """A test under its authority reads the WSDL; without it, it does not."""
    context = ssl.create_default_context(cafile=str(communication_server.ca_file))
    with urllib.request.urlopen(f"{communication_server.url}?wsdl", context=context) as answer:  # noqa: S310 - loopback
        assert b"CommunicationServer" in answer.read()
    assert communication_server.url.startswith("https://")


@pytest.mark.wire
def test_the_server_fixture_verifies_what_came_and_advances_with_the_timeline(
    communication_server: RunningReference, timeline: Timeline
) -> None:
    """A span that passes at the server passes everywhere; what is not met fails with what came closest."""
    start = timeline.now()
    communication_server.advance(timedelta(hours=2))
    assert timeline.now() == start + timedelta(hours=2)
    communication_server.verify(Count(Matcher("SyncProxy"), at_most=0))
    with pytest.raises(AssertionError, match=r"NOT MET: at least 1 SyncProxy.*\n.*there were 0"):
        communication_server.verify(Count(Matcher("SyncProxy"), at_least=1))
    with pytest.raises(TestbedRefusedError, match="does not go back"):
        communication_server.testbed.set_clock(start)


@pytest.mark.slow
def test_a_failure_shows_what_the_server_saw(pytester: pytest.Pytester) -> None:
    """The journal and the virtual time are a section of the report; a pass shows neither."""
    pytester.makepyfile(
        """
        import ssl, urllib.error, urllib.request

        def ask(server):
            context = ssl.create_default_context(cafile=str(server.ca_file))
            request = urllib.request.Request(server.url, b"<x/>", {"Content-Type": "text/xml"})
            try:
                urllib.request.urlopen(request, context=context)
            except urllib.error.HTTPError as error:
                error.close()

        def test_one_that_fails(communication_server):
            ask(communication_server)
            assert not communication_server.administration.journal()

        def test_one_that_passes(communication_server):
            ask(communication_server)
        """
    )
    result = pytester.runpytest_subprocess("-q", "-rA")
    result.assert_outcomes(passed=1, failed=1)
    result.stdout.fnmatch_lines(["*Communication Server at 2026-01-05T09:00:00Z: the last exchanges*", "*a stranger*"])
    assert str(result.stdout).count("the last exchanges") == 1


@pytest.mark.wire
def test_the_printers_of_the_fixture_follow_the_timeline(
    printer_fleet: Callable[..., RunningPrinters], timeline: Timeline
) -> None:
    """Their counters are those of the virtual moment."""
    printers = printer_fleet(2, "nominal")
    host, _, port = printers.endpoints[1].rpartition(":")
    reading = read_printer(PysnmpPort(), Target(host, int(port)), now=timeline.now)
    printer = printers.fleet.printers[1]
    assert reading.serial_number == printer.serial
    assert {m.name: m.value for m in reading.meters} == printer.counters_at(timeline.now())


@pytest.mark.slow
def test_an_error_inside_the_server_fails_the_test_that_caused_it(pytester: pytest.Pytester) -> None:
    """An unforeseen error is answered with a fault and raised when the fixture ends."""
    pytester.makepyfile(
        """
        import ssl, urllib.error, urllib.request
        from unittest.mock import patch

        def test_it(communication_server):
            context = ssl.create_default_context(cafile=str(communication_server.ca_file))
            request = urllib.request.Request(communication_server.url, b"<x/>", {"Content-Type": "text/xml"})
            with patch("esolutions_server.soap.endpoint.open_envelope", side_effect=ZeroDivisionError("unforeseen")):
                try:
                    urllib.request.urlopen(request, context=context)
                except urllib.error.HTTPError as error:
                    error.close()
        """
    )
    result = pytester.runpytest_subprocess("-q")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*unforeseen*"])


@pytest.mark.slow
def test_loading_the_plugin_imports_nothing_of_the_product(pytester: pytest.Pytester) -> None:
    """Projects that have it installed and do not use it pay nothing."""
    pytester.makepyfile(
        """
        import sys

        def test_it():
            loaded = [name for name in sys.modules if name.startswith(("esolutions_server", "spyne", "zeep", "pysnmp"))]
            assert not loaded
        """
    )
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)
