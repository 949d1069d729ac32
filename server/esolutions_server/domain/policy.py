"""What the operator of a server may decide. Values only: the rules that use them are elsewhere.

Whatever a policy here says, a client can obey: terms that it would refuse are refused here first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, get_args

from esolutions_server.domain.ranges import (
    LONGEST_POLL_INTERVAL,
    SHORTEST_POLL_INTERVAL,
    RangeError,
    check_one_of,
    check_range,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["RANGES", "Policy", "SignUp"]

SignUp = Literal["required", "automatic"]

_SECOND, _HOUR, _DAY = timedelta(seconds=1), timedelta(hours=1), timedelta(days=1)
RANGES: Mapping[str, tuple[timedelta, timedelta] | tuple[int, int]] = {
    "detection_delay": (timedelta(0), 30 * _DAY),
    "administrative_delay": (timedelta(0), 366 * _DAY),
    "answer_within": (_HOUR, 366 * _DAY),
    "poll_interval": (SHORTEST_POLL_INTERVAL, LONGEST_POLL_INTERVAL),
    "silent_after": (_DAY, 366 * _DAY),
    "freshness": (_SECOND, _HOUR),
    "contact_grace": (timedelta(0), 30 * _DAY),
    "receipts_kept": (_DAY, 3660 * _DAY),
    "low_supply_percent": (0, 100),
    "credible_increase_per_minute": (1, 1_000_000),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms on which a server runs.

    Attributes:
        signup: whether a person signs devices up, or the server itself does once they are detected.
        detection_delay: how long a registration takes to show on the detected page (FAQ: an hour).
        administrative_delay: how long the administrative systems take to know an installation (FAQ: 30 days).
        answer_within: how long after it fell due a billing request becomes overdue.
        poll_interval: how often the client shall read each printer (FAQ: about every two hours).
        silent_after: how long a device may be out of action before it counts as silent (FAQ: a week).
        low_supply_percent: the level at which the client reports a supply as low.
        requires_binding: whether every message must have a nonce that binds its body; otherwise only those of a proxy
            that has sent one.
        freshness: how far a message's times may lie from the server's clock, both ways.
        contact_grace: how much later than announced a proxy may call before it counts as silent.
        receipts_kept: how long an answer is kept after the proxy acknowledged a later one.
        credible_increase_per_minute: impressions a device can add on average, day and night.
    """

    signup: SignUp = "required"
    detection_delay: timedelta = timedelta(hours=1)
    administrative_delay: timedelta = timedelta(days=30)
    answer_within: timedelta = timedelta(days=3)
    poll_interval: timedelta = timedelta(hours=2)
    silent_after: timedelta = timedelta(days=7)
    low_supply_percent: int = 20
    requires_binding: bool = False
    freshness: timedelta = timedelta(minutes=5)
    contact_grace: timedelta = timedelta(hours=1)
    receipts_kept: timedelta = timedelta(days=60)
    # A heavy production printer adds 1.3 million impressions in its busiest month: 30 a minute.
    credible_increase_per_minute: int = 30

    def __post_init__(self) -> None:
        """Refuse terms that no client could keep to, and those that make no sense.

        Raises:
            RangeError: with the name of the term, and what it can be.
        """
        check_one_of("signup", self.signup, get_args(SignUp))
        for name, (lowest, highest) in RANGES.items():
            value = getattr(self, name)
            check_range(name, value, lowest, highest)
            if isinstance(value, timedelta) and value.microseconds:
                raise RangeError(f"{name} is {value}, which is not in whole seconds")
        # The wire spells it in days.
        if self.silent_after % _DAY:
            raise RangeError(f"silent_after is {self.silent_after}, which is not in whole days")
