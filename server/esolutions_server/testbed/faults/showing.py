"""Show a document that is held to a person: as text, with the secrets in it masked."""

from __future__ import annotations

from esolutions_server.testbed.journal.masking import Masker

__all__ = ["shown_document"]


def shown_document(document: bytes) -> str:
    """Return the text of a document; one that is no UTF-8 is not shown, since a secret in it would not be known."""
    try:
        text = document.decode("utf-8")
    except UnicodeDecodeError:
        return ""
    if "\0" in text:
        return ""
    masker = Masker()
    masker.learn(text)
    return masker.text(text)
