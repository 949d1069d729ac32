"""The fleet digest: a SHA-256 that proves to client and server that they mean the same set of printers."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["fleet_digest"]


def fleet_digest(serial_numbers: Iterable[str]) -> str:
    """Return Base64(SHA-256) of the sorted serial numbers, one a line; 44 characters."""
    text = "\n".join(sorted(serial_numbers))
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
