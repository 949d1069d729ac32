"""The bytes by which the messages of the nominal fleet miss the published formulas, for a sample of fleets.

Every fleet lives through registration, activation and one bill; what is
measured is what crossed. `esolutions-scenarios sizes --devices 0-1000` measures
them all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.sizes import measure as measure_sizes

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["measure"]

_SAMPLE = (0, 1, 10, 100, 1000)


def measure(sample: tuple[int, ...] = _SAMPLE) -> Iterator[Figure]:
    """Yield by how many bytes all messages together are off."""
    rows = [row for devices in sample for row in measure_sizes(devices)]
    off = sum(abs(row.measured - row.published) for row in rows)
    formulas = len({row.message for row in rows})
    note = f"{formulas} formulas, x = {', '.join(map(str, sample))}"
    yield Figure("message sizes of the nominal fleet are off by", off, "bytes", 0.0, note=note)
