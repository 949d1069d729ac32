"""An office that has lived for ten days, in which strangers may write; and real programs on real streams."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.contract.output.support.data_folders import DataFolders, live_ten_days
from tests.contract.output.support.programs import ForkServer, Interpreters, Programs

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def lived_in(tmp_path_factory: pytest.TempPathFactory) -> DataFolders:
    """Two printers that were registered, signed up and billed; a mail and a failure that people read."""
    return live_ten_days(tmp_path_factory.mktemp("world"))


@pytest.fixture
def folders(lived_in: DataFolders, tmp_path: Path) -> DataFolders:
    """The same data folders, in a folder of this test's own."""
    shutil.copytree(lived_in.folder, tmp_path / "folders")
    return DataFolders(tmp_path / "folders", lived_in.serial)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """Start programs in a folder of this test's own."""
    return Programs(tmp_path, Interpreters())


@pytest.fixture
def forked_programs(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Programs]:
    """The same where many are started: each is a fork of one process that has imported what they need."""
    fork_server = ForkServer(request.config.rootpath)
    yield Programs(tmp_path, fork_server)
    fork_server.close()
