"""The standing invariants of stories, held against the printers' own truth at the end.

Each is a function from a testbed to the violations it finds, in words. None of
them believes the client or the server: values are compared with what the
simulated printer showed at the stated time, sizes with the specification.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.checks.places import Places, in_words
from esolutions_scenarios.checks.rules import Shown, canaries_in, shown_by, unbilled
from esolutions_scenarios.testbed.transcript import accounts, unaccounted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_scenarios.testbed.testbed import Testbed
    from esolutions_server.service.people.presentation.views import BillView

__all__ = ["INVARIANTS"]


def every_byte_is_accounted_for(testbed: Testbed) -> Iterator[str]:
    """Every message has exactly the size that the published formula and its own fields call for."""
    places = Places(testbed)
    for row, why in unaccounted(testbed):
        yield f"{places.of_message(row)}: expected nothing but what the specification knows, found that {why}"
    for row, found in accounts(testbed):
        if not found.is_exact:
            yield (
                f"{places.of_message(row)}: expected {found.expected} bytes of {found.message} with {found.devices}"
                f" devices, found {found.measured}"
            )


def every_billed_value_was_shown(testbed: Testbed) -> Iterator[str]:
    """Every billed value was really shown by that printer's counter at the stated moment."""
    places = Places(testbed)
    for bill in testbed.administration.every.bills():
        shown = shown_by(testbed, bill.serial, bill.meter, bill.read_at)
        if shown != Shown(bill.serial, bill.value):
            yield (
                f"{places.of_found(bill, bill.read_at)}: expected what its {bill.meter} showed when it was read"
                f" at {in_words(bill.read_at)}, {in_words(shown.value)}; {bill.value} was billed"
            )


def no_request_is_billed_twice(testbed: Testbed) -> Iterator[str]:
    """No billing request has more than one bill of the same meter."""
    places = Places(testbed)
    counted: dict[tuple[str, str], list[BillView]] = {}
    for bill in testbed.administration.every.bills():
        counted.setdefault((bill.command_id, bill.meter), []).append(bill)
    for (_, meter), bills in counted.items():
        if len(bills) > 1:
            yield (
                f"{places.of_found(bills[-1], bills[-1].read_at)}: expected one bill of {meter} for the request,"
                f" found {len(bills)}: {in_words([bill.value for bill in bills])}"
            )


def only_allowed_data_is_sent(testbed: Testbed) -> Iterator[str]:
    """Nothing of a customer's own is in any byte sent: no name, place, person, address or other value of a printer."""
    places = Places(testbed)
    for machine in testbed.machines:
        for row in machine.store.outbox.sent():
            for canary in canaries_in(testbed, row.body):
                yield f"{places.of_message(row)}: expected none of a customer's own data, found {in_words(canary)}"


def every_receipt_is_of_the_server(testbed: Testbed) -> Iterator[str]:
    """Every billing answer that the client holds as acknowledged is a bill or a refusal at the server."""
    places = Places(testbed)
    for machine in testbed.machines:
        for device, sent in unbilled(testbed, machine):
            yield (
                f"{places.at(sent.read_date)}, printer {device.serial_number}: expected a bill or a refusal of"
                f" {sent.meter} {sent.value}, which is acknowledged; found none"
            )


def the_server_foresaw_everything(testbed: Testbed) -> Iterator[str]:
    """The server met nothing that it had not foreseen."""
    yield from testbed.world.unforeseen_errors()


INVARIANTS: tuple[Callable[[Testbed], Iterator[str]], ...] = (
    every_byte_is_accounted_for,
    every_billed_value_was_shown,
    no_request_is_billed_twice,
    only_allowed_data_is_sent,
    every_receipt_is_of_the_server,
    the_server_foresaw_everything,
)
