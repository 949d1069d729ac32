"""The snapshots of a namespace: files with names, each a whole database that says what its clock showed."""

from __future__ import annotations

import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["MOST_SNAPSHOTS", "NoSuchSnapshotError", "Snapshot", "Snapshots"]

# Of one namespace: a test that forgets to remove its own does not fill the disk.
MOST_SNAPSHOTS = 100
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
_SUFFIX = ".sqlite"


class NoSuchSnapshotError(LookupError):
    """There is no snapshot of that name."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A snapshot and its size in bytes."""

    name: str
    size_bytes: int


class Snapshots:
    """A folder of snapshots; it is made when it is needed first."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def every(self) -> tuple[Snapshot, ...]:
        """Return the snapshots by their names."""
        files = sorted(self._folder.glob(f"*{_SUFFIX}")) if self._folder.is_dir() else []
        return tuple(Snapshot(file.stem, file.stat().st_size) for file in files if _NAME.fullmatch(file.stem))

    def find(self, name: str) -> Snapshot:
        """Return the snapshot of that name.

        Raises:
            NoSuchSnapshotError: there is none.
        """
        return Snapshot(name, self.file_of(name).stat().st_size)

    def file_of(self, name: str) -> Path:
        """Return the file of a snapshot.

        Raises:
            NoSuchSnapshotError: there is none of that name.
        """
        file = self._folder / f"{name}{_SUFFIX}"
        if not _NAME.fullmatch(name) or not file.is_file():
            raise NoSuchSnapshotError(f"there is no snapshot {name!r}: take it first")
        return file

    def new_file(self, name: str) -> Path:
        """Return where a snapshot shall be, in the place of one of that name.

        Raises:
            AdministrationError: that can be no name, or there are too many.
        """
        if not _NAME.fullmatch(name):
            raise AdministrationError(
                "the name of a snapshot has 1 to 64 letters, digits, - and _, and begins with none of these two"
            )
        known = {snapshot.name for snapshot in self.every()}
        if name not in known and len(known) >= MOST_SNAPSHOTS:
            raise AdministrationError(f"there are {MOST_SNAPSHOTS} snapshots: remove one first")
        return self._made() / f"{name}{_SUFFIX}"

    def remove(self, name: str) -> None:
        """Remove a snapshot.

        Raises:
            NoSuchSnapshotError: there is none of that name.
        """
        self.file_of(name).unlink()

    def clear(self) -> None:
        """Remove all snapshots."""
        for snapshot in self.every():
            self.remove(snapshot.name)

    @contextmanager
    def scratch(self, name: str) -> Iterator[Path]:
        """Give a place for a copy that is no snapshot; it is gone afterwards."""
        file = self._made() / f".{name}{_SUFFIX}"
        try:
            yield file
        finally:
            file.unlink(missing_ok=True)

    def _made(self) -> Path:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self._folder
