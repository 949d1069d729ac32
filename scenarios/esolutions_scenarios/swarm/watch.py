"""Watch a life: the safety invariants after every step, the liveness ones when the calm is over.

Nothing here trusts the client or the server. Bills are compared with what the
printer's counter showed, bytes with the specification, and periods with a
calendar of our own.
"""

from __future__ import annotations

import calendar
import json
import re
from collections import Counter
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from esolutions_scenarios.checks.invariants import printer_name_of
from esolutions_scenarios.referee.accounting import UnknownContentError, account
from esolutions_scenarios.swarm.reading import AcceptedReading, accepted_readings
from esolutions_scenarios.worlds.memory import digest_of

if TYPE_CHECKING:
    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.life import Life, Violation

__all__ = ["Watch"]

_MONTHS = {"monthly": 1, "quarterly": 3, "semi-annual": 6, "Monthly": 1, "Quarterly": 3, "SemiAnnual": 6}
_ENOUGH = 5


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
        from esolutions_scenarios.swarm.life import Violation

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

    def look_back(self) -> None:
        """Check what must have come right by the end of the calm."""
        self.look()
        self._bills()
        self._acknowledged_is_billed()
        self._meters_do_not_fall_silently()
        self._requests_are_answered()
        self._periods_are_right()
        self._activated_once()
        self._no_message_counts_twice()
        self._devices_are_active()

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

    def _acknowledged_is_billed(self) -> None:
        """No reading that the client holds as acknowledged is missing at the server."""
        administration = self._life.testbed.administration
        billed = {(bill["serial"], bill["meter"], bill["value"]) for bill in administration.bills()}
        opening = {
            (device["serial"], meter["name"], meter["opening_value"])
            for device in administration.devices()
            for meter in device["meters"]
        }
        store = self._life.machine.store
        for device in store.devices.all():
            for sent in store.readings.transmitted(device.serial_number).values():
                if (device.serial_number, sent.meter, sent.value) not in billed | opening:
                    self.report(
                        "what_is_acknowledged_is_there",
                        f"{device.serial_number} {sent.meter} = {sent.value} is acknowledged, but not at the server",
                    )

    def _meters_do_not_fall_silently(self) -> None:
        """No meter that went backwards was billed without a person, nor kept without a flag."""
        last: dict[tuple[str, str], int] = {}
        for bill in sorted(self._bills_seen.values(), key=lambda bill: bill["id"]):
            key = (bill["serial"], bill["meter"])
            fell = bill["value"] < last.get(key, 0) and bill["rollover_at"] is None
            if fell and bill["serial"] not in self.accepted:
                self.report(
                    "meters_never_fall_silently", f"{key[0]} {key[1]} was billed {bill['value']} after {last[key]}"
                )
            last[key] = bill["value"]
        store = self._life.machine.store
        for device in store.devices.all():
            if device.serial_number in self._life.fallen and not any(
                kind == "held" for _, kind, _, _ in store.events(-1, device.serial_number)
            ):
                self._check_flags(device.serial_number, device.device_id)

    def _check_flags(self, serial: str, device_id: int) -> None:
        """A printer whose counters fell, and which nobody was told of, must not have a reading below an earlier one."""
        highest: dict[tuple[int, int], int] = {}
        for row in reversed(self._life.machine.store.readings.newest(device_id, -1)):
            for position, value in enumerate(json.loads(row.body)[0]):
                key = (row.layout_id, position)
                if value is not None and row.flag is None and value < highest.get(key, 0):
                    self.report("meters_never_fall_silently", f"{serial} fell from {highest[key]} to {value} unnoticed")
                    return
                if value is not None:
                    highest[key] = max(value, highest.get(key, 0))

    def _requests_are_answered(self) -> None:
        """After the calm every request to a device that is there and active has its answer."""
        now = self._life.testbed.now
        settled = now - timedelta(days=3)
        reachable = {printer.serial_at(now) for printer in self._life.testbed.fleet}
        for request in self._life.testbed.administration.requests():
            if request["state"] == "open" and request["serial"] in reachable and request["read_not_before"] < settled:
                self.report(
                    "every_request_is_answered",
                    f"{request['serial']}: the request of {request['read_not_before']} is still open",
                )

    def _devices_are_active(self) -> None:
        """After the calm every device that is there is active at both ends."""
        now = self._life.testbed.now
        reachable = {printer.serial_at(now) for printer in self._life.testbed.fleet}
        ours = {device.serial_number: device for device in self._life.machine.store.devices.all()}
        for device in self._life.testbed.administration.devices():
            serial = device["serial"]
            if serial not in reachable:
                continue
            here = ours[serial].shown_state if serial in ours else "unknown"
            if str(device["state"]) != "active" or here != "active":
                self.report(
                    "every_device_is_active", f"{serial} is {device['state']} at the server, {here} at the client"
                )

    def _periods_are_right(self) -> None:
        """Every billing period ends where a calendar says, and none is left out."""
        administration = self._life.testbed.administration
        equipment = {item["serial"]: item for item in administration.equipment()}
        for serial, item in equipment.items():
            ends = sorted(r["period_end"] for r in administration.requests() if r["serial"] == serial)
            activated = [
                d["activated_at"] for d in administration.devices() if d["serial"] == serial and d["activated_at"]
            ]
            if not activated:
                continue
            due = [end for end in _period_ends(item) if activated[0] < end <= self._last_sync()]
            for end in due:
                if end not in ends:
                    self.report("every_period_ends_right", f"{serial}: no request for the period that ended at {end}")
            if serial not in self._life.asked_by_hand and len(ends) > len(
                [end for end in _period_ends(item) if end <= self._life.testbed.now]
            ):
                self.report("every_period_ends_right", f"{serial}: {len(ends)} requests, {len(due)} periods")

    def _last_sync(self) -> datetime:
        at = self._life.machine.store.settings.moment("last_sync_at")
        return at or datetime.min.replace(tzinfo=UTC)

    def _no_message_counts_twice(self) -> None:
        """Of all attempts to deliver a message, the server has acted on one."""
        acted = Counter(
            (entry["proxy_id"], entry["message_id"])
            for entry in self._life.testbed.administration.journal()
            if entry["outcome"] == "receipt"
        )
        for (_, message_id), count in acted.items():
            if count > 1:
                self.report("no_message_counts_twice", f"the server acted {count} times on the message {message_id}")

    def _activated_once(self) -> None:
        """A device is told to turn on until its status has arrived, and never again."""
        told: Counter[bytes] = Counter()
        for row in self._life.machine.store.outbox.sent():
            if row.operation == "SyncProxyStatus" and row.outcome == "acknowledged":
                told.update(re.findall(rb"CommandId>([^<]+)<", row.body))
        for command_id, count in told.items():
            if count > 1:
                self.report("activation_happens_once", f"the status of {command_id.decode()} was taken {count} times")
        turned: dict[str, set[str]] = {}
        for command in self._life.testbed.administration.commands():
            if str(command["action"]) == "TurnOn":
                turned.setdefault(command["serial"], set()).add(command["id"])
        for serial, ids in turned.items():
            if len(ids) > 1:
                self.report("activation_happens_once", f"{serial} was told {len(ids)} times to turn on")


def _period_ends(item: dict[str, Any]) -> list[datetime]:
    """Return the ends of all periods of two years: the anchor day, or the month's last, at midnight where it stands."""
    zone = ZoneInfo(item["time_zone"])
    step = _MONTHS[str(item["frequency"])]
    ends = []
    for month in range(24):
        year, number = 2028 + month // 12, month % 12 + 1
        if (number - 1) % step:
            continue
        day = min(item["anchor_day"], calendar.monthrange(year, number)[1])
        ends.append(datetime.combine(datetime(year, number, day, tzinfo=zone).date(), time(0), zone).astimezone(UTC))
    return ends
