"""Read the configuration file, and say of each mistake where it is.

A mistake is one sentence: file, line, key, what was expected, what was found.
The file has no tables; which keys it has is said by its reader, and
nothing is written.
"""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

__all__ = ["ConfigError", "Key", "read_config"]

_LONGEST_FOUND = 60
# What may end what a line has begun, for the reader to take the lines up to there for a file.
_ENDINGS = ("", "\n]", '\n"""', "\n'''")


class ConfigError(UsageError):
    """A configuration file cannot be read, says something unknown, or says it wrongly."""

    def __init__(self, file: str, line: int, key: str, expected: str, found: str) -> None:
        super().__init__(f"{file}:{line}: {key or 'the file'}: expected {expected}, found {found}")
        self.file, self.line, self.key, self.expected, self.found = file, line, key, expected, found


@dataclass(frozen=True, slots=True)
class Key:
    """What may stand behind a key: in words, and as a question to the value."""

    expected: str
    takes: Callable[[Any], bool]


def read_config(path: Path, keys: Mapping[str, Key]) -> dict[str, Any]:
    """Return what the file at ``path`` says.

    Raises:
        ConfigError: the first mistake in it.
    """
    name = str(path)
    text = _text(name, path)
    data = _parsed(name, text)
    for key, value in data.items():
        if key not in keys:
            nearest = get_close_matches(key, keys, 1, 0.0)[0]
            expected, found = f'a known key (the nearest is "{nearest}")', "an unknown one"
        elif keys[key].takes(value):
            continue
        else:
            expected, found = keys[key].expected, _shown(value)
        shown_key = key if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", key) else _shown_text(key)
        raise ConfigError(name, _line_of(text, key), shown_key, expected, found)
    return data


def _text(name: str, path: Path) -> str:
    try:
        octets = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(name, 1, "", "a file that can be read", reason.lower()) from error
    try:
        return octets.decode("utf-8")
    except UnicodeDecodeError as error:
        line = octets.count(b"\n", 0, error.start) + 1
        raise ConfigError(name, line, "", "text in UTF-8", f"the octet {octets[error.start]:#04x}") from error


def _parsed(name: str, text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise ConfigError(name, 1, "", "TOML", "arrays or tables nested too deeply") from error
    except ValueError as error:
        # Only Python 3.14 gives the line by itself; a number of 5,000 digits has none anywhere.
        said = re.fullmatch(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
        line = int(said[2] or max(len(_lines(text)), 1)) if said else 1
        raise ConfigError(name, line, "", "TOML", _shown_text(said[1] if said else str(error))) from error


def _line_of(text: str, key: str) -> int:
    """Return the first line by which the file has the key, found by halving."""
    lines = _lines(text)
    first, last = 1, max(len(lines), 1)
    while first < last:
        middle = (first + last) // 2
        if key in _longest_start(lines, middle):
            last = middle
        else:
            first = middle + 1
    return first


def _longest_start(lines: Sequence[str], count: int) -> Mapping[str, Any]:
    """Return what the first `count` lines say, or as many before as can be read."""
    for end in range(count, 0, -1):
        text = "".join(lines[:end])
        for ending in _ENDINGS:
            try:
                return tomllib.loads(text + ending)
            except ValueError:
                continue
    return {}


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends: TOML has no others than LF, and CR before it."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _shown_text(text: str) -> str:
    """Return text in quotes, in ASCII and not too long: a file may hold anything."""
    return json.dumps(text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]}...")


def _shown(value: Any) -> str:
    """Return a value as a file spells it."""
    if isinstance(value, str):
        return _shown_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        return "a table"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    if isinstance(value, int) and value.bit_length() >= 64:
        return "a number of more than 64 bits"
    return str(value)
