"""A newcomer's questions are answered by one search for the obvious noun."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

_PROGRAMS = ("client", "server", "simulators")
_MOST_HITS = 9
_CLIENT, _SERVER = "client/esolutions_client", "server/esolutions_server"
_PRINTERS = "simulators/esolutions_simulators"

# The noun that is searched for, and the modules that answer the question.
_QUESTIONS = {
    "month end": {f"{_SERVER}/domain/billing/billing_cycle.py"},
    "password digest": {f"{_CLIENT}/wire/security.py", f"{_SERVER}/soap/security.py"},
    "sync response": {f"{_SERVER}/domain/published_sizes.py"},
    "billing request to billing transaction": {f"{_CLIENT}/service/exchanges/billing/billing.py"},
    "unknown serial": {f"{_SERVER}/service/exchanges/commands/submissions.py"},
    "back-off": {f"{_CLIENT}/planning/backoff.py"},
    "quirk": {f"{_PRINTERS}/models/keys.py", f"{_PRINTERS}/models/schema.py"},
}
# What is done in several files in an order is a heading of the page on extending.
_TASKS = {"a field of a message": "field", "a quirk": "quirk"}


def _hits(root: Path, noun: str) -> set[str]:
    """Return the modules of the programs in which a noun stands, in any case, as one word or hyphened."""
    pattern = re.compile(re.sub(r"[ -]", "[ -]?", noun), re.IGNORECASE)
    modules = some(path for program in _PROGRAMS for path in (root / program).rglob("*.py"))
    found = (path for path in modules if "migrations" not in path.parts)
    return {path.relative_to(root).as_posix() for path in found if pattern.search(path.read_text(encoding="utf-8"))}


@pytest.mark.parametrize(("noun", "answering"), _QUESTIONS.items(), ids=_QUESTIONS)
def test_the_obvious_noun_finds_the_module(pytestconfig: pytest.Config, noun: str, answering: set[str]) -> None:
    """Among few others: the list is read at a glance."""
    hits = _hits(pytestconfig.rootpath, noun)
    assert answering <= hits
    assert len(hits) <= _MOST_HITS, hits


@pytest.mark.parametrize("noun", _TASKS.values(), ids=_TASKS)
def test_what_takes_several_files_is_a_heading_of_the_page_on_extending(pytestconfig: pytest.Config, noun: str) -> None:
    """With the files in their order, and the test that fails until it is done."""
    page = (pytestconfig.rootpath / "docs" / "extending.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## .*", page, re.MULTILINE)
    assert [heading for heading in headings if noun in heading.lower()]
