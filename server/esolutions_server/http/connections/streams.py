"""Bodies that come piece by piece, for as long as a caller reads them: a thread each, and no more than so many.

An application that waits for what it will say next registers at `esolutions.on_gone` of its environment who wakes it
when the caller has gone or the server stops; one that does not is closed when it has said its next piece.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

__all__ = ["BodyStream", "StreamPool"]

log = logging.getLogger(__name__)


class BodyStream:
    """The body of a response while it is being made: the iterable of a WSGI application (PEP 3333)."""

    def __init__(self, chunks: Iterable[bytes], on_gone: Sequence[Callable[[], None]] = ()) -> None:
        """Take what the application returned.

        Args:
            chunks: its iterable; its `close` is called once, when no thread iterates.
            on_gone: called when no more is wanted, from any thread.
        """
        self._chunks = chunks
        self._pieces = iter(chunks)
        self._on_gone = on_gone
        self._lock = threading.Lock()
        self._is_ended = self._is_running = self._is_closed = False

    def next_piece(self) -> bytes | None:
        """Return the next piece, or None where there is none or none is wanted; it may take its time.

        Raises:
            Exception: the application failed; its iterable is closed.
        """
        with self._lock:
            self._is_running = not self._is_ended
        piece: bytes | None = None
        try:
            if self._is_running:
                piece = next(self._pieces, None)
        finally:
            with self._lock:
                self._is_running = False
                self._is_ended = self._is_ended or piece is None
                is_over = self._is_ended
            if is_over:
                self.close()
        return None if is_over else piece

    def end(self) -> bool:
        """Say that no more is wanted; return whether it can be closed now, or will be by the thread that runs it."""
        with self._lock:
            self._is_ended = True
            is_idle = not self._is_running
        for told in self._on_gone:
            told()
        return is_idle

    def close(self) -> None:
        """Close the application's iterable, once."""
        with self._lock:
            is_first, self._is_closed = not self._is_closed, True
        close = getattr(self._chunks, "close", None)
        if is_first and close is not None:
            close()


class StreamPool:
    """The streams of one server, at most so many at once; `piece` and `let_go` are for its event loop."""

    def __init__(self, most: int, on_error: Callable[[BaseException], None]) -> None:
        """Begin with none.

        Args:
            most: how many may be open, those included whose application has not noticed yet that its caller has gone.
            on_error: called with what an application could not handle.
        """
        self._most = most
        self._on_error = on_error
        self._threads = ThreadPoolExecutor(max(1, most), thread_name_prefix="stream")
        self._open: set[BodyStream] = set()
        self._is_stopped = False

    def admit(self, stream: BodyStream) -> bool:
        """Take a stream; False where there are too many, or the server stops: then it is closed unread."""
        if len(self._open) >= self._most or self._is_stopped:
            return False
        self._open.add(stream)
        return True

    async def piece(self, stream: BodyStream) -> bytes | None:
        """Return the next piece of a stream, None at its end.

        Raises:
            ConnectionError: the application failed: what was sent is not the whole.
        """
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, stream.next_piece)
        except Exception as error:  # the last line before the wire; the thread that leaves the server's context gets it
            log.exception("a stream broke off")
            self._on_error(error)
            raise ConnectionError("the stream broke off") from error

    async def let_go(self, stream: BodyStream, running: asyncio.Future[bytes | None] | None) -> None:
        """Close a stream that is read no more, once the piece that is being made is there."""
        try:
            if stream.end():
                await asyncio.get_running_loop().run_in_executor(self._threads, stream.close)
            elif running is not None:
                await asyncio.wait({running})
                running.exception()  # told already
        except Exception as error:  # the same last line
            log.exception("a stream could not be closed")
            self._on_error(error)
        finally:
            self._open.discard(stream)

    def stop(self) -> None:
        """Tell all streams that no more is wanted; new ones are not taken."""
        self._is_stopped = True
        for stream in tuple(self._open):
            stream.end()

    def close(self) -> None:
        """Let go of the threads."""
        self._threads.shutdown(wait=False, cancel_futures=True)
