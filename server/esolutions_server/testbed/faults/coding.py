"""Take the gzip coding off what a fault or a person is to see, and put it on again for a client that expects it."""

from __future__ import annotations

import gzip
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["coded", "is_gzip", "plain"]

_GZIP = "gzip"
# Four times what the server reads of a request: more is left as it came, for the server to refuse.
_MOST_OCTETS = 16 * 1024 * 1024


def is_gzip(headers: Iterable[tuple[str, str]]) -> bool:
    """Whether header fields say that a body is gzip-coded, and nothing else."""
    return any(name.lower() == "content-encoding" and value.strip().lower() == _GZIP for name, value in headers)


def plain(body: bytes) -> bytes | None:
    """Return a gzip-coded body without its coding; None where it is no whole one, or far too large."""
    inflater = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        text = inflater.decompress(body, _MOST_OCTETS)
    except zlib.error:
        return None
    return text if inflater.eof and not inflater.unused_data else None


def coded(text: bytes) -> bytes:
    """Return a body gzip-coded."""
    return gzip.compress(text, mtime=0)
