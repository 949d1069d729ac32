"""Back up the database of a server, put a backup in its place, or lose it.

Files only: the owner of an open database closes it first, but for a backup,
which SQLite makes of a database in use.
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from itertools import count
from pathlib import Path

__all__ = ["back_up", "lose", "put_back"]


def back_up(database: Path) -> Path:
    """Copy what is committed in a database to a file beside it, and return that file."""
    kept = next(
        path for number in count(1) if not (path := database.with_name(f"{database.stem}-{number}.backup")).exists()
    )
    with closing(sqlite3.connect(database)) as source, closing(sqlite3.connect(kept)) as target:
        source.backup(target)
    return kept


def put_back(kept: Path, database: Path) -> None:
    """Put a backup in the place of a database that is not open."""
    lose(database)
    shutil.copyfile(kept, database)


def lose(database: Path) -> None:
    """Delete a database that is not open, its log included."""
    for suffix in ("", "-wal", "-shm"):
        Path(f"{database}{suffix}").unlink(missing_ok=True)
