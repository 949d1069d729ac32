"""Find the testbed that serves from a data directory: what it left there says where it is."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.admin.access import read_serving_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from esolutions_server.cli.options import Setting
    from esolutions_server.client import TestbedClient

__all__ = ["Namespace", "running_testbed", "serves_testbed"]

Namespace = Annotated[str, typer.Option(help="The namespace of the testbed; the default one has no name.")]


@contextmanager
def running_testbed(setting: Setting, data_dir: Path | None, namespace: str) -> Iterator[TestbedClient]:
    """Give the client of the testbed that serves from a data directory.

    Raises:
        TestbedUnreachableError: none does.
    """
    from esolutions_server.client import TestbedClient, TestbedUnreachableError

    folder = setting.existing_data_dir(data_dir)
    serving = read_serving_file(folder)
    if serving is None or serving.admin_url is None or serving.admin_token is None:
        text = f"no testbed serves from {folder}: start `esolutions-server serve --testbed --data-dir {folder}`"
        raise TestbedUnreachableError(text)
    try:
        with TestbedClient(serving.admin_url, serving.admin_token, namespace) as client:
            yield client
    except TestbedUnreachableError as error:
        # One that was killed has left its address there.
        text = f"{error}; if it has ended, start `esolutions-server serve --testbed --data-dir {folder}`"
        raise TestbedUnreachableError(text) from error


def serves_testbed(setting: Setting, data_dir: Path | None) -> bool:
    """Whether a testbed serves from a data directory, and answers: one that was killed has left its address there."""
    from esolutions_server.client import TestbedRefusedError, TestbedUnreachableError

    try:
        with running_testbed(setting, data_dir, "") as testbed:
            testbed.clock()
    except (TestbedRefusedError, TestbedUnreachableError):
        return False
    return True
