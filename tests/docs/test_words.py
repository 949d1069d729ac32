"""One word, one meaning: names that were given up for better ones do not come back."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = (
    "client/esolutions_client", "server/esolutions_server", "simulators/esolutions_simulators",
    "scenarios/esolutions_scenarios",
)  # fmt: skip

# The name of a module, a class or a function that says too little, and what is said instead.
RETIRED = {
    "Answer": "Response, at the client Submission, of SNMP Reply",
    "Clock": "ClockTrust: it is no clock",
    "Plan": "Schedule, or what is planned",
    "Verdict": "Plausibility",
    "Work": "UnitOfWork",
    "act": "control",
    "after": "next_state",
    "answers": "responses, replies",
    "asking": "queries",
    "calm": "quiescence",
    "ceiling": "max_plausible",
    "contact": "liveness",
    "dialects": "store/sqlite, soap/wsse_versions",
    "finding": "discovery",
    "judge": "check_plausibility",
    "life": "run",
    "live": "simulate",
    "look": "inspect",
    "moves": "spyne_compat",
    "notices": "mail",
    "proofs": "verification",
    "runner": "story_runner",
    "running": "live_servers",
    "searching": "relocation",
    "setting": "options",
    "stored": "json_codec",
    "taking": "reading_recorder",
    "terms": "policy_in_force",
    "things": "injections/hardware",
    "tracking": "printer_state",
    "watch": "online_checks",
    "ways": "injections/network",
}
# The same word where it means what it says.
ALLOWED = {
    "client/esolutions_client/cli/asking.py": {"asking"},
    "client/esolutions_client/fleet/sameness.py": {"Verdict"},
    "client/esolutions_client/store/store.py": {"watch"},
    "scenarios/esolutions_scenarios/checks/verdicts.py": {"Verdict", "judge"},
    "scenarios/esolutions_scenarios/cli/verification.py": {"running"},
    "scenarios/esolutions_scenarios/swarm/people.py": {"look"},
    "scenarios/esolutions_scenarios/swarm/runs/run.py": {"act"},
    "scenarios/esolutions_scenarios/testbed/machine.py": {"running"},
    "server/esolutions_server/domain/verification/expectations.py": {"judge"},
    "server/esolutions_server/domain/verification/follows.py": {"judge"},
    "server/esolutions_server/domain/verification/verdicts.py": {"Verdict"},
    "simulators/esolutions_simulators/life": {"life"},
    "simulators/esolutions_simulators/snmp/ready.py": {"watch"},
}
# These say nothing anywhere: neither a module nor a class, a function, a variable or an attribute is called so.
NOWHERE = {
    "Agenda": "DueTimes",
    "CommunicationServer": "SoapClient at the client, ProxyService at the server; the name is the WSDL's",
    "Reach": "SnmpTimeouts",
    "Stretch": "Segment",
    "aftermath": "final_checks",
    "chosen_at": "reregister_since",
    "commanding": "command_queue",
    "doings": "injections/operators",
    "due_work": "maintenance",
    "first_answer": "idempotency",
    "keep_answer": "journal",
    "keepsake": "reading_shadow",
    "meddling": "injections/adversary",
    "stretch": "segment",
    "owed": "awaiting_registration",
    "ProgressLine": "ProgressBar, which rich draws",
    "AlterAnswer": "AlterResponse",
    "CutAnswer": "CutResponse",
    "progress_line": "ProgressBar, which rich draws",
    "undone": "sabotage",
}
# These say nothing in one package, where there is a noun: no parameter, variable or attribute is called so.
IN_A_PACKAGE = {
    "client/esolutions_client": {
        "moment": "what happened then: read_at, sent_at, created_at; of any one, at; for a program, timestamp",
        "last_contact_at": "last_sync_at, last_result: it was written and never read",
    },
    "scenarios/esolutions_scenarios/report/drawing": {
        "moment": "at; of several, times",
        "moments": "times",
        "spell_moment": "spell_time",
    },
    "server/esolutions_server/http": {"answer": "respond, response", "_answer": "_respond"},
    "server/esolutions_server/soap": {"answer": "response", "answers": "responses", "Answer": "Response"},
    "server/esolutions_server/testbed": {
        "answer": "response",
        "answers": "responses",
    },
    "simulators/esolutions_simulators": {"moment": "at, in seconds at_epoch", "nobody": "what it is that is empty"},
}
# A name by which these packages call no variable, parameter, function or field any more, and what is said instead.
NO_MOMENT = "what happened then: read_at, sent_at, issued_at; of any one, at or time; of several, times"
MOMENTS = re.compile(r"(?:_|\b)moments?(?:_|\b)", re.IGNORECASE)
# Where it is what the public sees: a column of the journal and of the mails, a member of JSON, a word of `--help`.
PUBLIC_MOMENTS = {
    "server/esolutions_server/admin/page": {"_moment", "moment"},
    "server/esolutions_server/admin/resources/journal_schemas.py": {"moment"},
    "server/esolutions_server/cli/commands/checking.py": {"moment"},
    "server/esolutions_server/cli/commands/clock.py": {"moment"},
    "server/esolutions_server/cli/options.py": {"moment"},
    "server/esolutions_server/service/exchanges/exchange.py": {"moment"},
    "server/esolutions_server/service/people/presentation/views.py": {"moment"},
    "server/esolutions_server/service/people/shortcuts.py": {"moment"},
    "server/esolutions_server/store/repositories/records.py": {"moment"},
}
# Pronouns for a person or a part that has a name: a comment or a docstring says which. Stories tell of people.
PRONOUNS = re.compile(r"\b(?:nobody|somebody|anybody|someone|anyone|whoever)\b", re.IGNORECASE)
STORIES = "scenarios/esolutions_scenarios/stories"


def prose(source: str) -> Iterator[tuple[int, str]]:
    """Yield each comment and each docstring of a module, with the line it begins in."""
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield getattr(node, "lineno", 1), ast.get_docstring(node) or ""


def defined(module: ast.Module) -> Iterator[str]:
    """Yield the names of what a module defines, and by which it calls what it imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def called(module: ast.Module) -> Iterator[str]:
    """Yield the names by which a module calls something, without the attributes of others that it reads."""
    yield from defined(module)
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.alias(name=name) | ast.keyword(arg=str(name)):
                yield name


def used(module: ast.Module) -> Iterator[str]:
    """Yield every name of a module."""
    yield from called(module)
    for node in ast.walk(module):
        if isinstance(node, ast.Attribute):
            yield node.attr


@pytest.fixture
def root(request: pytest.FixtureRequest) -> Path:
    """Where the checkout is."""
    return request.config.rootpath


def modules(root: Path, package: str) -> list[tuple[Path, ast.Module]]:
    """Return the modules of a package, by their place in the checkout."""
    paths = some((root / package).rglob("*.py"))
    return [(path.relative_to(root), ast.parse(path.read_text(encoding="utf-8"))) for path in paths]


@pytest.mark.parametrize("package", PACKAGES)
def test_a_name_that_was_given_up_does_not_come_back(root: Path, package: str) -> None:
    """Of a module, a package, a class or a function; where the word means what it says it is listed."""
    found = set()
    for path, module in some(modules(root, package)):
        allowed = set(chain.from_iterable(ALLOWED.get(str(place), ()) for place in (path, *path.parents)))
        names = {*defined(module), path.stem, *path.parent.relative_to(package).parts}
        found |= {f"{path}: {name}, better {RETIRED[name]}" for name in names & RETIRED.keys() - allowed}
    assert found == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_word_that_says_nothing_is_not_used_at_all(root: Path, package: str) -> None:
    """Nor as a variable, a parameter or an attribute."""
    found = set()
    for path, module in some(modules(root, package)):
        names = {*used(module), path.stem, *path.parent.parts}
        found |= {f"{path}: {name}, better {NOWHERE[name]}" for name in names & NOWHERE.keys()}
    assert found == set()


@pytest.mark.parametrize("package", IN_A_PACKAGE)
def test_a_word_for_which_a_package_has_a_noun_is_not_used_in_it(root: Path, package: str) -> None:
    """Nor as a variable, a parameter or an attribute."""
    retired = IN_A_PACKAGE[package]
    found = set()
    for path, module in some(modules(root, package)):
        found |= {f"{path}: {name}, better {retired[name]}" for name in {*used(module)} & retired.keys()}
    assert found == set()


@pytest.mark.parametrize("package", ["server/esolutions_server", "scenarios/esolutions_scenarios"])
def test_a_time_is_called_by_what_happens_then(root: Path, package: str) -> None:
    """Not `moment`, but for what others read: a column, a member of JSON, a word of the command line."""
    found = set()
    for path, module in some(modules(root, package)):
        public = set(chain.from_iterable(PUBLIC_MOMENTS.get(str(place), ()) for place in (path, *path.parents)))
        names = {name for name in called(module) if MOMENTS.search(name)} - public
        found |= {f"{path}: {name}, better {NO_MOMENT}" for name in names}
    assert found == set()


@pytest.mark.parametrize("package", PACKAGES)
def test_a_comment_names_the_part_or_the_person_it_speaks_of(root: Path, package: str) -> None:
    """A caller, a client, a thread, a follower: not `whoever`."""
    paths = [path for path in (root / package).rglob("*.py") if STORIES not in path.as_posix()]
    found = []
    for path in some(paths):
        pieces = prose(path.read_text(encoding="utf-8"))
        found += [f"{path.relative_to(root)}:{line}: {text}" for line, text in pieces if PRONOUNS.search(text)]
    assert found == []


@pytest.mark.parametrize("text", ["# Whoever asks.\n", '"""Nobody asks."""\n', 'def ask():\n    """Ask anyone."""\n'])
def test_the_search_for_pronouns_sees_them(text: str) -> None:
    """In a comment, in a module's docstring and in a function's; not in what a program prints."""
    assert [line for line, piece in prose(text) if PRONOUNS.search(piece)] == [1]
    assert list(prose('print("nobody")\n')) == [(1, "")]


@pytest.mark.parametrize(("place", "words"), ALLOWED.items(), ids=ALLOWED)
def test_what_is_allowed_is_there(root: Path, place: str, words: set[str]) -> None:
    """So that the list does not outlive its reasons."""
    path = root / place
    assert path.exists()
    names = {path.stem} if path.is_dir() else {path.stem, *defined(ast.parse(path.read_text(encoding="utf-8")))}
    assert words <= names
    assert words <= RETIRED.keys()
