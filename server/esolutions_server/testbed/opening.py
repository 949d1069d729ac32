"""Open a testbed: the default namespace on the server's database, each other one on a file of its own."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from esolutions_server.reference import open_server, stored_terms
from esolutions_server.testbed.clock import TestbedClock
from esolutions_server.testbed.instrument import Instrument
from esolutions_server.testbed.namespace import Namespace

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from esolutions_server.domain.policy import Policy
    from esolutions_server.testbed.clock import SettableClock

__all__ = ["open_instrument"]


def open_instrument(
    database_url: str,
    data_dir: Path,
    *,
    real: Callable[[], datetime],
    rng: random.Random,
    policy: Policy,
    allow_gzip: bool = False,
    clock: SettableClock | None = None,
    sqlite_synchronous: str = "FULL",
) -> Instrument:
    """Open a testbed.

    Args:
        database_url: of the default namespace, in SQLAlchemy's form.
        data_dir: where the other namespaces have their files, which last as long as the testbed.
        real: the real time, aware UTC.
        rng: where GUIDs come from.
        policy: the terms on which all of its servers run.
        allow_gzip: whether answers are compressed for callers that accept it.
        clock: what all of its servers take for the time; None gives each one a clock of its own.
        sqlite_synchronous: SQLite's setting of that name, for the default namespace.

    Raises:
        StartError: the database cannot be used.
    """
    folder = data_dir / "namespaces"
    # Left by a testbed that was killed.
    shutil.rmtree(folder, ignore_errors=True)

    def open_namespace(name: str, url: str, drawn: random.Random, synchronous: str) -> Namespace:
        setting = stored_terms(url).testbed_time
        own = TestbedClock(real, setting) if clock is None else clock
        server = open_server(
            url,
            now=own,
            rng=drawn,
            policy=policy,
            allow_gzip=allow_gzip,
            is_testbed=True,
            sqlite_synchronous=synchronous,
        )
        return Namespace(name, server, own)

    def open_other(name: str) -> Namespace:
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{name}.sqlite"
        for left in folder.glob(f"{name}.sqlite*"):
            left.unlink()
        # The same GUIDs whatever the other namespaces do.
        drawn = random.Random(f"namespace/{name}")  # noqa: S311 (a testbed's GUIDs)
        return open_namespace(name, f"sqlite:///{file}", drawn, "OFF")

    return Instrument(open_namespace("", database_url, rng, sqlite_synchronous), open_other)
