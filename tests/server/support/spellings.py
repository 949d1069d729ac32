"""One serial number and one GUID in several spellings, and texts that can be no serial number."""

from __future__ import annotations

__all__ = ["GUID", "GUIDS", "ODD", "ODD_ON_THE_WIRE", "SERIAL", "VARIANTS"]

SERIAL = "ATK1"
# Each means SERIAL: other case, blanks, characters without width, full-width letters, a soft hyphen.
VARIANTS = (
    "atk1",
    " ATK1",
    "ATK1  ",
    "\tAtk1\n",
    "ATK1\u200b",
    "\ufeffA\u2060TK1",
    "\uff21\uff34\uff2b\uff11",
    "A\u00adTK1",
)
# None of these can be a serial number, and why.
ODD = {
    "ATK\x07": "control",
    "ATK1\x00": "control",
    "\x1b[31mATK1": "control",
    "A\nTK1": "control",
    "ATK\u202e1": "direction",
    "\u2066ATK1\u2069": "direction",
    "\u0391TK1": "ASCII",  # a Greek capital alpha
    "ATK\u00e4": "ASCII",
    "ATK\ufffd1": "ASCII",
    "\u200b": "at least one",
    "   ": "at least one",
    "": "at least one",
    "A" * 33: "at most 32",
    "A" * 300: "longer than",
}
# What no document can hold, or the schema has no room for, is refused before.
ODD_ON_THE_WIRE = {
    text: why for text, why in ODD.items() if text and len(text) <= 32 and not set(text) & set("\x00\x07\x1b")
}
GUID = "abcdef01-2222-4333-8444-5555555555ff"
GUIDS = (
    GUID.upper(),
    f"{{{GUID}}}",
    f" {{{GUID.upper()}}} ",
    f"urn:uuid:{GUID}",
    GUID.replace("-", ""),
    f"{GUID}\u200b",
)
