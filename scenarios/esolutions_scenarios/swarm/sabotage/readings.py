"""Sabotages of what makes the client's readings true: which printer answers, and what it says.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_client.fleet.sameness import Verdict
from esolutions_client.readings.text import clean_text
from esolutions_client.service.printers import polling
from esolutions_client.service.printers.addresses import relocation
from esolutions_client.service.printers.addresses.relocation import Relocation
from esolutions_client.service.printers.polling import Polling
from esolutions_client.service.printers.reading_recorder import ReadingRecorder
from esolutions_client.snmp import queries
from esolutions_client.snmp.codec import messages
from esolutions_client.snmp.codec.ber import NULL
from esolutions_client.snmp.codec.messages import read_value
from esolutions_client.snmp.errors import SilentError
from esolutions_client.snmp.pdus import Unreadable
from esolutions_client.snmp.rows.layout import Layout
from esolutions_client.snmp.rows.tables import localization, printers
from esolutions_client.snmp.rows.tables.printers import PrinterRows
from esolutions_client.store import devices
from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage, as_it_is, nothing

if TYPE_CHECKING:
    from esolutions_client.service.printers.addresses.relocation import Outcome
    from esolutions_client.snmp.rows.layout import SteadyPoll

__all__ = ["SABOTAGES"]

_poll = Layout.poll
_steady_round = Polling._steady_round  # noqa: SLF001 - the sabotage stands around it
_settle = Relocation.settle
_rows_below = queries._rows_below  # noqa: SLF001 - the same


def same_machine(*_args: Any, **_kwargs: Any) -> Verdict:
    """Take whatever shows a serial number for the printer that is known by it."""
    return Verdict(is_same=True)


def end_at_null(root: str, last: str, reply: Any) -> Any:
    """Take a NULL for the end of a column."""
    rows = list(reply)
    nulls = (place for place, (_, value) in enumerate(rows) if isinstance(value, Unreadable))
    return _rows_below(root, last, rows[: next(nulls, len(rows))])


def refuse_odd_values(octets: bytes, at: int, end: int) -> Any:
    """Take nothing of a response in which one value is encoded as RFC 3417 does not say, as strict decoders do."""
    value = read_value(octets, at, end)
    if isinstance(value, Unreadable) and octets[at] != NULL:
        raise SilentError("no answer")
    return value


def any_text(value: object) -> str | None:
    """Take whatever stands where a serial number should for one."""
    return clean_text(value) or None


def mix_printers(_rows: object, _suffix: str) -> bool:
    """Take every row for the one printer's."""
    return True


def move_to_the_last(relocation: Relocation, device: Any, elsewhere: Any, at_home: Any) -> Outcome:
    """Overwrite an address by that of whichever machine shows the serial number last."""
    if not elsewhere:
        return _settle(relocation, device, elsewhere, at_home)
    return relocation._moved(device, elsewhere[-1], [])  # noqa: SLF001 - the sabotage stands around it


def poll_any_printer(layout: Layout, values: Any, last: SteadyPoll | None = None) -> Any:
    """Take the numbers of whichever printer answers at the address, without a look at its serial number."""
    if layout.serial_oid and values:
        values = [layout.serial_octets, *values[1:]]
    return _poll(layout, values, last and last._replace(uptime=0))


def leave_silent_ones(polling: Polling, items: Any, began: Any = None) -> Any:
    """Ask only the printers that have always answered."""
    return _steady_round(polling, [item for item in items if item.device.silent_since is None], began)


def call_silent_at_once(recorder: ReadingRecorder, item: Any, since: Any, reason: str, at: Any) -> None:
    """Call a printer silent that did not answer just now."""
    text = f"it has not answered since {since:%Y-%m-%d %H:%M} UTC: {reason}"
    recorder._store.note(at, "silent", text, item.device.serial_number)  # noqa: SLF001


SABOTAGES: dict[str, Sabotage] = {
    "charset-ignored": Sabotage(
        "the client does not look which character set a printer declares",
        "every_billed_value_was_shown",
        (Place(localization, "codec_of", nothing),),
    ),
    "identity-not-checked": Sabotage(
        "a printer at its own address proves its serial number and nothing else",
        "every_billed_value_was_shown",
        (
            Place(relocation, "is_still_there", same_machine),
            Place(polling, "is_still_there", same_machine),
        ),
    ),
    "moves-on-serial-alone": Sabotage(
        "a serial number suffices to follow a printer",
        "every_billed_value_was_shown",
        (Place(relocation, "is_same_machine", same_machine),),
    ),
    "null-ends-column": Sabotage(
        "a NULL ends the column it stands in",
        "no_meter_is_left_out",
        (Place(queries, "_rows_below", end_at_null),),
    ),
    "odd-value-silences": Sabotage(
        "one value that is encoded wrongly makes the whole printer silent",
        "every_device_is_active",
        (Place(messages, "read_value", refuse_odd_values),),
    ),
    "placeholder-serial-taken": Sabotage(
        "a mask is taken for a serial number",
        "every_number_is_on_a_label",
        (Place(printers, "serial_number", any_text),),
    ),
    "printers-mixed": Sabotage(
        "printers behind one agent are not told apart",
        "every_billed_value_was_shown",
        (Place(PrinterRows, "owns", mix_printers),),
    ),
    "search-overwrites": Sabotage(
        "a search moves a printer to wherever its serial number is shown last",
        "every_billed_value_was_shown",
        (Place(Relocation, "settle", move_to_the_last),),
    ),
    "serial-not-checked": Sabotage(
        "whoever answers at the address is read",
        "every_billed_value_was_shown",
        (Place(Layout, "poll", poll_any_printer),),
    ),
    "silence-is-final": Sabotage(
        "a printer that was silent once is not asked again",
        "every_device_is_active",
        (Place(Polling, "_steady_round", leave_silent_ones),),
    ),
    "silent-at-once": Sabotage(
        "the client calls a printer silent that did not answer just now",
        "silent_is_said_of_the_silent",
        (Place(ReadingRecorder, "_call_silent", call_silent_at_once),),
    ),
    "typed-letter-by-letter": Sabotage(
        "the client knows a printer by the very letters of its number",
        "every_device_is_active",
        (Place(devices, "canonical_serial", as_it_is),),
    ),
}
