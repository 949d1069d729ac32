"""Which character set a printer writes its texts in: what it declares, device by device.

RFC 3805: the localized texts of a printer are in the prtLocalizationCharacterSet of the row that
prtGeneralCurrentLocalization chooses, those of its panel in the one that prtConsoleLocalization chooses. No text is
decoded here.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from esolutions_client.readings.charsets import codec_of
from esolutions_client.snmp.queries import walk
from esolutions_client.snmp.rows import mib

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esolutions_client.snmp.pdus import Conversation

__all__ = ["Localization", "find_localization"]

# A printer that speaks thirty languages has thirty rows.
_MOST_ROWS = 64


@dataclass(frozen=True, slots=True)
class Localization:
    """The codec of each device, by hrDeviceIndex; none where nothing usable is declared."""

    codecs: Mapping[str, str] = field(default_factory=dict)

    def codec(self, device: str) -> str | None:
        """Return the codec for a device: its own, or the one that all devices with one share.

        A copier's or a scanner's rows stand under an index of their own and are written by the same firmware.
        """
        shared = set(self.codecs.values())
        return self.codecs.get(device) or (next(iter(shared)) if len(shared) == 1 else None)


def find_localization(version: str) -> Conversation[Localization]:
    """Return the character sets in use; a printer with none of these rows is asked no more than once."""
    charsets = yield from walk(mib.PRT_LOCALIZATION_CHARSET, version=version, rows_at_once=4, most_rows=_MOST_ROWS)
    declared = {suffix: codec for suffix, value in charsets.items() if (codec := codec_of(value)) is not None}
    if not declared:
        return Localization()
    current = yield from walk(mib.PRT_CURRENT_LOCALIZATION, version=version, rows_at_once=2, most_rows=8)
    console = yield from walk(mib.PRT_CONSOLE_LOCALIZATION, version=version, rows_at_once=2, most_rows=8)
    devices = dict.fromkeys(suffix.partition(".")[0] for suffix in charsets)
    codecs = {}
    for device in devices:
        chosen = [f"{device}.{column.get(device)!s}" for column in (current, console)]
        known = next((suffix for suffix in chosen if suffix in charsets), None)
        # A row that is chosen and declares nothing usable is still the chosen one.
        rows = [known] if known else [suffix for suffix in charsets if suffix.partition(".")[0] == device]
        found = {declared.get(suffix) for suffix in rows}
        codec = found.pop() if len(found) == 1 else None
        if codec is not None:
            codecs[device] = codec
    return Localization(codecs)
