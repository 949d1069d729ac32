"""Conceal a proxy's secret in a text that may quote a message: by its look, and by its value where that is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MASK", "conceal"]

MASK = "[masked]"
# Of a long value, by which it is known where it was cut off.
_BEGINNING = 16
# 64 octets in Base64: a secret as RegisterProxy brings it.
_LOOKS_LIKE_A_SECRET = re.compile(r"(?<![A-Za-z0-9+/=])[A-Za-z0-9+/]{86}==(?![A-Za-z0-9+/=])")


def conceal(text: str, values: Iterable[str] = ()) -> str:
    """Return a text with a mask in the place of what looks like a secret, and of each of the values."""
    masked = _LOOKS_LIKE_A_SECRET.sub(MASK, text)
    # The longest first: one may begin as another does.
    for value in sorted(values, key=len, reverse=True):
        masked = masked.replace(value, MASK)
        if len(value) >= 2 * _BEGINNING:
            masked = re.sub(re.escape(value[:_BEGINNING]) + r"[^\s'\"<>]*+", MASK, masked)
    return masked
