"""Open the file of a walk and hand out its lines, whatever wrote them; what is no such file is refused early.

Lines come one by one, so that a file costs no more memory than its longest line. What is in them is not looked at.
"""

from __future__ import annotations

import codecs
import re
import stat
from typing import TYPE_CHECKING

from esolutions_client.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import TextIOBase
    from pathlib import Path

__all__ = ["LARGEST_BYTES", "LONGEST_LINE", "WalkFileError", "lines_of", "open_lines"]

# The whole walk of a large multifunction is some 2 MB. A value is at most one datagram: 65,535 octets, four characters
# each where a tool escapes them.
LARGEST_BYTES = 64 * 1024 * 1024
LONGEST_LINE = 256 * 1024
_SAMPLE_BYTES = 4096
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_COMPRESSED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ\0", b"7z\xbc\xaf", b"\x28\xb5\x2f\xfd")
_KINDS = (
    (stat.S_ISDIR, "a directory"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
    (stat.S_ISFIFO, "a pipe"),
    (stat.S_ISSOCK, "a socket"),
)
# A carriage return ends a line where a row follows it: files of old programs have nothing else.
_CARRIAGE_RETURN = re.compile(r"(?<!\r)\r+(?=\.?(?:iso|1)\.3\.)")


class WalkFileError(UsageError):
    """A file is no recorded walk; the message names the file and what was expected."""


def open_lines(path: Path) -> Iterator[str]:
    """Yield the lines of a file without their ends. Octets that are no UTF-8 come out as surrogates.

    Raises:
        WalkFileError: it cannot be read, is no file, or is far too large to be one printer's walk.
    """
    try:
        _refuse_what_is_no_file(path)
        with path.open("rb") as file:
            sample = file.read(_SAMPLE_BYTES)
        if sample.startswith(_COMPRESSED):
            raise WalkFileError(f"{path}: this is compressed; unpack it first")
        encoding = _encoding(sample)
        errors = "surrogateescape" if encoding.startswith("utf-8") else "replace"
        with path.open(encoding=encoding, errors=errors, newline="\n") as text:
            yield from lines_of(text, str(path))
    except OSError as error:
        raise WalkFileError(f"{path}: {error.strerror or error}") from error


def lines_of(text: TextIOBase, name: str) -> Iterator[str]:
    """Yield the lines of an open text.

    Raises:
        WalkFileError: a line, or all of them, are longer than a walk's.
    """
    characters = 0
    # Never more of a line at once than a line may have.
    for number, line in enumerate(iter(lambda: text.readline(LONGEST_LINE + 2), ""), start=1):
        characters += len(line)
        if len(line) > LONGEST_LINE or characters > LARGEST_BYTES:
            raise WalkFileError(f"{name}, line {number}: longer than a printer's walk can be; this is another file")
        yield from _CARRIAGE_RETURN.split(line.removesuffix("\n").rstrip("\r"))


def _refuse_what_is_no_file(path: Path) -> None:
    """Raise for what would block or never end when it is opened and read."""
    status = path.stat()
    kind = next((words for is_kind, words in _KINDS if is_kind(status.st_mode)), None)
    if kind is not None:
        raise WalkFileError(f"{path}: this is {kind}; save the walk to a file and give its name")
    if status.st_size > LARGEST_BYTES:
        raise WalkFileError(f"{path}: larger than {LARGEST_BYTES} bytes, expected one printer's walk")


def _encoding(sample: bytes) -> str:
    """Return the encoding by the byte order mark, and for UTF-16 without one by where the NULs are."""
    marked = next((encoding for mark, encoding in _BYTE_ORDER_MARKS if sample.startswith(mark)), None)
    if marked is not None:
        return marked
    for encoding, zeros in (("utf-16-le", sample[1::2]), ("utf-16-be", sample[0::2])):
        if zeros.count(0) > 0.8 * len(zeros) > 0 and sample.count(0) < 1.2 * zeros.count(0):
            return encoding
    return "utf-8"
