"""Values as the octets that stand on the wire, for printers that encode some of them wrongly.

Everything else is encoded by the engine that sends it.
"""

from dataclasses import dataclass

__all__ = ["Encoded", "in_four_octets"]

_TIME_TICKS = 0x43


@dataclass(frozen=True, slots=True)
class Encoded:
    """The whole encoding of a value: tag, length and content, or whatever stands in their place."""

    octets: bytes


def in_four_octets(ticks: int) -> Encoded:
    """Return TimeTicks in 32 bits, as some agents do; RFC 3417 wants a zero octet before a high bit."""
    return Encoded(bytes((_TIME_TICKS, 4)) + ticks.to_bytes(4, "big"))
