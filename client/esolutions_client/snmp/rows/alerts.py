"""The words for the codes of a printer's alerts.

The words are those of IANA-PRINTER-MIB, PrtAlertCodeTC. The text that stands beside a code is the printer's own, in any
language and with anything in it: it is never asked for.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["ALERT_CODES", "alert_words"]

_GENERAL = (
    *("cover-open", "cover-closed", "interlock-open", "interlock-closed", "configuration-change", "jam"),
    *("subunit-missing", "subunit-life-almost-over", "subunit-life-over", "subunit-almost-empty", "subunit-empty"),
    *("subunit-almost-full", "subunit-full", "subunit-near-limit", "subunit-at-limit", "subunit-opened"),
    *("subunit-closed", "subunit-turned-on", "subunit-turned-off", "subunit-offline", "subunit-power-saver"),
    *("subunit-warming-up", "subunit-added", "subunit-removed", "subunit-resource-added", "subunit-resource-removed"),
    *("subunit-recoverable-failure", "subunit-unrecoverable-failure", "subunit-recoverable-storage-error"),
    *("subunit-unrecoverable-storage-error", "subunit-motor-failure", "subunit-memory-exhausted"),
    *("subunit-under-temperature", "subunit-over-temperature", "subunit-timing-failure"),
    "subunit-thermistor-failure",
)
_DOORS = (
    *("door-open", "door-closed", "power-up", "power-down", "printer-nms-reset", "printer-manual-reset"),
    "printer-ready-to-print",
)
_INPUT = (
    *("input-media-tray-missing", "input-media-size-change", "input-media-weight-change", "input-media-type-change"),
    *("input-media-color-change", "input-media-form-parts-change", "input-media-supply-low"),
    *("input-media-supply-empty", "input-media-change-request", "input-manual-input-request"),
    *("input-tray-position-failure", "input-tray-elevation-failure", "input-cannot-feed-size-selected"),
)
_OUTPUT = (
    *("output-media-tray-missing", "output-media-tray-almost-full", "output-media-tray-full"),
    "output-mailbox-select-failure",
)
_FUSER = (
    *("marker-fuser-under-temperature", "marker-fuser-over-temperature", "marker-fuser-timing-failure"),
    *("marker-fuser-thermistor-failure", "marker-adjusting-print-quality"),
)
_MARKER = (
    *("marker-toner-empty", "marker-ink-empty", "marker-print-ribbon-empty", "marker-toner-almost-empty"),
    *("marker-ink-almost-empty", "marker-print-ribbon-almost-empty", "marker-waste-toner-receptacle-almost-full"),
    *("marker-waste-ink-receptacle-almost-full", "marker-waste-toner-receptacle-full"),
    *("marker-waste-ink-receptacle-full", "marker-opc-life-almost-over", "marker-opc-life-over"),
    *("marker-developer-almost-empty", "marker-developer-empty", "marker-toner-cartridge-missing"),
)
_PATH = (
    *("media-path-media-tray-missing", "media-path-media-tray-almost-full", "media-path-media-tray-full"),
    "media-path-cannot-duplex-media-selected",
)
_INTERPRETER = (
    *("interpreter-memory-increase", "interpreter-memory-decrease", "interpreter-cartridge-added"),
    *("interpreter-cartridge-deleted", "interpreter-resource-added", "interpreter-resource-deleted"),
    "interpreter-resource-unavailable",
)
# Each group with the code of its first word; 1 (other) and 2 (unknown) say nothing.
_GROUPS = (
    *((3, _GENERAL), (501, _DOORS), (801, _INPUT), (901, _OUTPUT), (1001, _FUSER), (1101, _MARKER), (1301, _PATH)),
    (1501, _INTERPRETER),
    (1509, ("interpreter-complex-page-encountered",)),
)
ALERT_CODES: Mapping[int, str] = MappingProxyType(
    {code: name for first, names in _GROUPS for code, name in enumerate(names, start=first)}
)


def alert_words(codes: Iterable[object]) -> tuple[str, ...]:
    """Return the words for the codes that have one, each once, in the printer's order."""
    words = (ALERT_CODES.get(code) for code in codes if type(code) is int)
    return tuple(dict.fromkeys(name for name in words if name is not None))
