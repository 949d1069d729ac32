"""A pool of processes that ends at once when its work is broken off, and with the program even if that is killed.

What a job has opened is closed on the way: each process gets SIGTERM, which
unwinds the job it is at. Jobs are functions of a module, as for any pool.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context, parent_process
from multiprocessing.connection import wait
from threading import Thread
from typing import TYPE_CHECKING, Any, TypeVar

from esolutions_scenarios.processes.termination import Terminated

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["Pool", "open_pool"]

T = TypeVar("T")
_TERMINATED = 128 + signal.SIGTERM
# In each process of a pool: whether it is at a job, which has to be unwound.
_at_work = False


class Pool:
    """Processes that take jobs."""

    def __init__(self, inner: ProcessPoolExecutor) -> None:
        self._inner = inner

    def submit(self, job: Callable[..., T], *arguments: Any) -> Future[T]:
        """Hand in a job, to be done when a process is free."""
        return self._inner.submit(_do, job, *arguments)


@contextmanager
def open_pool(processes: int) -> Iterator[Pool]:
    """Yield a pool; when its block ends every job is done, and when it is broken off none goes on."""
    # Not fork: the parent may have threads, and a child must build its own world.
    inner = ProcessPoolExecutor(processes, mp_context=get_context("spawn"), initializer=_begin)
    try:
        yield Pool(inner)
    except BaseException:
        for child in active_children():
            child.terminate()
        raise
    finally:
        inner.shutdown(cancel_futures=True)


def _begin() -> None:
    """Prepare a process: Ctrl-C is for the parent, and the parent's death ends it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(signal, "SIGHUP"):
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, _terminate)
    Thread(target=_end_with_parent, name="lifeline", daemon=True).start()


def _do(job: Callable[..., T], *arguments: Any) -> T:
    global _at_work  # noqa: PLW0603 - a signal handler is handed nothing
    _at_work = True
    try:
        return job(*arguments)
    except Terminated:
        # The pool would take it for the outcome of the job, and go on with the next.
        os._exit(_TERMINATED)
    finally:
        _at_work = False


def _terminate(_number: int, _frame: object) -> None:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    if not _at_work:
        os._exit(_TERMINATED)
    raise Terminated


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        wait([parent.sentinel])
        # Not raise_signal: the main thread may be waiting, and only a signal to the process wakes it.
        os.kill(os.getpid(), signal.SIGTERM)
