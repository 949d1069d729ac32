"""Standard output and standard error, wherever they lead: any terminal, a pipe, a full disk, nowhere.

A stream that fails stops nothing: a command is done to its end, and `finish`
tells afterwards what became of its output. What is written is not looked at.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import sys
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

__all__ = ["READER_GONE", "finish", "open_streams"]

# POSIX shells report 128 + 13 for a program that SIGPIPE ended, such as the first one of `yes | head`.
READER_GONE = 141
_ERRORS = "esolutions-client.spelled"
# What a terminal of few letters shows for the typographic ones.
_SPELLINGS = {
    "\u2026": "...", "\u2013": "-", "\u2014": "-", "\u2018": "'", "\u2019": "'", "\u201c": '"', "\u201d": '"',
    "\u2022": "*", "\u00b7": "*", "\u00d7": "x", "\u2192": "->", "\u2190": "<-", "\u2264": "<=", "\u2265": ">=",
}  # fmt: skip


class _Outlet(io.RawIOBase):
    """What lies under a stream; once it has failed it keeps the reason, and takes everything for written."""

    def __init__(self, inner: io.RawIOBase) -> None:
        self._inner = inner
        self.failure: OSError | None = None

    def writable(self) -> bool:
        return True

    def fileno(self) -> int:
        return self._inner.fileno()

    def isatty(self) -> bool:
        return self._inner.isatty()

    def write(self, data: ReadableBuffer, /) -> int | None:
        if self.failure is None:
            try:
                # A pipe that another program has set so answers None where it is full.
                while (written := self._inner.write(data)) is None:
                    select.select([], [self], [])
            except OSError as error:
                self.failure = error
            else:
                return written
        return memoryview(data).nbytes


def open_streams() -> None:
    """Make the standard streams fit for whatever they lead to; done once, when the program starts."""
    codecs.register_error(_ERRORS, _spelled)
    _occupy_standard_descriptors()
    sys.stdout = _stream(sys.stdout)
    sys.stderr = _stream(sys.stderr)


def finish(program: str, code: int) -> int:
    """Write what waits, and return the exit code: `code`, or what says that the output did not arrive."""
    sys.stdout.flush()
    failure = _failure(sys.stdout)
    if failure is not None:
        if failure.errno == errno.EPIPE or (os.name == "nt" and failure.errno == errno.EINVAL):
            code = READER_GONE
        else:
            sys.stderr.write(f"{program}: the output cannot be written: {failure.strerror}\n")
            code = code or 1
    sys.stderr.flush()
    return code


def _failure(stream: TextIO) -> OSError | None:
    raw = getattr(getattr(stream, "buffer", None), "raw", None)
    return raw.failure if isinstance(raw, _Outlet) else None


def _stream(found: TextIO | None) -> TextIO:
    """Return a stream that leads where the one that was found does, or nowhere if there is none."""
    if found is None:
        # A daemon's or a window's program; the file lives as long as the program.
        return open(os.devnull, "w", encoding="utf-8")  # noqa: PTH123
    buffer = getattr(found, "buffer", None)
    if buffer is None:
        return found
    found.flush()
    outlet = _Outlet(getattr(buffer, "raw", buffer))
    return io.TextIOWrapper(
        io.BufferedWriter(outlet),
        encoding=found.encoding,
        errors=_ERRORS,
        line_buffering=outlet.isatty() or found is sys.stderr,
        write_through=bool(getattr(found, "write_through", False)),
    )


def _occupy_standard_descriptors() -> None:
    """Let no file that is opened later get a closed standard stream's number, and what is printed."""
    descriptor = os.open(os.devnull, os.O_RDWR)
    while descriptor <= 2:
        descriptor = os.open(os.devnull, os.O_RDWR)
    os.close(descriptor)


def _spelled(error: UnicodeError) -> tuple[str, int]:
    """Spell what a stream's character set does not have: `...`, or the escape that JSON knows, too."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    return "".join(_SPELLINGS.get(letter) or _escape(letter) for letter in letters), error.end


def _escape(letter: str) -> str:
    octets = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{octets[at]:02x}{octets[at + 1]:02x}" for at in range(0, len(octets), 2))
