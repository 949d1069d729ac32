"""How much memory a process holds, as Linux tells it."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["resident_mb"]

_STATUS = Path("/proc/self/status")


def resident_mb(status: str | None = None) -> float | None:
    """Return the resident memory in MB that a process's status tells, of this one by default; None if untold."""
    if status is None:
        status = _STATUS.read_text(encoding="ascii", errors="replace") if _STATUS.exists() else ""
    match = re.search(r"VmRSS:\s+(\d+) kB", status)
    return int(match[1]) / 1024 if match else None
