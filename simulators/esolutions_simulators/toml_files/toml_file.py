"""Read a TOML file whose keys a msgspec Struct names, and say of each mistake where it is.

A mistake is one sentence: file, line, key, what was expected, what was found.
Rows are counted from 1. What the keys mean is not known here, and nothing is
written.
"""

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from esolutions_simulators.toml_files.toml_types import expected_at, keys_at

__all__ = ["TomlFile", "TomlFileError"]

_Struct = TypeVar("_Struct")
_Place = tuple[str | int, ...]
# What may end what a line has begun, for the reader to take the lines up to there for a file.
_ENDINGS = ("", "\n]", "\n]]", '\n"""', "\n'''", '\n"""]', "\n''']")
_LONGEST_FOUND = 60
# Where passwords stand, and where one may stand by mistake: everything but the name of a user.
_SECRET_TABLE, _NO_SECRET = "users", "name"
_HIDDEN = "something else, not shown"
_NESTED = "arrays or tables nested too deeply"


class TomlFileError(ValueError):
    """A file cannot be read, says something unknown, or says it wrongly."""

    def __init__(self, file: str, line: int, key: str, expected: str, found: str) -> None:
        super().__init__(f"{file}:{line}: {key or 'the file'}: expected {expected}, found {found}")
        self.file, self.line, self.key, self.expected, self.found = file, line, key, expected, found


class TomlFile:
    """The text of a file, its data, and where in it each key stands."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.data = self._parsed()

    @classmethod
    def opened(cls, path: Path) -> "TomlFile":
        """Read the file at ``path``.

        Raises:
            TomlFileError: it cannot be read, or is no TOML.
        """
        try:
            octets = path.read_bytes()
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise TomlFileError(str(path), 1, "", "a file that can be read", reason.lower()) from error
        try:
            return cls(str(path), octets.decode("utf-8"))
        except UnicodeDecodeError as error:
            line = octets.count(b"\n", 0, error.start) + 1
            found = f"the octet {octets[error.start]:#04x}"
            raise TomlFileError(str(path), line, "", "text in UTF-8", found) from error

    def _parsed(self) -> dict[str, Any]:
        try:
            return tomllib.loads(self.text)
        except RecursionError as error:
            raise TomlFileError(self.name, 1, "", "TOML", _NESTED) from error
        except ValueError as error:
            # Only Python 3.14 gives the line by itself; a number of 5,000 digits has none anywhere.
            said = re.fullmatch(r"(.*?) \(at (?:line (\d+), column \d+|end of document)\)", str(error), re.DOTALL)
            last = max(len(_lines(self.text)), 1)
            line = int(said[2] or last) if said else 1
            reason = said[1] if said else str(error)
            raise TomlFileError(self.name, line, "", "TOML", _shown_text(reason)) from error

    def converted(self, kind: type[_Struct]) -> _Struct:
        """Return the data as ``kind``.

        Raises:
            TomlFileError: the first thing that does not fit.
        """
        try:
            return msgspec.convert(self.data, kind, builtin_types=(datetime, date, time))
        except msgspec.ValidationError as error:
            raise self._explained(str(error), kind) from error

    def error(self, place: _Place, expected: str, found: str | None = None) -> TomlFileError:
        """Return the error of what stands at ``place``: keys, and rows counted from 0."""
        value = _value_at(self.data, place)
        return TomlFileError(self.name, self._line_of(place), _spelled(place), expected, found or _told(place, value))

    def _explained(self, message: str, kind: Any) -> TomlFileError:
        """Return our error for one of msgspec's: it says the place, and whether a key lacks or is too many."""
        what, _, path = message.rpartition(" - at `$")
        place = _place_of(path) if what else ()
        lacking = re.match(r"Object missing required field `(.*?)`", message)
        if lacking:
            place = (*place, lacking[1])
            return self.error(place, expected_at(kind, self.data, place), "nothing")
        known = keys_at(kind, self.data, place)
        value = _value_at(self.data, place)
        for key in value if known and isinstance(value, Mapping) else ():
            if key not in known:
                nearest = get_close_matches(key, known, 1, 0.0)[0]
                return self.error((*place, key), f'a known key (the nearest is "{nearest}")', "an unknown one")
        return self.error(place, expected_at(kind, self.data, place))

    def _line_of(self, place: _Place) -> int:
        """Return the line on which the deepest part of ``place`` stands that is there."""
        lines = _lines(self.text)
        while place and _value_at(self.data, place) is None:
            place = place[:-1]
        first, last = 1, max(len(lines), 1)
        while place and first < last:
            middle = (first + last) // 2
            if _value_at(_longest_start(lines, middle), place) is None:
                first = middle + 1
            else:
                last = middle
        return first


def _longest_start(lines: Sequence[str], count: int) -> Mapping[str, Any]:
    """Return what the first ``count`` lines say, or as many before as can be read."""
    for end in range(count, 0, -1):
        text = "".join(lines[:end])
        for ending in _ENDINGS:
            try:
                return tomllib.loads(text + ending)
            except ValueError:
                continue
    return {}


def _value_at(data: Any, place: _Place) -> Any:
    """Return what stands at a place, or None."""
    for step in place:
        try:
            data = data[step]
        except (KeyError, IndexError, TypeError):
            return None
    return data


def _place_of(path: str) -> _Place:
    """Return the place that msgspec writes as ``.printers[1].count``."""
    parts = re.findall(r"\.([A-Za-z_]\w*)|\[(\d+)\]", path)
    return tuple(name or int(number) for name, number in parts)


def _spelled(place: _Place) -> str:
    """Return a place as a person reads it: ``printers[2].count`` is in the second row."""
    text = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{_key(step)}" for step in place)
    return text.removeprefix(".")


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]{1,60}", name) else _shown_text(name)


def _lines(text: str) -> list[str]:
    """Return the lines of a text with their ends: TOML has no others than LF, and CR before it."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _shown_text(text: str) -> str:
    """Return text in quotes, in ASCII and not too long: a file may hold anything."""
    return json.dumps(text if len(text) <= _LONGEST_FOUND else f"{text[:_LONGEST_FOUND]}...")


def _told(place: _Place, value: Any) -> str:
    """Return the value at a place as an error tells it: a password is in no message."""
    is_secret = _SECRET_TABLE in place and place[-1] != _NO_SECRET
    return _HIDDEN if is_secret and not isinstance(value, list | Mapping) else _shown(value)


def _shown(value: Any) -> str:
    """Return a value as a file spells it."""
    if isinstance(value, str):
        return _shown_text(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list):
        return f"an array of {len(value)}"
    return str(value) if abs(getattr(value, "bit_length", int)()) < 64 else "a number of more than 64 bits"
