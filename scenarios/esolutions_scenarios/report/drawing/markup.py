"""Build HTML in which no text can be anything but text.

`tag` escapes every string it is given; only `Html`, which `tag` itself returns,
passes as it is. Characters that cannot be seen, or that would turn the rest
of the line around, are spelled out.
"""

from __future__ import annotations

import html
import json
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Html", "json_script", "tag", "visible"]

_VOID = {"br", "col", "hr", "input", "link", "meta"}
# Cc controls, Cf invisible and bidirectional ones, Cs surrogates, Co private use, Cn unassigned.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn"}
_WHITE = {"\n", "\t"}


@dataclass(frozen=True, slots=True)
class Html:
    """Markup that was made here."""

    text: str


def visible(text: str) -> str:
    """Return a text with its invisible characters spelled as code points."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(_seen(character) for character in text)


def tag(name: str, /, *children: Html | str | Iterable[Html | str], **attributes: object) -> Html:
    """Return an element.

    An attribute that is None or False is left out, True stands without a value;
    `class_` is `class`, and `_` elsewhere is `-`.
    """
    opening = [name]
    for key, value in attributes.items():
        spelled = key.removesuffix("_").replace("_", "-")
        if value is True:
            opening.append(spelled)
        elif value is not None and value is not False:
            opening.append(f'{spelled}="{_escape(str(value))}"')
    inside = "".join(_written(child) for child in children)
    closing = "" if name in _VOID else f"</{name}>"
    return Html(f"<{' '.join(opening)}>{inside}{closing}")


def json_script(identifier: str, document: Any) -> Html:
    """Return data for the page's script; nothing in it can end the element."""
    text = json.dumps(document, separators=(",", ":"), ensure_ascii=True).replace("<", "\\u003c")
    return Html(f'<script type="application/json" id="{_escape(identifier)}">{text}</script>')


def _written(child: Html | str | Iterable[Html | str]) -> str:
    if isinstance(child, Html):
        return child.text
    if isinstance(child, str):
        return _escape(child)
    return "".join(_written(one) for one in child)


def _escape(text: str) -> str:
    return html.escape(visible(text), quote=True)


def _seen(character: str) -> str:
    if character in _WHITE or unicodedata.category(character) not in _UNSEEN:
        return character
    return f"\N{MATHEMATICAL LEFT ANGLE BRACKET}U+{ord(character):04X}\N{MATHEMATICAL RIGHT ANGLE BRACKET}"
