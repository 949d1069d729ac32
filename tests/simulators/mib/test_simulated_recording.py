"""A printer can be written down as a .snmprec file and replayed; the package brings one of each model."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from snmpsim.record.snmprec import SnmprecRecord
from typer.testing import CliRunner

from esolutions_simulators.cli import build_app
from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import NULL, Syntax, Value, oid_key
from esolutions_simulators.models import model_names
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.recordings import RECORDED_AT, recording_names, recording_path
from esolutions_simulators.recordings.snmprec import record_line, record_lines


def replayed(line: str) -> tuple[str, int, Value]:
    """Return what snmpsim reads from a line: name, tag and value."""
    oid, value = SnmprecRecord().evaluate(line.encode("latin-1") + b"\n")
    tag = value.tagSet[0].tagClass + value.tagSet[0].tagId
    if tag in (Syntax.OCTET_STRING, Syntax.IP_ADDRESS):
        return str(oid), tag, bytes(value)
    if tag == Syntax.NULL:
        return str(oid), tag, NULL
    return str(oid), tag, str(value) if tag == Syntax.OBJECT_IDENTIFIER else int(value)


@pytest.mark.parametrize("model", model_names())
def test_a_recording_of_a_model_replays_as_the_model(model: str, make_printer: Callable[..., SimulatedPrinter]) -> None:
    """Snmpsim reads from every line the name, type and value that the agent answers, in order."""
    printer = make_printer(model)
    rows = SimulatedAgent(printer).rows_at(printer.installed_at.timestamp())
    read = [replayed(line) for line in record_lines(rows)]
    # The format knows values, not octets: what is encoded as nobody should has no line.
    written = [row for row in rows if not isinstance(row[2], Encoded)]
    assert read == [(oid, int(syntax), value) for oid, syntax, value in written]
    assert [oid for oid, *_ in read] == sorted((oid for oid, *_ in read), key=oid_key)


@given(st.binary(max_size=40))
def test_any_text_survives_a_recording(text: bytes) -> None:
    """Bars, line ends, NULs, spaces at the ends and other alphabets come back as they went."""
    assert replayed(record_line("1.3.6.1", Syntax.OCTET_STRING, text)) == ("1.3.6.1", 4, text)


def test_every_model_has_a_recording_and_no_recording_lacks_its_model() -> None:
    """Adding a model is adding a file, and its recording."""
    assert recording_names() == model_names()


@pytest.mark.parametrize("model", model_names())
def test_the_recording_of_a_model_is_what_the_model_answers(model: str) -> None:
    """Octet for octet: a model that was changed is recorded again."""
    app = build_app(lambda: datetime.min.replace(tzinfo=UTC), lambda: lambda tick: tick())
    command = ["snmprec", model, "--at", RECORDED_AT]
    made = CliRunner().invoke(app, command).stdout_bytes
    path = recording_path(model)
    assert path.read_bytes() == made, f"make it again: esolutions-printers {' '.join(command)} > {path}"
    assert len(made) < 20_000
