"""Print results on stdout and complaints on stderr; with `tables`, all of this program that meets a stream.

Whatever is printed may hold what a printer, a server or an attacker on the way
wrote: it is text, on one line, and steers nothing. A terminal gets tables that
fit it; everything else gets whole values, a record a line, and no decoration.
"""

from __future__ import annotations

import io
import json
import logging
import re
import sys
import unicodedata
from collections.abc import Iterator
from traceback import format_exception
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "PlainFormatter", "complain", "complain_of_usage", "is_terminal", "plain", "print_document",
    "print_json", "say", "say_beside", "tell_of_a_bug",
]  # fmt: skip

# Unicode, Default_Ignorable_Code_Point: letters and marks by their category, and nothing to be seen.
_UNSEEN = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
# Accents of one letter; more of them are written over the lines above and below.
_MOST_MARKS = 4
_NOT_ASCII = re.compile(r"[^\x20-\x7e\n]")


class PlainFormatter(logging.Formatter):
    """Writes a record on one line, which steers nothing.

    The lines of a traceback are indented: none is taken for the beginning of a record.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the standard library's name
        """Return the line of a record."""
        return plain(super().formatMessage(record))

    def formatException(self, ei: Any) -> str:  # noqa: N802 - the standard library's name
        """Return a traceback."""
        return "\n".join(f"  {plain(line)}" for line in super().formatException(ei).splitlines())


def tell_of_a_bug(error: BaseException) -> None:
    """Print the traceback of an unforeseen error; what it quotes steers nothing either."""
    sys.stderr.write("".join(f"{plain(line)}\n" for line in "".join(format_exception(error)).splitlines()))


def is_terminal() -> bool:
    """Whether what is printed is for a person at a terminal."""
    return sys.stdout.isatty()


def plain(text: str) -> str:
    """Return foreign text as one line without control characters: it must not steer a terminal."""
    if text.isascii() and text.isprintable():
        return text
    # Not printable are controls, formats such as bidi signs, surrogates, odd spaces and what Unicode does not assign.
    seen = "".join(letter if letter.isprintable() else " " for letter in _UNSEEN.sub(" ", text))
    return seen if seen.isascii() else _without_piles(seen)


def say(text: str) -> None:
    """Print a sentence for people."""
    sys.stdout.write(plain(text) + "\n")
    sys.stdout.flush()


def say_beside(text: str) -> None:
    """Print a sentence for people on stderr, where it does not disturb a result."""
    sys.stderr.write(plain(text) + "\n")


def complain(program: str, text: str) -> None:
    """Print on stderr what went wrong, on one line."""
    sys.stderr.write(f"{program}: {plain(text)}\n")


def complain_of_usage(error: Any) -> int:
    """Print what is wrong with the words of a command line, as the library tells it; return the exit code."""
    told = io.StringIO()
    error.show(file=told)
    sys.stderr.write("".join(plain(line) + "\n" for line in told.getvalue().splitlines()))
    return int(error.exit_code)


def print_json(document: Any, *, indent: int | None = 2, default: Callable[[Any], Any] | None = None) -> None:
    """Print one JSON document and a line end; what could steer a terminal is escaped.

    Args:
        document: what is printed; an iterator is a list, of which one row at a time is in memory.
        indent: by how much the lines of its parts are indented; None prints one line, as for an iterator.
        default: what stands for a value that JSON does not know.
    """
    is_unicode = (sys.stdout.encoding or "").lower().startswith("utf")
    spacing = None if isinstance(document, Iterator) else indent

    def spell(part: Any) -> str:
        text = json.dumps(part, indent=spacing, ensure_ascii=not is_unicode, default=default)
        return _NOT_ASCII.sub(lambda found: _escaped(found[0]), text)

    sys.stdout.writelines(_listed(map(spell, document)) if isinstance(document, Iterator) else [spell(document)])
    sys.stdout.write("\n")
    sys.stdout.flush()


def print_document(text: str) -> None:
    """Print a document of several lines: as it is, or for a terminal without what could steer it."""
    if is_terminal():
        text = "\n".join(plain(line) for line in text.replace("\r\n", "\n").split("\n"))
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _without_piles(text: str) -> str:
    kept: list[str] = []
    marks = 0
    for letter in text:
        marks = marks + 1 if unicodedata.combining(letter) else 0
        kept.append(letter if marks <= _MOST_MARKS else "")
    return "".join(kept)


def _escaped(letter: str) -> str:
    """Return a letter of a JSON string as it is where it can be seen, and else as its escape."""
    if letter.isprintable() and not _UNSEEN.match(letter):
        return letter
    octets = letter.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{octets[at]:02x}{octets[at + 1]:02x}" for at in range(0, len(octets), 2))


def _listed(parts: Iterator[str]) -> Iterator[str]:
    """Yield a JSON list of parts; nothing before the first one is there, which may fail."""
    yield f"[{next(parts, '')}"
    yield from (f", {part}" for part in parts)
    yield "]"
