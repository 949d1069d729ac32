"""Watch a life: what must hold after every step.

Nothing here trusts the client or the server. Bills are compared with what the
printer's counter showed, bytes with the specification. What must have come
right when the calm is over is in `aftermath`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.invariants import printer_name_of
from esolutions_scenarios.referee.accounting import UnknownContentError, account
from esolutions_scenarios.swarm.aftermath import Aftermath
from esolutions_scenarios.swarm.reading import AcceptedReading, accepted_readings
from esolutions_scenarios.worlds.memory import digest_of

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.life import Life

__all__ = ["Violation", "Watch"]

_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, when, and how."""

    invariant: str
    at: str
    text: str


class Watch:
    """The invariants of one life; `accepted` are printers for which a person accepted a reading."""

    def __init__(self, life: Life) -> None:
        self._life = life
        self.violations: list[Violation] = []
        self.accepted: set[str] = set()
        self._sent_seen = 0
        self._readings_seen = 0
        self._was_off_with: tuple[int, int] | None = None
        self._bills_seen: dict[tuple[str, str], dict[str, Any]] = {}
        self._canaries = [c.encode() for printer in life.testbed.fleet for c in (*printer.canaries, printer.address)]
        self._promised: list[AcceptedReading] = []

    def report(self, invariant: str, text: str) -> None:
        """Take note of a violation."""
        if len(self.violations) < _ENOUGH:
            self.violations.append(Violation(invariant, f"{self._life.testbed.now:%Y-%m-%d %H:%M}", text))

    def communication_turned(self, *, on: bool) -> None:
        """Take note that a person turned communication on or off."""
        net = self._life.machine.net
        self._was_off_with = None if on else (net.messages_sent, net.conversations_begun)

    def look(self) -> None:
        """Check what must hold after every step."""
        self._nothing_is_sent_while_off()
        if self._life.attacker.successes:
            self.report("strangers_change_nothing", self._life.attacker.successes.pop())
        if not self._life.machine.is_on:
            return
        self._no_reading_is_lost()
        outbox = self._life.machine.store.outbox
        newest = outbox.sent(1)
        if newest and newest[0].sent_id > self._sent_seen:
            for row in reversed(outbox.sent(newest[0].sent_id - self._sent_seen)):
                self._message(row)
            self._sent_seen = newest[0].sent_id
            self._bills()
            self._promises()

    @property
    def bills(self) -> list[dict[str, Any]]:
        """Every bill there was, oldest first."""
        return sorted(self._bills_seen.values(), key=lambda bill: int(bill["id"]))

    def look_back(self) -> None:
        """Check what must have come right by the end of the calm."""
        self.look()
        self._bills()
        for invariant, text in Aftermath(self._life, self.bills, self.accepted).findings():
            self.report(invariant, text)

    def _nothing_is_sent_while_off(self) -> None:
        if self._was_off_with is None:
            return
        net = self._life.machine.net
        if (net.messages_sent, net.conversations_begun) != self._was_off_with:
            self.report("nothing_is_sent_while_off", "something was sent after communication was turned off")
            self._was_off_with = (net.messages_sent, net.conversations_begun)

    def _no_reading_is_lost(self) -> None:
        count = self._life.machine.store.readings.count()
        if count < self._readings_seen:
            self.report("no_reading_is_lost", f"{self._readings_seen} readings were kept, now there are {count}")
        self._readings_seen = count

    def _message(self, row: SentRow) -> None:
        if row.outcome == "acknowledged" and digest_of(row.answer or b"") not in self._life.world.answers:
            self.report(
                "only_the_server_is_believed", f"{row.operation}: an answer that the server never gave was taken"
            )
        if row.operation == "SubmitBillingTransaction" and row.outcome == "acknowledged":
            self._promised += accepted_readings(row.body, row.answer or b"")
        for body in (row.body, row.answer):
            if not body:
                continue
            try:
                found = account(body)
            except UnknownContentError as error:
                self.report("every_byte_is_accounted_for", f"{row.operation}: {error}")
                continue
            except ValueError:
                continue  # not XML: a torso that somebody else sent back
            if found is not None and not found.is_exact:
                self.report(
                    "every_byte_is_accounted_for",
                    f"{found.message} with {found.devices} devices has {found.measured} bytes, not {found.expected}",
                )
        for canary in self._canaries:
            if canary in row.body:
                self.report("only_allowed_data_is_sent", f"{row.operation} holds {canary.decode()!r}")

    def _promises(self) -> None:
        """Whatever the server has acknowledged as accepted it holds, from that moment on."""
        for serial, command_id, values in self._promised:
            for meter, value in values:
                billed = self._bills_seen.get((command_id, meter))
                if billed is None or billed["value"] != value:
                    text = f"{serial} {meter} = {value} is acknowledged, but not at the server"
                    self.report("what_is_acknowledged_is_there", text)
        self._promised.clear()

    def _bills(self) -> None:
        """Check each bill once: shown by the counter, young enough, the same for ever."""
        administration = self._life.testbed.administration
        commands: dict[str, dict[str, Any]] = {}
        for bill in administration.bills():
            key = (bill["command_id"], bill["meter"])
            before = self._bills_seen.get(key)
            if before is not None:
                if before["value"] != bill["value"]:
                    self.report("no_request_is_answered_twice", f"{bill['serial']} {bill['meter']} was billed anew")
                continue
            self._bills_seen[key] = bill
            commands = commands or {command["id"]: command for command in administration.commands()}
            self._one_bill(bill, commands[bill["command_id"]])

    def _one_bill(self, bill: dict[str, Any], command: dict[str, Any]) -> None:
        shown = self._life.testbed.printer(bill["serial"]).counters_at(bill["read_at"])
        serial_then = self._life.testbed.printer(bill["serial"]).serial_at(bill["read_at"])
        if serial_then != bill["serial"] or shown.get(printer_name_of(bill["meter"])) != bill["value"]:
            self.report(
                "every_billed_value_was_shown",
                f"{bill['serial']} {bill['meter']} was billed {bill['value']} of {bill['read_at']},"
                f" {serial_then} showed {shown.get(printer_name_of(bill['meter']))}",
            )
        if bill["read_at"] < command["read_not_before"]:
            self.report(
                "no_stale_reading_is_billed",
                f"{bill['serial']} was read at {bill['read_at']}, asked for at {command['read_not_before']}",
            )
