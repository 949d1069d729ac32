"""A policy as a document: what an operator writes into a file, and what is kept beside the data.

Durations are whole numbers of the unit that their key names. No file is read here.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from esolutions_server.domain.policy import RANGES, Policy, SignUp
from esolutions_server.domain.ranges import RangeError, check_one_of

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["KEYS", "document_of", "expected_of", "policy_of"]

# Each key of a document: the term it sets, and what a whole number of it is; None for what is no duration.
KEYS: dict[str, tuple[str, timedelta | None]] = {
    "signup": ("signup", None),
    "detection_delay_seconds": ("detection_delay", timedelta(seconds=1)),
    "administrative_delay_seconds": ("administrative_delay", timedelta(seconds=1)),
    "answer_within_seconds": ("answer_within", timedelta(seconds=1)),
    "poll_interval_seconds": ("poll_interval", timedelta(seconds=1)),
    "silent_after_seconds": ("silent_after", timedelta(seconds=1)),
    "freshness_seconds": ("freshness", timedelta(seconds=1)),
    "contact_grace_seconds": ("contact_grace", timedelta(seconds=1)),
    "receipts_kept_seconds": ("receipts_kept", timedelta(seconds=1)),
    "detection_delay_minutes": ("detection_delay", timedelta(minutes=1)),
    "administrative_delay_days": ("administrative_delay", timedelta(days=1)),
    "answer_within_hours": ("answer_within", timedelta(hours=1)),
    "poll_interval_minutes": ("poll_interval", timedelta(minutes=1)),
    "silent_after_days": ("silent_after", timedelta(days=1)),
    "contact_grace_minutes": ("contact_grace", timedelta(minutes=1)),
    "receipts_kept_days": ("receipts_kept", timedelta(days=1)),
    "low_supply_percent": ("low_supply_percent", None),
    "requires_binding": ("requires_binding", None),
    "credible_increase_per_minute": ("credible_increase_per_minute", None),
}
_TYPES: dict[str, tuple[type, str]] = {
    "signup": (str, "text in quotes"),
    "requires_binding": (bool, "true or false"),
}


def expected_of(key: str) -> str:
    """Return in words what may stand behind a key."""
    name, unit = KEYS[key]
    if name == "signup":
        return "one of " + ", ".join(f'"{way}"' for way in sorted(get_args(SignUp)))
    if name not in RANGES:
        return "true or false"
    lowest, highest = (_counted(end, unit) for end in RANGES[name])
    days = ", in whole days" if key == "silent_after_seconds" else ""
    return f"a whole number from {lowest} to {highest}{days}"


def policy_of(document: Mapping[str, Any]) -> Policy:
    """Return the policy of a document; what it leaves out is as by default.

    Raises:
        RangeError: a key is unknown, or its value none that it can have; the message names the key.
    """
    terms: dict[str, Any] = {}
    for key, value in document.items():
        check_one_of("a key", key, KEYS)
        name, unit = KEYS[key]
        kind, expected = _TYPES.get(name, (int, "a whole number"))
        # Not isinstance: true is no number.
        if type(value) is not kind:
            raise RangeError(f"{key} is {value!r}: give {expected}")
        if name in terms:
            raise RangeError(f"{key} sets {name} a second time")
        try:
            terms[name] = value if unit is None else _times(value, unit)
        except OverflowError:
            raise RangeError(f"{key} is {value}, which is more than any range has") from None
    return Policy(**terms)


def _counted(duration: timedelta | int, unit: timedelta | None) -> int:
    """Return a duration as a number of its unit; what is a number already, as it is."""
    if isinstance(duration, int):
        return duration
    return -(-duration // (unit or timedelta(seconds=1)))


def _times(count: Any, unit: timedelta) -> timedelta:
    return timedelta(seconds=count * unit.total_seconds())


def document_of(policy: Policy) -> dict[str, Any]:
    """Return a document that `policy_of` makes the same policy of."""
    document: dict[str, Any] = {}
    for key, (name, unit) in KEYS.items():
        value = getattr(policy, name)
        if unit is None:
            document[key] = value
        elif unit == timedelta(seconds=1):
            document[key] = int(value.total_seconds())
    return document
