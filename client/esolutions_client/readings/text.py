"""Make text that a printer sent fit to show, store and send.

Printers pad with NULs, answer in their own language and character set, and write the serial number of a cartridge into
its name. It raises nothing: whatever came in, a short printable string comes out.
"""

from __future__ import annotations

import re

from esolutions_client.readings.charsets import decoded

__all__ = ["LONGEST_NAME", "clean_text", "distinct_names", "supply_name"]

LONGEST_NAME = 64

# Where a part or serial number begins: "Black Toner, PN 006R01509;SN48178080E0000481", "Toner S/N:CRUM-1307131".
_NUMBERS_BEGIN = re.compile(
    r"[\s,;:(\[/-]*(?<![A-Za-z0-9])"
    r"(?:P/?N|S/?N|S\.N\.?|CRUM|Part\s*(?:Number|No)|Serial(?:\s*(?:Number|No))?)"
    r"(?:\.?\s*[:#=]|\s+(?=\S*\d|unknown)|(?=-|[0-9A-Z]*\d|unknown))",
    re.IGNORECASE,
)
# A bare serial number without a label: ten or more letters and digits, at least five digits among them.
_BARE_SERIAL = re.compile(r"(?<![A-Za-z0-9])(?=(?:[A-Za-z]*\d){5})[A-Za-z0-9]{10,}(?![A-Za-z0-9])")


def clean_text(value: object, longest: int = LONGEST_NAME, codec: str | None = None) -> str:
    """Return bytes or text as one line of printable characters, at most `longest` of them.

    Bytes are of the declared `codec`; without one UTF-8 where that fits and Latin-1 otherwise. Anything that is not
    text gives an empty string.
    """
    if isinstance(value, bytes):
        value = decoded(value, codec)
    if not isinstance(value, str):
        return ""
    printable = "".join(character if character.isprintable() else " " for character in value)
    return " ".join(printable.split())[:longest].rstrip()


def supply_name(value: object, codec: str | None = None) -> str:
    """Return the description of a supply without part numbers and serial numbers: those never leave the site."""
    text = clean_text(value, longest=1024, codec=codec)
    begin = _NUMBERS_BEGIN.search(text)
    if begin is not None:
        text = text[: begin.start()]
    return clean_text(_BARE_SERIAL.sub("", text).strip(" ,;:-(["))


def distinct_names(names: list[str]) -> list[str]:
    """Return the names in the same order, a repeated one followed by the lowest number not yet taken."""
    taken: set[str] = set(names)
    seen: set[str] = set()
    result = []
    for name in names:
        chosen, number = name, 2
        while chosen in seen or (chosen != name and chosen in taken):
            suffix = f" {number}"
            chosen = name[: LONGEST_NAME - len(suffix)] + suffix
            number += 1
        seen.add(chosen)
        result.append(chosen)
    return result
