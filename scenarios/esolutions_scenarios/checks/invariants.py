"""The standing invariants, judged at the end of a run against the printers' own truth.

Each is a function from a testbed to the violations it finds, in words. None of
them believes the client or the server: values are compared with what the
simulated printer showed at the stated moment, sizes with the specification.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.testbed.transcript import accounts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["INVARIANTS", "Verdict", "judge", "printer_name_of"]

_SHOWN_AT_MOST = 5
# The client's label for the counter of a printer that has no billing meters of its own.
_PRINTER_MIB_NAMES = {"Marker Life Count": "prtMarkerLifeCount"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a check found."""

    check: str
    promise: str
    passed: bool
    violations: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the verdict as `run --json` prints it."""
        return asdict(self)


def every_byte_is_accounted_for(testbed: Testbed) -> Iterator[str]:
    """Every message has exactly the size that the published formula and its own fields call for."""
    for row, found in accounts(testbed):
        if not found.is_exact:
            yield (
                f"{found.message} of {row.sent_at:%Y-%m-%d %H:%M} with {found.devices} devices has"
                f" {found.measured} bytes, {found.expected} are accounted for"
            )


def every_billed_value_was_shown(testbed: Testbed) -> Iterator[str]:
    """Every billed value was really shown by that printer's counter at the stated moment."""
    for bill in testbed.administration.bills():
        shown = testbed.printer(bill["serial"]).counters_at(bill["read_at"])
        name = printer_name_of(bill["meter"])
        if shown.get(name) != bill["value"]:
            yield (
                f"{bill['serial']} was billed {bill['value']} of {bill['meter']!r} read at {bill['read_at']},"
                f" but showed {shown.get(name)}"
            )


def no_request_is_billed_twice(testbed: Testbed) -> Iterator[str]:
    """No billing request has more than one bill of the same meter."""
    counted = Counter((bill["command_id"], bill["meter"]) for bill in testbed.administration.bills())
    for (command_id, meter), count in counted.items():
        if count > 1:
            yield f"the request {command_id} has {count} bills of {meter!r}"


def only_allowed_data_is_sent(testbed: Testbed) -> Iterator[str]:
    """Nothing of a customer's own is in any byte sent: no name, place, person, address or other value of a printer."""
    canaries = [canary for printer in testbed.fleet for canary in printer.canary_octets]
    for machine in testbed.machines:
        for row in machine.store.outbox.sent():
            for canary in canaries:
                if canary in row.body:
                    yield f"{row.operation} of {row.sent_at:%Y-%m-%d %H:%M} holds {canary!r}"


def every_receipt_is_of_the_server(testbed: Testbed) -> Iterator[str]:
    """Every billing answer that the client holds as acknowledged is a bill or a refusal at the server."""
    billed = {(bill["serial"], bill["meter"], bill["value"]) for bill in testbed.administration.bills()}
    for machine in testbed.machines:
        for device in machine.store.devices.all():
            if device.active_since is None:
                continue
            for sent in machine.store.readings.transmitted(device.serial_number).values():
                opening = device.registered_at is not None and sent.read_date <= device.registered_at
                if not opening and (device.serial_number, sent.meter, sent.value) not in billed:
                    yield f"{device.serial_number}: {sent.meter!r} = {sent.value} is acknowledged, but was not billed"


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


def printer_name_of(meter: str) -> str:
    """Return what a simulated printer calls a meter that the client calls by this name."""
    return _PRINTER_MIB_NAMES.get(meter, meter)


def judge(testbed: Testbed) -> list[Verdict]:
    """Return the verdict of every invariant and of every expectation of the story."""
    verdicts = []
    for invariant in INVARIANTS:
        found = list(invariant(testbed))
        promise = (invariant.__doc__ or "").strip()
        verdicts.append(Verdict(invariant.__name__, promise, not found, tuple(found[:_SHOWN_AT_MOST])))
    for expected in testbed.expectations:
        violations = () if expected.is_kept else (expected.detail or "it is not so",)
        verdicts.append(Verdict("story", expected.promise, expected.is_kept, violations))
    return verdicts
