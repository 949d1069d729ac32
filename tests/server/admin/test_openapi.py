"""The whole admin API against its own OpenAPI document: whatever is asked is answered as the document says."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok

from tests.server.support.testbed import TOKEN, Bed
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from hypothesis.strategies import SearchStrategy
    from schemathesis import Case

# `make api-examples` asks for more, and each time for others.
_EXAMPLES = int(os.environ.get("ESOLUTIONS_API_EXAMPLES", "10"))
_SETTINGS = settings(
    max_examples=_EXAMPLES,
    deadline=None,
    database=None,
    derandomize="ESOLUTIONS_API_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def lived_in(bed: Bed) -> Bed:
    """Give a testbed that has something to show: clients, devices, exchanges, a refusal, another namespace."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    bed.world().know("ABC123456")
    proxy.sync()
    proxy.post(b"no XML")
    bed.instrument.add("left")
    bed.instrument.default.take_snapshot("begun")
    return bed


@pytest.mark.slow
@pytest.mark.parametrize("mode", list(GenerationMode))
def test_every_answer_is_as_the_document_says(lived_in: Bed, pytestconfig: pytest.Config, mode: GenerationMode) -> None:
    """Of every resource that there is, to requests that are as the document has them and to others.

    There is no error, and each answer has a status, a type and a form that the document promises.
    """
    config = SchemathesisConfig.from_path(pytestconfig.rootpath / "schemathesis.toml")
    schema = schemathesis.openapi.from_wsgi("/admin/api/openapi.json", _brief(lived_in), config=config)
    # Each request has the token: without it, all would be the same. test_access.py tries that.
    del schema.raw_schema["security"]
    found = {}
    for result in some(list(schema.get_all_operations())):
        assert isinstance(result, Ok)
        operation = result.ok()
        try:
            _ask(operation.as_strategy(generation_mode=mode))
        except FailureGroup as failures:
            found[operation.label] = [str(failure) for failure in failures.exceptions]
        except Unsatisfiable:
            # Where nothing is given, nothing can be given wrong.
            assert mode is GenerationMode.NEGATIVE
    assert not found


def test_a_promise_that_is_not_kept_is_found(lived_in: Bed) -> None:
    """By the same means: a document that promises less than is answered."""
    schema = schemathesis.openapi.from_wsgi("/admin/api/openapi.json", _brief(lived_in))
    promised = schema.raw_schema["components"]["schemas"]["Page"]["properties"]
    promised["next"] = {"type": "string"}
    operation = schema["/admin/api/journal"]["GET"]
    with pytest.raises(FailureGroup) as found:
        _ask(operation.as_strategy(generation_mode=GenerationMode.POSITIVE))
    assert "Response violates schema" in str(found.value.exceptions[0])


def _ask(cases: SearchStrategy[Case[Any]]) -> None:
    @_SETTINGS
    @given(case=cases)
    def ask(case: Case[Any]) -> None:
        case.call_and_validate(headers={"Authorization": f"Bearer {TOKEN}"})

    ask()


def _brief(bed: Bed) -> WSGIApplication:
    """Return the API for callers that have gone by the time they have asked: streams that last do not."""

    def respond(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        return bed.application({**environ, "esolutions.on_gone": lambda close: close()}, start_response)

    return respond
