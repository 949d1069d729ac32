"""Two printers that show one serial number, on real UDP: told of, never merged, and neither followed to the other."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.cli.app import run

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.wire

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FIRST, SECOND = "127.0.0.31", "127.0.0.32"
MASK, SERIAL = "XXXXXXXXXX", "ABC123456"
Serve = Callable[..., tuple[int, Callable[[], None]]]


@pytest.fixture
def twins(serve_at: Serve, cases: Path) -> tuple[int, Callable[[], None]]:
    """Serve both cases, masked and with one serial number in common; return their port, and what ends the first."""
    rows = [(cases / f"{case}.snmprec").read_text() for case in ("30b-same-serial-first", "30c-same-serial-second")]
    first, second = ({"masked": one, "public": one.replace(MASK, SERIAL)} for one in rows)
    port, switch_off = serve_at(FIRST, first)
    serve_at(SECOND, second, port)
    return port, switch_off


def test_one_serial_is_told_of_and_never_followed(
    twins: tuple[int, Callable[[], None]], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Masked they have none. With one in common both addresses are named, and the first printer keeps its own.

    With the first one off, the second has printed a thousand pages too many to be it.
    """
    port, switch_first_off = twins

    def discover(*words: str) -> dict[str, Any]:
        given = ["discover", *words, "--port", str(port), "--json", "--data-dir", str(tmp_path / "client")]
        clock: Any = {"now": lambda: NOW, "monotonic": lambda: 0.0, "wait": lambda _: None}
        assert run(given, **clock, rng=Random(1)) == 0
        document: dict[str, Any] = json.loads(capsys.readouterr().out)
        return document

    masked = discover(FIRST, SECOND, "--community", "masked")
    assert [x["serial_number"] for x in masked["found"]] == [None, None]
    assert (masked["new"], masked["duplicates"]) == ([], [])
    assert discover(FIRST)["new"] == [SERIAL]
    both = discover(FIRST, SECOND)
    (twice,) = both["duplicates"]
    assert (twice["serial_number"], sorted(twice["addresses"])) == (SERIAL, [f"{FIRST}:{port}", f"{SECOND}:{port}"])
    states = {x["host"]: x["state"] for x in both["found"]}
    assert states == {FIRST: "discovered", SECOND: None}
    alone = discover(SECOND)
    assert (alone["moved"], alone["held"], alone["new"]) == ([], [], [])
    switch_first_off()
    left = discover(SECOND)
    assert (left["moved"], left["held"]) == ([], [SERIAL])
