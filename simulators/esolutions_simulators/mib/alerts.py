"""Say how a printer warns of each kind of supply: by which alert codes, and by which bits of its error state.

The kinds are those of RFC 3805, PrtMarkerSuppliesTypeTC; the codes those of
IANA-PRINTER-MIB, PrtAlertCodeTC; the bits those of RFC 2790,
hrPrinterDetectedErrorState, with RFC 3805's second octet. Which supply is low
when is not decided here.
"""

from dataclasses import dataclass

__all__ = ["Warnings", "error_state", "warnings_of"]

_LOW_TONER, _NO_TONER, _SERVICE_REQUESTED, _OVERDUE_MAINTENANCE = 2, 3, 7, 14
_OCTET = 8


@dataclass(frozen=True, slots=True)
class Warnings:
    """The alert codes of a supply that is nearly at its end and at its end, with a word and an error bit for each.

    The MIBs have a bit for toner and ink that run low, and none for a receptacle or a part.
    """

    low_code: int
    spent_code: int
    low_word: bytes
    spent_word: bytes
    low_bit: int | None
    spent_bit: int


def _consumed(low_code: int, spent_code: int) -> Warnings:
    return Warnings(low_code, spent_code, b"Low: ", b"Empty: ", _LOW_TONER, _NO_TONER)


def _receptacle(low_code: int, spent_code: int) -> Warnings:
    return Warnings(low_code, spent_code, b"Almost full: ", b"Full: ", None, _SERVICE_REQUESTED)


def _worn(low_code: int, spent_code: int) -> Warnings:
    return Warnings(low_code, spent_code, b"Replace soon: ", b"Replace: ", None, _OVERDUE_MAINTENANCE)


# subunitLifeAlmostOver and subunitLifeOver: fusers, cleaners, transfer units, kits and what has no name.
_PART = _worn(10, 11)
# subunitAlmostEmpty and subunitEmpty: oil, wax, water, wire, staples and the like.
_MATERIAL = Warnings(12, 13, b"Low: ", b"Empty: ", None, _SERVICE_REQUESTED)
# subunitAlmostFull and subunitFull
_OTHER_WASTE = _receptacle(14, 15)
_TONER = _consumed(1104, 1101)
_INK = _consumed(1105, 1102)
_BY_KIND = {
    3: _TONER,
    21: _TONER,
    5: _INK,
    6: _INK,
    7: _consumed(1106, 1103),
    4: _receptacle(1107, 1109),
    8: _receptacle(1108, 1110),
    9: _worn(1111, 1112),
    10: Warnings(1113, 1114, b"Low: ", b"Empty: ", None, _SERVICE_REQUESTED),
    **dict.fromkeys((14, 24, 26), _OTHER_WASTE),
    **dict.fromkeys((11, 12, 13, 23, 25, *range(27, 35)), _MATERIAL),
}


def warnings_of(kind: int) -> Warnings:
    """Return how a printer warns of a supply of this kind."""
    return _BY_KIND.get(kind, _PART)


def error_state(bits: set[int]) -> bytes:
    """Return a hrPrinterDetectedErrorState with these bits: one octet, or two where the second says more."""
    octets = bytearray(2)
    for bit in bits:
        octets[bit // _OCTET] |= 0x80 >> bit % _OCTET
    return bytes(octets) if octets[1] else bytes(octets[:1])
