"""What goes wrong with a database: it is none of ours, or it cannot be used at present."""

from __future__ import annotations

__all__ = ["StoreError", "StoreUnavailableError"]


class StoreError(Exception):
    """The database cannot be opened or brought up to date."""


class StoreUnavailableError(StoreError):
    """The database cannot be used at the moment: its disk is full, or another program keeps it; nothing was changed."""
