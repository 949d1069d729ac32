"""Print what a search found: a document for programs, a table and what is to be said of it for people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_client.cli.console.output import say_lines
from esolutions_client.cli.console.tables import print_table
from esolutions_client.service.printers.addresses.sightings import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.service.printers.discovery import FoundPrinter, SearchReport

__all__ = ["search_json", "show_search"]


def search_json(report: SearchReport) -> dict[str, Any]:
    """Return the report as `discover --json` prints it."""
    return {
        "asked": report.asked,
        "found": [_found_json(printer) for printer in report.found],
        "unreadable": [
            {"host": target.host, "port": target.port, "reason": reason} for target, reason in report.unreadable
        ],
        "new": list(report.new),
        "moved": list(report.moved),
        "held": list(report.held),
        "gone": list(report.gone),
        "duplicates": [
            {"serial_number": serial, "addresses": [in_words(place) for place in places]}
            for serial, places in report.duplicates.items()
        ],
    }


def show_search(report: SearchReport) -> None:
    """Print the report for people."""
    print_table(
        ["ADDRESS", "SERIAL", "VENDOR", "MODEL", "STATE"],
        [_row(printer) for printer in report.found],
        empty=f"no printer answered at {report.asked} addresses",
    )
    say_lines(_sentences(report))


def _row(printer: FoundPrinter) -> tuple[str | None, ...]:
    reading, target = printer.reading, printer.target
    state = "no serial" if reading.serial_number is None else "another's serial"
    if printer.device is not None:
        state = "held" if printer.device.held_since is not None else printer.device.shown_state
    return in_words((target.host, target.port)), reading.serial_number, reading.vendor, reading.model, state


def _sentences(report: SearchReport) -> Iterator[str]:
    for target, reason in report.unreadable:
        yield f"{in_words((target.host, target.port))} answers, but cannot be read: {reason}"
    for serial, places in report.duplicates.items():
        yield (
            f"{serial} is shown at {' and at '.join(map(in_words, places))}: these are several printers;"
            " what is known of it was not changed for the others"
        )
    for serial in report.moved:
        yield f"{serial} has moved here from another address"
    for serial in report.held:
        yield (
            f"{serial} is held, it may be another machine: `esolutions-client devices` says why;"
            f" if it is that printer, run `esolutions-client accept {serial}`"
        )
    for serial in report.gone:
        yield f"{serial} did not answer at its address"


def _found_json(printer: FoundPrinter) -> dict[str, Any]:
    reading, device = printer.reading, printer.device
    index = {} if printer.device_index is None else {"device_index": printer.device_index}
    return {
        "host": printer.target.host,
        "port": printer.target.port,
        "serial_number": reading.serial_number,
        "vendor": reading.vendor,
        "model": reading.model,
        "state": device.shown_state if device else None,
        **index,
    }
