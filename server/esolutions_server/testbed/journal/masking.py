"""Mask what proves who a caller is, wherever it stands: secrets, passwords and their digests, tokens, cookies.

Text is masked as text, well-formed or not: by the names of elements, attributes and parameters, by what looks like a
secret of this protocol, and by value where one was seen under such a name. Every step is linear in the text.
"""

from __future__ import annotations

import re
from base64 import b64decode
from contextlib import suppress
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

from esolutions_server.domain.concealment import MASK, conceal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["Masker", "is_sensitive"]

# Shorter values stand in too many words to be replaced everywhere.
_SHORTEST_VALUE = 6

_NAMES = "secret|passw|passphrase|pwd|token|credential|cookie|api[-_]?key|private[-_]?key|authorization|session[-_]?id"
_NAME = re.compile(_NAMES, re.IGNORECASE)
# Elements of WS-Security whose names say what is in them, which is masked by its own name.
_CONTAINERS = frozenset({"usernametoken", "securitytokenreference"})
_TAG = re.compile(r"<([^\s<>/!?][^\s<>/]*+)[^<>]*+>")
# name="value", name: value, "name": "value", name=value; but no sentence about 'name': its value is quoted nowhere.
_PAIR = re.compile(
    rf"""((?:{_NAMES})[\w.-]{{0,64}}+(?:["']?\s{{0,8}}=|"?\s{{0,8}}:)\s{{0,8}})("[^"]*+"?|'[^']*+'?|[^"'&<>,;\s]++)""",
    re.IGNORECASE,
)
_SCHEME = re.compile(r"\b(basic|bearer|digest|negotiate|ntlm)\s{1,8}([\w.~+/=-]{4,}+)", re.IGNORECASE)
_SENSITIVE_HEADER = re.compile(rf"{_NAMES}|auth(?!or)|session|signature", re.IGNORECASE)


def is_sensitive(name: str) -> bool:
    """Whether what has this name, on the wire with or without a prefix, is kept from everyone."""
    local = name.rpartition(":")[2].rpartition("}")[2].lower()
    return _NAME.search(local) is not None and local not in _CONTAINERS


class Masker:
    """Masks the texts of one exchange: a value that is sensitive in one of them is so in all."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        """Begin with the values that are known to be sensitive."""
        self._values: set[str] = set()
        for value in known:
            self._learn(value)

    def learn(self, text: str, headers: Sequence[tuple[str, str]] = ()) -> None:
        """Note the sensitive values of a text and of header fields, to be masked wherever they stand."""
        for start, end in _contents(text):
            self._learn(re.sub(r"<!\[CDATA\[|\]\]>", "", text[start:end]))
        for found in _PAIR.finditer(text):
            self._learn(found[2].strip("\"'"))
        for name, value in headers:
            if _SENSITIVE_HEADER.search(name):
                self._learn_header(value)

    def text(self, text: str) -> str:
        """Return a text masked."""
        parts, at = [], 0
        for start, end in _contents(text):
            parts += [text[at:start], MASK]
            at = end
        masked = _SCHEME.sub(rf"\1 {MASK}", "".join((*parts, text[at:])))
        return self.sentence(_PAIR.sub(lambda found: found[1] + _in_quotes(found[2]), masked))

    def sentence(self, text: str) -> str:
        """Return a sentence about an exchange masked, which may quote its values."""
        return conceal(text, self._values)

    def headers(self, headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
        """Return header fields masked; of credentials their scheme stays."""
        return tuple((name, self._header(name, value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if not _SENSITIVE_HEADER.search(name):
            return self.text(value)
        scheme = _SCHEME.match(value)
        return f"{scheme[1]} {MASK}" if scheme else MASK

    def _learn_header(self, value: str) -> None:
        scheme, _, rest = value.partition(" ")
        self._learn(rest or scheme)
        if scheme.lower() == "basic":
            with suppress(ValueError):
                self._learn(b64decode(rest).decode("utf-8").partition(":")[2])
        # Cookies: each by itself.
        for pair in value.split(";"):
            self._learn(pair.partition("=")[2])

    def _learn(self, value: str) -> None:
        plain = unescape(value.strip())
        if len(plain) >= _SHORTEST_VALUE and plain != MASK:
            self._values |= {value.strip(), plain, escape(plain), escape(plain, quote=False), quote(plain, safe="")}
            self._values |= {unquote(plain)} if len(unquote(plain)) >= _SHORTEST_VALUE else set()


def _contents(text: str) -> list[tuple[int, int]]:
    """Return where the contents of sensitive elements are: up to their end tag, or to the end of the text."""
    spans: list[tuple[int, int]] = []
    at = 0
    while (found := _TAG.search(text, at)) is not None:
        at = found.end()
        if found[0].endswith("/>") or not is_sensitive(found[1]):
            continue
        end = re.compile(rf"</{re.escape(found[1])}\s*>").search(text, at)
        spans.append((at, len(text) if end is None else end.start()))
        at = spans[-1][1]
    return spans


def _in_quotes(value: str) -> str:
    return f"{value[0]}{MASK}{value[0]}" if value[0] in "\"'" else MASK
