"""Make HTTP bodies fit to be shown: no secret, readable whatever the bytes, and no larger than a page can hold."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esolutions_scenarios.report.content import Envelope

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["MASK", "Envelopes"]

MASK = "(secret, not shown)"
# Up to the next tag, or to the end of a body that was cut.
_SECRET = re.compile(r"(<(?:[\w.-]+:)?Secret\b[^>]*>)([^<]+)")
# A page opens quickly up to about ten megabytes; charts and rows need the rest.
_PAGE_CHARACTERS = 5_000_000
_BODY_CHARACTERS = 200_000
_BODY_CHARACTERS_WHEN_FULL = 1_500


class Envelopes:
    """Hands out bodies as they may be shown, until the page is full; then only their beginnings."""

    def __init__(self, secrets: Iterable[str] = (), *, page_characters: int = _PAGE_CHARACTERS) -> None:
        self._secrets = {secret for secret in secrets if secret}
        self._left = page_characters

    def show(self, body: bytes) -> Envelope:
        """Return a body as it may be shown."""
        text = self._mask(body.decode("utf-8", errors="backslashreplace"))
        most = min(_BODY_CHARACTERS, max(self._left, _BODY_CHARACTERS_WHEN_FULL))
        shown = text[:most]
        self._left -= len(shown)
        return Envelope(shown, len(body), len(text[most:].encode()))

    def _mask(self, text: str) -> str:
        # A secret is learnt where it is registered, and hidden wherever else it stands.
        self._secrets.update(found.group(2).strip() for found in _SECRET.finditer(text) if found.group(2).strip())
        text = _SECRET.sub(rf"\1{MASK}", text)
        for secret in self._secrets:
            text = text.replace(secret, MASK)
        return text
