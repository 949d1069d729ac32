"""The offline check and the golden envelopes mean the same wire: each of them holds every rule, to the byte."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_server.soap.checking.check import check_message
from esolutions_server.soap.checking.credentials import Evidence
from esolutions_server.soap.checking.report import State
from tests.contract.support.golden import FOLDER, SECRET
from tests.support.seen import some

if TYPE_CHECKING:
    from tests.contract.support.golden import Golden


def test_every_golden_envelope_holds_every_rule(golden: Golden) -> None:
    """Requests and answers, at their moments: nothing is broken or noted, and each is spelled as it is documented."""
    for exchange in some((*golden.exchanges, *golden.restored, *golden.later)):
        for document in (exchange.request, exchange.answer):
            report = check_message(document, Evidence(SECRET, exchange.moment, timedelta(minutes=5)))
            told = [each for each in report.results if each.state in {State.BROKEN, State.NOTED}]
            assert told == [], exchange.name


def test_every_golden_fault_has_a_code_that_is_known() -> None:
    """A fault says nothing else that could be checked."""
    for file in some(sorted(FOLDER.glob("fault-*.xml"))):
        report = check_message(file.read_bytes(), Evidence(None, None, timedelta(minutes=5)))
        assert (report.message, report.holds) == ("Fault", True)
    unknown = file.read_bytes().replace(b"soap11env:Server", b"soap11env:Busy")
    assert not check_message(unknown, Evidence(None, None, timedelta(minutes=5))).holds
