"""Streams that lead to a terminal or to a pipe, and what would steer the terminal behind them."""

from __future__ import annotations

import io

__all__ = ["Stream", "steering_letters"]


class Stream(io.StringIO):
    """A stream that leads to a terminal, or to a pipe."""

    encoding = "utf-8"

    def __init__(self, *, is_terminal: bool) -> None:
        super().__init__()
        self._is_terminal = is_terminal

    def isatty(self) -> bool:
        """Whether it leads to a terminal."""
        return self._is_terminal


def steering_letters(text: str) -> set[str]:
    """Return what is in a text that steers a terminal or cannot be seen, line ends apart."""
    return {letter for letter in text if not letter.isprintable() or letter in "\u3164\u034f"} - {"\n"}
