"""Keep reasons short enough for the wire and the store, and on one line."""

from __future__ import annotations

__all__ = ["LONGEST_REASON", "shortened"]

# What the contract and the columns allow.
LONGEST_REASON = 200


def shortened(reason: str) -> str:
    """Return a reason of printable characters, at most `LONGEST_REASON` of them."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in reason).split())
    return line if len(line) <= LONGEST_REASON else line[: LONGEST_REASON - 3].rstrip() + "..."
