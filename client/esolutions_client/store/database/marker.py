"""Remember beside the store that there is one: a store that has vanished is no new installation.

The file is written once the store holds its tables, and is never read: that it
is there is what it says. The words in it are for the person who opens it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.errors import StoreError

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Marker"]

_TEXT = (
    "{store} beside this file is the store of an esolutions-client. Where it is missing, put a backup copy of it"
    " there. Delete this file only to begin anew: as another client, whose printers are registered again.\n"
)


class Marker:
    """The file beside one store."""

    def __init__(self, store: Path) -> None:
        self._store = store
        self._path = store.with_suffix(".marker")

    @property
    def is_there(self) -> bool:
        """Whether the store had its tables at some time."""
        return self._path.exists()

    def check(self) -> None:
        """Refuse to take a store that is gone for one that never was.

        Raises:
            StoreError: it was there, and is missing or has no content; the text says what to do.
        """
        if self.is_there and not (self._store.exists() and self._store.stat().st_size):
            raise self._gone()

    def check_schema(self, version: int) -> None:
        """Refuse to take a store without tables for one that is new.

        Raises:
            StoreError: it had tables once, and has none.
        """
        if version == 0 and self.is_there:
            raise self._gone()

    def _gone(self) -> StoreError:
        state = "is empty" if self._store.exists() else "is gone"
        return StoreError(
            f"the store {self._store} {state}, though this client had one: put a backup copy of it there; to begin anew"
            f" as another client, whose printers are registered again, delete {self._path} first"
        )

    def leave(self) -> None:
        """Write the file, unless it is there; a disk without room for it loses nothing but this help."""
        if self.is_there:
            return
        try:
            self._path.touch(mode=0o600)
            self._path.write_text(_TEXT.format(store=self._store.name), encoding="utf-8")
        except OSError:
            return  # the next program to open the store tries again
