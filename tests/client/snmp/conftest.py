"""Printers for these tests: recorded ones, one made of rows, and agents that misbehave."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from tests.client.snmp.support.agents import circling, deaf_to_get, endless, obliging, too_big_beyond, version_1
from tests.client.snmp.support.snmpsim import served
from tests.client.snmp.support.xerox import CANARY, xerox_rows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from esolutions_client.snmp.pdus import Value

MOMENT = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def now() -> Callable[[], datetime]:
    """A clock that stands still."""
    return lambda: MOMENT


@pytest.fixture(scope="session")
def recordings(pytestconfig: pytest.Config) -> Path:
    """The folder of recordings of real devices, which are not part of the product."""
    folder = pytestconfig.rootpath.parent / "shared" / "recordings" / "librenms"
    if not folder.is_dir():
        pytest.skip(f"no recordings of real devices at {folder}")
    return folder


@pytest.fixture(scope="session")
def cases(pytestconfig: pytest.Config) -> Path:
    """The folder of small cases made after public reports, which are not part of the product."""
    folder = pytestconfig.rootpath.parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip(f"no reported cases at {folder}")
    return folder


@pytest.fixture
def xerox() -> dict[str, Value]:
    """The rows of a colour multifunction with every kind of counter, scattered over three role devices."""
    return dict(xerox_rows())


@pytest.fixture(scope="session")
def agents() -> SimpleNamespace:
    """An obliging agent and the quirks to wrap it in."""
    return SimpleNamespace(
        obliging=obliging,
        deaf_to_get=deaf_to_get,
        too_big_beyond=too_big_beyond,
        version_1=version_1,
        circling=circling,
        endless=endless,
    )


@pytest.fixture(scope="session")
def canary() -> str:
    """What the owner of the printer wrote into its name, place and contact."""
    return CANARY


@pytest.fixture
def recorded_agents(recordings: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Every recording served by plain snmpsim over UDP, its name the community: host and port."""
    with served(recordings, tmp_path_factory.mktemp("snmpsim")) as endpoint:
        yield endpoint


@pytest.fixture(scope="module")
def case_agents(cases: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """Every `.snmprec` case served in the same way."""
    with served(cases, tmp_path_factory.mktemp("cases")) as endpoint:
        yield endpoint


@pytest.fixture
def serve_at(tmp_path: Path) -> Iterator[Callable[..., tuple[int, Callable[[], None]]]]:
    """Return what serves recordings, by community, at an address; it tells the port, and what ends it."""
    with ExitStack() as running:

        def serve(host: str, recordings: dict[str, str], port: int | None = None) -> tuple[int, Callable[[], None]]:
            folder = tmp_path / host
            (folder / "made").mkdir(parents=True)
            for community, rows in recordings.items():
                (folder / "made" / f"{community}.snmprec").write_text(rows, encoding="utf-8")
            one = running.enter_context(ExitStack())
            _, port = one.enter_context(served(folder / "made", folder, host, port))
            return port, one.close

        yield serve
