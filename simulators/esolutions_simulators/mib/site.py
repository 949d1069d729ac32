"""Invent what a customer writes into a printer, recognisable wherever it turns up.

These are canaries: values that must stay at the site. Each holds a word that
occurs nowhere else, so that a search of anything sent finds a leak.
"""

from base64 import b64encode
from dataclasses import dataclass
from functools import lru_cache
from random import Random

__all__ = ["Site"]

# What a walk asks for again and again is not made up anew; of a large fleet it is.
_MOST_REMEMBERED = 1_000


@dataclass(frozen=True, slots=True)
class Site:
    """The customer's own values in one printer."""

    host_name: str
    location: str
    contact: str
    operator: str
    service_person: str
    printer_name: str
    hardware_address: bytes

    @classmethod
    @lru_cache(_MOST_REMEMBERED)
    def invented(cls, seed: int) -> "Site":
        """Make up a site from ``seed``; the same seed gives the same site."""
        random = Random(f"site/{seed}")  # noqa: S311 -- a simulation, not a secret
        mark = f"{random.getrandbits(40):010x}"
        return cls(
            host_name=f"canary-host-{mark}",
            location=f"Canary Tower {mark}, floor {random.randint(1, 30)}",
            contact=f"Canary Contact {mark} <facilities@canary-{mark}.example>",
            operator=f"Canary Operator {mark}, +1 555 0100",
            service_person=f"Canary Service {mark}, +1 555 0199",
            printer_name=f"canary-queue-{mark}",
            # 02: locally administered, so no real vendor's address.
            hardware_address=b"\x02" + random.randbytes(5),
        )

    @property
    def canaries(self) -> tuple[str, ...]:
        """Every text of the site, and its hardware address in each way that people write one."""
        texts = (self.host_name, self.location, self.contact, self.operator, self.service_person, self.printer_name)
        written = [self.hardware_address.hex(), *map(self.hardware_address.hex, ":-")]
        return (*texts, *written, *map(str.upper, written), b64encode(self.hardware_address).decode())
