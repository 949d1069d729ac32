"""Run a program of the command line from its start to its exit code, on streams that fail quietly."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

from esolutions_client.cli.console.output import PlainFormatter, complain, tell_of_a_bug
from esolutions_client.cli.console.streams import finish, open_streams

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["enter"]


def enter(program: str, start: Callable[[], int], *, extra: str | None = None) -> int:
    """Return the exit code of what `start` runs.

    Args:
        program: its name, for messages.
        start: imports what it needs, runs, and returns the code.
        extra: the extra of the distribution without which the program cannot run, if there is one.
    """
    open_streams()
    sys.excepthook = lambda _, error, __: tell_of_a_bug(error)
    threading.excepthook = _tell_of_a_thread
    if logging.lastResort is not None:
        # Where a program keeps no log, warnings of what it uses go to stderr by this.
        logging.lastResort.setFormatter(PlainFormatter())
    try:
        code = start()
    except ModuleNotFoundError as error:
        if extra is None or (error.name or "").partition(".")[0].startswith("esolutions"):
            raise
        complain(program, f"{error.name} is not installed: run pip install 'esolutions[{extra}]'")
        code = 1
    finally:
        sys.stdout.flush()
    return finish(program, code)


def _tell_of_a_thread(ended: threading.ExceptHookArgs) -> None:
    if ended.exc_value is not None and ended.exc_type is not SystemExit:
        tell_of_a_bug(ended.exc_value)
