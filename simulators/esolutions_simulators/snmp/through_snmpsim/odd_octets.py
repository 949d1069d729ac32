"""Let snmpsim send a value as given octets, which no type of its own would encode so.

pyasn1 is told by a mark in front of an OCTET STRING that the rest is the whole encoding of a value. The mark is drawn
for each process, so that no printer's text is taken for one.
"""

import secrets
from typing import Any

from pyasn1.codec.ber import encoder  # type: ignore[import-untyped]  # what pysnmp encodes with
from pyasn1.type import univ  # type: ignore[import-untyped]
from pysnmp.proto import rfc1902

__all__ = ["as_it_stands"]

_MARK = secrets.token_bytes(16)


class _Encoder(encoder.OctetStringEncoder):  # type: ignore[misc]  # pyasn1 has no types
    """Encodes what is marked as what stands behind the mark, and everything else as ever."""

    def encode(self, value: Any, *arguments: Any, **options: Any) -> bytes:
        octets = bytes(value)
        if octets.startswith(_MARK):
            return octets[len(_MARK) :]
        encoded: bytes = super().encode(value, *arguments, **options)
        return encoded


def as_it_stands(octets: bytes) -> Any:
    """Return a value that crosses the wire as these octets, in every version."""
    encoder.TYPE_MAP[univ.OctetString.typeId] = encoder.TAG_MAP[univ.OctetString.tagSet] = _Encoder()
    return rfc1902.OctetString(_MARK + octets)
