"""The faults that a click lays: a kind with its parameters, and what its button says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from esolutions_server.testbed.faults.kinds import (
    CutResponse,
    Drip,
    Garbage,
    HttpError,
    LoseReply,
    Refuse,
    Repeat,
    Slow,
    SoapFault,
    TimeOut,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esolutions_server.testbed.faults.kinds import Fault

__all__ = ["PRESETS", "Preset"]


@dataclass(frozen=True, slots=True)
class Preset:
    """A fault, and what its button says."""

    fault: Fault
    label: str


# By the name in the form. What needs a text of its own, such as `alter-answer`, is laid by command or API.
PRESETS: Mapping[str, Preset] = {
    "lose-reply": Preset(LoseReply(), "Lose the reply"),
    "refuse": Preset(Refuse(), "Reset the connection"),
    "time-out": Preset(TimeOut(), "Never answer"),
    "slow": Preset(Slow(10), "Answer 10 s late"),
    "drip": Preset(Drip(0.01), "Answer drop by drop"),
    "cut-answer": Preset(CutResponse(200), "Cut the answer off"),
    "http-error": Preset(HttpError(503), "HTTP 503"),
    "garbage": Preset(Garbage(), "Answer garbage"),
    "soap-fault": Preset(SoapFault(), "SOAP fault"),
    "repeat": Preset(Repeat(), "Deliver it twice"),
}
