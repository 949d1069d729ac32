"""Watch a life: what must hold after every step.

Nothing here trusts the client or the server. Bills are compared with what the
printer's counter showed, bytes with the specification, as they leave the
machine. What must have come right when the calm is over is in `aftermath`.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.invariants import printer_name_of
from esolutions_scenarios.referee.accounting import UnknownContentError, account
from esolutions_scenarios.swarm.final_checks import FinalChecks
from esolutions_scenarios.swarm.invariants import INVARIANTS
from esolutions_scenarios.swarm.reading import AcceptedReading, accepted_readings, not_accepted
from esolutions_scenarios.swarm.reading_shadow import ReadingShadow
from esolutions_scenarios.swarm.sockets import bound_sockets
from esolutions_scenarios.swarm.spellings import plain
from esolutions_scenarios.worlds.memory import digest_of

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = ["OnlineChecks", "Violation"]

_ENOUGH = 5
# What the server says of an answer that is not what it ordered.
_NOT_AS_ORDERED = ("was ordered and is missing", "was not ordered", "comes twice")


@dataclass(frozen=True, slots=True)
class Violation:
    """An invariant that did not hold, when, and how."""

    invariant: str
    at: str
    text: str


class OnlineChecks:
    """The invariants of one life."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self.violations: list[Violation] = []
        self._sent_seen = 0
        self._errors_seen = 0
        self._readings = ReadingShadow()
        self._bound = len(bound_sockets())
        self._was_full_with: int | None = None
        self._bills_seen: dict[tuple[str, str], dict[str, Any]] = {}
        self._openings_seen: set[tuple[str, str, int, datetime]] = set()
        self._promised: list[AcceptedReading] = []
        site.machine.net.taps.append(self._overhear)
        site.machine.net.count_packets()

    def report(self, invariant: str, text: str) -> None:
        """Take note of a violation."""
        assert invariant in INVARIANTS, invariant  # noqa: S101 - a name that nobody documented
        if len(self.violations) < _ENOUGH:
            self.violations.append(Violation(invariant, f"{self._site.testbed.now:%Y-%m-%d %H:%M}", text))

    def check_numbers(self) -> None:
        """Check that the server has no number twice in different spellings: it would bill a printer twice."""
        administration = self._site.testbed.administration
        named = {"device": [device["serial"] for device in administration.devices()]}
        named["client"] = [proxy["id"] for proxy in administration.proxies()]
        for kind, numbers in named.items():
            for number, count in Counter(map(plain, numbers)).items():
                if count > 1:
                    self.report("one_number_is_one_device", f"the server has {count} spellings of the {kind} {number}")

    def look(self) -> None:
        """Check what must hold after every step."""
        self._nothing_is_sent_while_off()
        self._no_printer_is_asked_in_vain()
        if self._site.attacker.successes:
            self.report("strangers_change_nothing", self._site.attacker.successes.pop())
        if len(bound_sockets()) > self._bound:
            self.report("the_client_never_listens", f"a socket is bound to {bound_sockets()[self._bound]}")
            self._bound = len(bound_sockets())
        for error in self._site.world.unforeseen_errors()[self._errors_seen :]:
            self._errors_seen += 1
            self.report("nothing_escapes", f"the server met {error}")
        if not self._site.machine.is_on:
            return
        lost = self._readings.lost(self._site.machine.store)
        if lost:
            self.report("no_reading_is_lost", lost)
        outbox = self._site.machine.store.outbox
        newest = outbox.sent(1)
        if newest and newest[0].sent_id > self._sent_seen:
            for row in reversed(outbox.sent(newest[0].sent_id - self._sent_seen)):
                self._answer(row)
            self._sent_seen = newest[0].sent_id
            self._openings()
            self._bills()
            self._promises()

    @property
    def bills(self) -> list[dict[str, Any]]:
        """Every bill there was, oldest first; where the server has forgotten some, those that there are."""
        if self._site.record.has_forgotten:
            return self._site.testbed.administration.bills()
        return sorted(self._bills_seen.values(), key=lambda bill: int(bill["id"]))

    def look_back(self) -> None:
        """Check what must have come right by the end of the calm."""
        self.look()
        self._bills()
        for text in self._readings.changed(self._site.machine.store):
            self.report("no_reading_is_lost", text)
        for invariant, text in FinalChecks(self._site, self.bills).findings():
            self.report(invariant, text)

    def _nothing_is_sent_while_off(self) -> None:
        if self._site.record.was_off_with is None:
            return
        net = self._site.machine.net
        if (net.packets, net.conversations_begun) != self._site.record.was_off_with:
            self.report("nothing_is_sent_while_off", "something was sent after communication was turned off")
            self._site.record.was_off_with = (net.packets, net.conversations_begun)

    def _no_printer_is_asked_in_vain(self) -> None:
        machine = self._site.machine
        asked = machine.net.packets - machine.net.messages_sent
        if machine.disk_is_full and self._was_full_with not in {None, asked}:
            self.report("no_printer_is_asked_in_vain", "a printer was asked while the disk was full")
        self._was_full_with = asked if machine.disk_is_full else None

    def _overhear(self, operation: str, body: bytes) -> None:
        """Check a message as it leaves the machine."""
        # Whoever opens the file anew sees what is committed, and nothing else.
        with closing(sqlite3.connect(self._site.machine.path)) as store:
            newest = store.execute("SELECT body FROM sent ORDER BY sent_id DESC LIMIT 1").fetchone()
        if newest is None or newest[0] != body:
            self.report("what_is_sent_was_committed", f"{operation} left before it was committed")
        self._account(operation, body)
        if b":Secret>" in body and not self._site.record.may_send_secret:
            self.report("the_secret_is_not_fetched", f"{operation} carries the secret, and no person said so")
        for canary in (octets for printer in self._site.testbed.fleet for octets in printer.canary_octets):
            if canary in body:
                self.report("only_allowed_data_is_sent", f"{operation} holds {canary!r}")

    def _answer(self, row: SentRow) -> None:
        """Check what a client took for an answer."""
        if row.outcome == "acknowledged" and digest_of(row.answer or b"") not in self._site.world.answers:
            self.report(
                "only_the_server_is_believed", f"{row.operation}: an answer that the server never gave was taken"
            )
        if row.operation == "RegisterProxy" and row.outcome == "acknowledged":
            self._site.record.may_send_secret = False
        if row.operation == "SubmitBillingTransaction" and row.outcome == "acknowledged":
            self._take_promises(accepted_readings(row.body, row.answer or b""))
        if row.outcome == "acknowledged":
            self._reasons(row)
        if row.answer:
            self._account(row.operation, row.answer)

    def _reasons(self, row: SentRow) -> None:
        """Check what a receipt does not accept: it says why, and never that the answer was not what was ordered."""
        for serial, outcome, reason in not_accepted(row.answer or b""):
            if not reason:
                self.report("every_refusal_has_a_reason", f"{row.operation}: {serial} is {outcome} for no reason")
            if any(words in reason for words in _NOT_AS_ORDERED):
                self.report("answers_are_what_was_ordered", f"{serial}: {reason}")

    def _take_promises(self, accepted: list[AcceptedReading]) -> None:
        self._promised += accepted
        for serial, command_id, values in accepted:
            period_end = self._site.machine.store.commands.period_end(command_id)
            for meter, value in values:
                if period_end is not None:
                    # What was acknowledged first counts: a period is not billed anew.
                    self._site.record.acknowledged.setdefault((serial, period_end, meter), value)

    def _account(self, operation: str, body: bytes) -> None:
        try:
            found = account(body)
        except UnknownContentError as error:
            self.report("every_byte_is_accounted_for", f"{operation}: {error}")
            return
        except ValueError:
            return  # not XML: a torso that somebody else sent back
        if found is not None and not found.is_exact:
            self.report(
                "every_byte_is_accounted_for",
                f"{found.message} with {found.devices} devices has {found.measured} bytes, not {found.expected}",
            )

    def _promises(self) -> None:
        """Whatever the server has acknowledged as accepted it holds, from that moment on.

        One that has forgotten a request makes it anew, and holds under the new one what answers the old one.
        """
        held = (
            {(bill["serial"], bill["meter"], bill["value"]) for bill in self.bills}
            if self._site.record.has_forgotten
            else set()
        )
        for serial, command_id, values in self._promised:
            for meter, value in values:
                billed = self._bills_seen.get((command_id, meter))
                if (billed is None or billed["value"] != value) and (serial, meter, value) not in held:
                    text = f"{serial} {meter} = {value} is acknowledged, but not at the server"
                    self.report("what_is_acknowledged_is_there", text)
        self._promised.clear()

    def _bills(self) -> None:
        """Check each bill once: shown by the counter, young enough, the same for ever."""
        administration = self._site.testbed.administration
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
            self._shown(bill["serial"], bill["meter"], bill["value"], bill["read_at"], "billed")
            asked_at = commands[bill["command_id"]]["read_not_before"]
            if bill["read_at"] < asked_at:
                self.report(
                    "no_stale_reading_is_billed",
                    f"{bill['serial']} was read at {bill['read_at']}, asked for at {asked_at}",
                )

    def _openings(self) -> None:
        """Check each opening value once: the first bill counts from it."""
        for device in self._site.testbed.administration.devices():
            for meter in device["meters"]:
                key = (device["serial"], meter["name"], meter["opening_value"], meter["opening_read_at"])
                if meter["opening_value"] is not None and key not in self._openings_seen:
                    self._openings_seen.add(key)
                    self._shown(*key, "opened")

    def _shown(self, serial: str, meter: str, value: int, read_at: datetime, what: str) -> None:
        """Check that the printer with this serial number showed a value at a moment."""
        printer = self._site.testbed.printer(serial)
        shown = printer.counters_at(read_at).get(printer_name_of(meter))
        stood_there = printer.serial_at(read_at)
        if stood_there != serial or shown != value:
            self.report(
                "every_billed_value_was_shown",
                f"{serial} {meter} was {what} with {value} of {read_at}, {stood_there} showed {shown}",
            )
