"""The words of commands: what a proxy is told to do, as the wire says it."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Action"]


class Action(StrEnum):
    """What a command asks of a proxy."""

    TURN_ON = "TurnOn"
    REPORT = "Report"
