"""Show on a terminal how far long work is: a line of stderr that rich changes in place.

A line is never wider than the terminal, and steers nothing. Anything but a terminal gets nothing of it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Self

from esolutions_client.cli.console.output import plain

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["ProgressBar"]

_BAR_COLUMNS = 12


class ProgressBar:
    """A bar with a text beside it, from the first `show` to the end of the `with` block."""

    def __init__(self, *, stays: bool = False) -> None:
        """Prepare a bar; `stays` is whether it is still to be seen at the end."""
        self.is_shown = sys.stderr.isatty()
        self._stays = stays
        self._progress: Progress | None = None
        self._task: TaskID | None = None

    def show(self, text: str, share: float) -> None:
        """Show how far it is.

        Args:
            text: in words; what others wrote may be in it.
            share: what is done of it, from 0 to 1.
        """
        if not self.is_shown:
            return
        if self._progress is None or self._task is None:
            self._progress = _progress(transient=not self._stays)
            self._progress.start()
            self._task = self._progress.add_task("", total=1.0)
        self._progress.update(self._task, description=plain(text), completed=share)
        self._progress.refresh()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()


def _progress(*, transient: bool) -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn
    from rich.table import Column

    return Progress(
        BarColumn(_BAR_COLUMNS),
        TextColumn("{task.description}", markup=False, table_column=Column(no_wrap=True, overflow="ellipsis")),
        console=Console(file=sys.stderr),
        # No thread of its own: work may go on in processes that are forked meanwhile.
        auto_refresh=False,
        transient=transient,
        redirect_stdout=False,
        redirect_stderr=False,
    )
