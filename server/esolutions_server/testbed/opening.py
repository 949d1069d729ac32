"""Open a testbed: the default namespace on the server's database, each other one on a file of its own."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from esolutions_server.reference import open_server, stored_terms
from esolutions_server.service.errors import StartError
from esolutions_server.testbed.clock import TestbedClock
from esolutions_server.testbed.faketime import FaketimeFile
from esolutions_server.testbed.instrument import Instrument
from esolutions_server.testbed.journal.journal import Journal
from esolutions_server.testbed.journal.messages import DEFAULT_BODIES
from esolutions_server.testbed.namespace import Namespace
from esolutions_server.testbed.occupancy import occupy
from esolutions_server.testbed.snapshots import Snapshots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
    from pathlib import Path

    from esolutions_server.domain.policy import Policy
    from esolutions_server.testbed.clock import SettableClock
    from esolutions_server.testbed.journal.messages import BodyLimit

__all__ = ["open_instrument"]


def open_instrument(
    database_url: str,
    data_dir: Path,
    *,
    real: Callable[[], datetime],
    rng: random.Random,
    policy: Policy,
    seed: int | None = None,
    allow_gzip: bool = False,
    is_strict: bool = False,
    allowed_hosts: Iterable[str] = (),
    clock: SettableClock | None = None,
    sqlite_synchronous: str = "FULL",
    bodies: BodyLimit = DEFAULT_BODIES,
) -> Instrument:
    """Open a testbed.

    Args:
        database_url: of the default namespace, in SQLAlchemy's form.
        data_dir: where snapshots are, and the files of the other namespaces, which last as long as the testbed.
        real: the real time, aware UTC.
        rng: where the GUIDs of the default namespace come from.
        policy: the terms on which all of its servers run.
        seed: makes them from a seed instead, and again after a reset.
        allow_gzip: whether answers are compressed for callers that accept it.
        is_strict: whether what is only suspicious about a message is refused, too.
        allowed_hosts: names by which callers may come, for the address in the WSDL.
        clock: what all of its servers take for the time; None gives each one a clock of its own.
        sqlite_synchronous: SQLite's setting of that name, for the default namespace.
        bodies: how much of the messages is kept, of each namespace.

    Raises:
        StartError: the database cannot be used, or is none that a testbed can copy; or another one serves from there.
    """
    _check_kind(database_url)
    leave = occupy(data_dir)
    folder = data_dir / "namespaces"
    # Left by a testbed that was killed.
    shutil.rmtree(folder, ignore_errors=True)
    for left in data_dir.glob("faketime-*"):
        left.unlink()

    def open_namespace(
        name: str, url: str, drawn: random.Random, snapshots: Path, *, seed: int | str | None, synchronous: str
    ) -> Namespace:
        setting = stored_terms(url).testbed_time
        own = TestbedClock(real, setting) if clock is None else clock
        server = open_server(
            url,
            now=own,
            rng=drawn,
            policy=policy,
            allow_gzip=allow_gzip,
            allowed_hosts=allowed_hosts,
            is_strict=is_strict,
            is_testbed=True,
            sqlite_synchronous=synchronous,
            observes_changes=True,
        )

        def reseed() -> None:
            if seed is not None:
                drawn.seed(seed)

        reseed()
        faketime = FaketimeFile(data_dir / (f"faketime-{name}" if name else "faketime"), own, real)
        return Namespace(
            name, server, own, Snapshots(snapshots), Journal(server, bodies), reseed=reseed, faketime=faketime
        )

    def open_other(name: str) -> Namespace:
        folder.mkdir(mode=0o700, exist_ok=True)
        file = folder / f"{name}.sqlite"
        for left in folder.glob(f"{name}.*"):
            left.unlink() if left.is_file() else shutil.rmtree(left)
        # The same GUIDs whatever the other namespaces do.
        return open_namespace(
            name,
            f"sqlite:///{file}",
            random.Random(),  # noqa: S311 (a testbed's GUIDs)
            folder / f"{name}.snapshots",
            seed=f"namespace/{name}",
            synchronous="OFF",
        )

    drawn = rng if seed is None else random.Random()  # noqa: S311 (a testbed's GUIDs)
    kept = data_dir / "snapshots"
    try:
        default = open_namespace("", database_url, drawn, kept, seed=seed, synchronous=sqlite_synchronous)
    except BaseException:
        leave()
        raise
    return Instrument(default, open_other, leave)


def _check_kind(database_url: str) -> None:
    if make_url(database_url).get_backend_name() != "sqlite":
        raise StartError(
            "a testbed needs an SQLite database: its snapshots, forks and reset are copies of one file, made between "
            "two requests, which no other server may have open: leave out --database, or --testbed"
        )
