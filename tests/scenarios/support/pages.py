"""Pages of HTML as a test looks at them."""

from __future__ import annotations

from typing import Any

from lxml import html


def parsed(page: str) -> Any:
    """Return the document of a page; untyped, as what an XPath finds depends on the path."""
    return html.document_fromstring(page)
