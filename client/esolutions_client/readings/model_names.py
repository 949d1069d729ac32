"""Find the name that stands on the machine in what its firmware says about itself.

Firmware writes versions, serial numbers, the name of the network card and what else the machine does around it. Where
nothing else is told, the text as it is stands in: this gives a name to show, never one to decide by.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from esolutions_client.readings.text import clean_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["best_name", "known_vendor", "model_name", "without_vendor"]

# What follows the model: versions, serials, further functions of the machine.
_AFTER_MODEL = re.compile(
    r"\s*(?:"
    r"[;,:]| /\w?| - (?=\d)"
    r"|\b(?:version|firmware|kernel|rev\.|ver\.)"
    r"|\b(?:fw|f/w|build|release|rom) ?(?=\d)"
    r"|\bv\.? ?\d+\.\d|\bv\d\b"
    r"|(?<=\s)(?=[\w.-]*\d)[A-Za-z0-9]+\.[A-Za-z0-9.-]+"
    r"|(?<=\S) (?:multi-?function system|network (?:laser |color )?printer)\b"
    r").*",
    re.IGNORECASE,
)
# "HP ETHERNET MULTI-ENVIRONMENT,SN:..,PID:HP LaserJet M130nw", "OKI OkiLAN 9450g Rev.00.69 ..: Attached to MC873".
_TOLD_LATER = re.compile(r"(?:\bPID:|\bAttached to )(?P<model>[^,;:]+)")
# A driver's, a network card's or an operating system's name, not the machine's.
_GENERIC = re.compile(
    r"generic\b|unknown|.*\b(?:printing system|built-in|multi-environment|jetdirect|okilan|zebranet|nc-\d)|"
    r"(?:(?:network|laser|inkjet|colou?r|mono|multifunction) )*(?:printer|mfp|device)$",
    re.IGNORECASE,
)
# Ten or more letters and digits, at least five digits among them: no model is called so.
_BARE_SERIAL = re.compile(r"(?=(?:[A-Za-z]*\d){5})[A-Za-z0-9]{10,}")
_SHORTEST_SERIAL = 5
_ALIASES: Mapping[str, str] = MappingProxyType(
    {"hewlett-packard": "HP", "hewlett packard": "HP", "zebranet": "Zebra", "ztc": "Zebra"}
)


def model_name(text: str, serial_number: str | None = None) -> str:
    """Return what a description says before versions begin, without the serial number that some agents put there."""
    told = _TOLD_LATER.search(text)
    words = _AFTER_MODEL.sub("", told["model"] if told else text).split()
    serial = serial_number or ""
    return clean_text(
        " ".join(
            word
            for word in words
            if not (len(word) >= _SHORTEST_SERIAL and word in serial) and not _BARE_SERIAL.fullmatch(word)
        )
    )


def best_name(names: Iterable[str]) -> str:
    """Return the first name that is a machine's own, or else the first there is."""
    told = [name for name in names if name]
    return next((name for name in told if _GENERIC.match(name) is None), told[0] if told else "")


def known_vendor(text: str, vendors: Iterable[str]) -> str | None:
    """Return the maker whose name begins a text, in the spelling of `vendors`."""
    folded = text.casefold()
    for begin, vendor in (*((vendor.casefold(), vendor) for vendor in vendors), *_ALIASES.items()):
        if folded.startswith(begin) and not folded[len(begin) : len(begin) + 1].isalnum():
            return vendor
    return None


def without_vendor(model: str, vendor: str | None) -> str | None:
    """Return a model without its maker's name before it."""
    if vendor is not None and known_vendor(model, (vendor,)) == vendor:
        begins = (vendor, *(alias for alias, name in _ALIASES.items() if name == vendor))
        longest = max((begin for begin in begins if model.casefold().startswith(begin.casefold())), key=len)
        model = model[len(longest) :].lstrip(" -_")
    return model or None
