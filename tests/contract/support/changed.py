"""Golden envelopes with a change in them, and the faults that answer them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


def first_difference(text: str, old: str, new: str) -> bytes:
    """Return the text with one occurrence of a part replaced, as bytes."""
    assert text.count(old) >= 1
    return text.replace(old, new, 1).encode()


def fault_like(golden: Golden, name: str) -> Callable[[bytes], bool]:
    """Return a comparer with a golden fault, its words for people apart."""
    expected = _without_reason(golden.read(f"fault-{name}"))
    return lambda body: _without_reason(body) == expected


def _without_reason(body: bytes) -> bytes:
    return re.sub(rb"<faultstring>.+</faultstring>", b"", body)
