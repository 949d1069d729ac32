"""What must have come right when the calm is over.

Every request answered, every device active at both ends, every period where a
calendar of our own says, nothing twice, nothing fallen silently.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from esolutions_scenarios.checks.invariants import printer_name_of
from esolutions_scenarios.swarm import rhythm
from esolutions_scenarios.swarm.contracts import period_ends
from esolutions_scenarios.swarm.plan import START
from esolutions_scenarios.swarm.possible import impossible
from esolutions_scenarios.swarm.reading import not_accepted

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = ["FinalChecks", "Finding"]

# An invariant and what is wrong.
Finding = tuple[str, str]

# A period that ended just before its printer was taken out of service may have gone unasked for.
_A_DAY = timedelta(days=1)


class FinalChecks:
    """The end of one life, and its bills, oldest first."""

    def __init__(self, site: Site, bills: list[dict[str, Any]]) -> None:
        self._site = site
        self._bills = bills

    def findings(self) -> Iterator[Finding]:
        """Yield what did not come right."""
        yield from self._acknowledged_is_billed()
        yield from self._periods_are_billed_as_acknowledged()
        yield from self._meters_do_not_fall_silently()
        yield from self._requests_are_answered()
        yield from self._periods_are_right()
        yield from self._activated_once()
        yield from self._no_message_counts_twice()
        yield from self._devices_are_active()
        yield from self._ordered_is_answered()
        yield from self._gone_are_not_asked()
        yield from self._refusals_have_reasons()
        yield from self._wishes_are_answered()
        yield from self._numbers_are_on_labels()
        yield from self._no_meter_is_left_out()
        for text in rhythm.polls_off_beat(self._site):
            yield ("polls_keep_the_interval", text)
        for text in rhythm.called_silent_early(self._site):
            yield ("silent_is_said_of_the_silent", text)
        for text in impossible(self._site.testbed.fleet, START, self._site.testbed.now):
            yield ("printers_are_possible", text)

    def _numbers_are_on_labels(self) -> Iterator[Finding]:
        """Whatever a printer shows where its serial number should stand, only numbers of printers are taken."""
        labels = {segment.machine.serial for printer in self._site.testbed.fleet for segment in printer.segments}
        listed = {device.serial_number for device in self._site.machine.store.devices.all()}
        registered = {str(device["serial"]) for device in self._site.testbed.administration.devices()}
        for serial in sorted((listed | registered) - labels):
            yield ("every_number_is_on_a_label", f"{serial} is taken for a printer, and stands on none")

    def _no_meter_is_left_out(self) -> Iterator[Finding]:
        """A meter that is not registered is never ordered, and no bill would show that it is missing."""
        for device in self._site.testbed.administration.devices():
            opened = {printer_name_of(meter["name"]) for meter in device["meters"]}
            read_at = [meter["opening_read_at"] for meter in device["meters"] if meter["opening_read_at"] is not None]
            if not read_at:
                continue
            shown = self._site.testbed.printer(device["serial"]).counters_at(min(read_at))
            for name in sorted(shown.keys() - opened):
                yield ("no_meter_is_left_out", f"{device['serial']} showed {name}, and was registered without it")

    def _acknowledged_is_billed(self) -> Iterator[Finding]:
        """No reading that the client holds as acknowledged is missing at the server."""
        administration = self._site.testbed.administration
        billed = {(bill["serial"], bill["meter"], bill["value"]) for bill in administration.bills()}
        opening = {
            (device["serial"], meter["name"], meter["opening_value"])
            for device in administration.devices()
            for meter in device["meters"]
        }
        store = self._site.machine.store
        for device in store.devices.all():
            if self._site.record.has_lost and not device.is_polled:
                continue  # a server that was lost is told of the printers that are in service
            for sent in store.readings.transmitted(device.serial_number).values():
                if (device.serial_number, sent.meter, sent.value) not in billed | opening:
                    yield (
                        "what_is_acknowledged_is_there",
                        f"{device.serial_number} {sent.meter} = {sent.value} is acknowledged, but not at the server",
                    )

        for serial, meter, value in opening:
            last = self._site.record.opened_with.get(serial, {}).get(meter, value)
            if last != value:
                text = f"{serial} {meter} was opened anew with {value}, {last} was acknowledged last"
                yield ("what_is_acknowledged_is_there", text)

    def _periods_are_billed_as_acknowledged(self) -> Iterator[Finding]:
        """Each period is billed once, with what was acknowledged for it first, whatever the server forgot meanwhile."""
        ends = {request["id"]: request["period_end"] for request in self._site.testbed.administration.requests()}
        billed: dict[tuple[str, datetime, str], list[int]] = {}
        for bill in self._site.testbed.administration.bills():
            billed.setdefault((bill["serial"], ends[bill["command_id"]], bill["meter"]), []).append(bill["value"])
        for key, value in self._site.record.acknowledged.items():
            if billed.get(key, []) != [value]:
                serial, end, meter = key
                text = f"{serial} {meter} of {end:%Y-%m-%d %H:%M} was acknowledged with {value}, not {billed.get(key)}"
                yield ("every_period_is_billed_as_acknowledged", text)

    def _meters_do_not_fall_silently(self) -> Iterator[Finding]:
        """No meter that went backwards was billed without a person, nor kept without a flag."""
        last: dict[tuple[str, str], int] = {}
        for bill in self._bills:
            key = (bill["serial"], bill["meter"])
            fell = bill["value"] < last.get(key, 0) and bill["rollover_at"] is None
            if fell and bill["serial"] not in self._site.accepted:
                yield ("meters_never_fall_silently", f"{key[0]} {key[1]} was billed {bill['value']} after {last[key]}")
            last[key] = bill["value"]
        store = self._site.machine.store
        for device in store.devices.all():
            if device.serial_number in self._site.fallen and not any(
                kind == "held" for _, kind, _, _ in store.events(-1, device.serial_number)
            ):
                yield from self._check_flags(device.serial_number, device.device_id)

    def _check_flags(self, serial: str, device_id: int) -> Iterator[Finding]:
        """A printer whose counters fell, and which nobody was told of, must not have a reading below an earlier one."""
        highest: dict[tuple[int, int], int] = {}
        for row in reversed(self._site.machine.store.readings.newest(device_id, -1)):
            for position, value in enumerate(json.loads(row.body)[0]):
                key = (row.layout_id, position)
                if value is not None and row.flag is None and value < highest.get(key, 0):
                    yield ("meters_never_fall_silently", f"{serial} fell from {highest[key]} to {value} unnoticed")
                    return
                if value is not None:
                    highest[key] = max(value, highest.get(key, 0))

    def _requests_are_answered(self) -> Iterator[Finding]:
        """After the calm every request to a device that is there and active has its answer."""
        now = self._site.testbed.now
        settled = now - timedelta(days=3)
        reachable = {printer.serial_at(now) for printer in self._site.testbed.fleet}
        for request in self._site.testbed.administration.requests():
            if request["state"] == "open" and request["serial"] in reachable and request["read_not_before"] < settled:
                yield (
                    "every_request_is_answered",
                    f"{request['serial']}: the request of {request['read_not_before']} is still open",
                )

    def _ordered_is_answered(self) -> Iterator[Finding]:
        """A closed request has a row for each meter that it ordered, and no other."""
        administration = self._site.testbed.administration
        named: dict[str, list[str]] = {}
        for value in (*administration.bills(), *administration.not_billed()):
            named.setdefault(value["command_id"], []).append(value["meter"])
        for request in administration.requests():
            if request["state"] not in {"answered", "held", "rejected"}:
                continue
            ordered, answered = json.loads(request["ordered"] or "[]"), named.get(request["id"], [])
            if sorted(ordered) != sorted(answered):
                odd = sorted(set(ordered) ^ set(answered))
                text = f"{request['serial']}: {len(ordered)} ordered, {len(answered)} answered; not in both: {odd}"
                yield ("every_ordered_meter_is_answered", text)

    def _gone_are_not_asked(self) -> Iterator[Finding]:
        """No request to a printer that was carried away is open, whoever noted it or nobody."""
        now = self._site.testbed.now
        settled = now - timedelta(days=3)
        there = {printer.serial_at(now) for printer in self._site.testbed.fleet}
        for request in self._site.testbed.administration.requests():
            if request["state"] == "open" and request["serial"] not in there and request["issued_at"] < settled:
                text = f"{request['serial']} is gone, and is asked for its meters since {request['issued_at']}"
                yield ("gone_printers_are_not_asked", text)

    def _refusals_have_reasons(self) -> Iterator[Finding]:
        """What was not accepted says why in the journal and in the list of values."""
        administration = self._site.testbed.administration
        notes: dict[str, str] = {}
        for entry in administration.journal():
            if entry["outcome"] == "receipt":
                notes[entry["message_id"]] = entry["note"]
        for row in self._acknowledged(notes):
            for serial, outcome, reason in not_accepted(row.answer or b""):
                if f"{serial} {outcome}: {reason}"[:40] not in notes.get(row.message_id, ""):
                    yield ("every_refusal_has_a_reason", f"the journal does not say why {serial} was {outcome}")
        for value in administration.not_billed():
            if not value["reason"]:
                yield ("every_refusal_has_a_reason", f"{value['serial']} {value['meter']} is {value['outcome']}: why?")

    def _acknowledged(self, remembered: Collection[str]) -> Iterator[SentRow]:
        """Yield what was acknowledged; of a server that has forgotten some of it, what it remembers, and how last."""
        seen: set[str] = set()
        for row in self._site.machine.store.outbox.sent():
            if row.outcome != "acknowledged" or not row.answer:
                continue
            is_forgotten = row.message_id in seen or row.message_id not in remembered
            seen.add(row.message_id)
            if not (self._site.record.has_forgotten and is_forgotten):
                yield row

    def _devices_are_active(self) -> Iterator[Finding]:
        """After the calm every printer that is there is known to the server, and active at both ends."""
        now = self._site.testbed.now
        ours = {
            # One that does not answer now is not called silent yet; that it answers is what has to come right.
            device.serial_number: "without an answer" if device.silent_since else device.shown_state
            for device in self._site.machine.store.devices.all()
        }
        theirs = {device["serial"]: str(device["state"]) for device in self._site.testbed.administration.devices()}
        for printer in self._site.testbed.fleet:
            serial = printer.serial_at(now)
            states = (theirs.get(serial, "unknown"), ours.get(serial, "unknown"))
            if states != ("active", "active"):
                yield ("every_device_is_active", f"{serial} is {states[0]} at the server, {states[1]} at the client")

    def _periods_are_right(self) -> Iterator[Finding]:
        """Every billing period ends where a calendar says, and none is left out."""
        administration = self._site.testbed.administration
        equipment = {item["serial"]: item for item in administration.equipment()}
        gone = {d["serial"] for d in administration.devices() if str(d["state"]) in {"replaced", "retired"}}
        for serial, item in equipment.items():
            # A reading that a person rejected is asked for once more.
            asked = [r for r in administration.requests() if r["serial"] == serial and r["state"] != "rejected"]
            ends = sorted(r["period_end"] for r in asked)
            activated = [
                d["activated_at"] for d in administration.devices() if d["serial"] == serial and d["activated_at"]
            ]
            if not activated:
                continue
            left = [r["answered_at"] for r in asked if r["state"] == "declined" and serial in gone]
            left.append(self._site.retired.get(serial, self._site.testbed.now))
            until = min(self._last_sync(), min(left) - _A_DAY)
            due = period_ends(item, activated[0], until)
            for end in due:
                if end not in ends:
                    yield ("every_period_ends_right", f"{serial}: no request for the period that ended at {end}")
            # One that came back was active before, too.
            ended = period_ends(item, START, self._site.testbed.now)
            if serial not in self._site.asked_by_hand and len(ends) > len(ended):
                yield ("every_period_ends_right", f"{serial}: {len(ends)} requests, {len(ended)} periods")

    def _last_sync(self) -> datetime:
        at = self._site.machine.store.settings.last_sync_at
        return at or datetime.min.replace(tzinfo=UTC)

    def _no_message_counts_twice(self) -> Iterator[Finding]:
        """Of all attempts to deliver a message, the server has acted on one."""
        acted = Counter(
            (entry["proxy_id"], entry["message_id"])
            for entry in self._site.testbed.administration.journal()
            if entry["outcome"] == "receipt"
        )
        for (_, message_id), count in acted.items():
            if count > 1:
                yield ("no_message_counts_twice", f"the server acted {count} times on the message {message_id}")
        for transaction_id, messages in self._acknowledged_transactions().items():
            if len(messages) > 1:
                text = f"the transaction {transaction_id.decode()} was acknowledged as {len(messages)} messages"
                yield ("no_message_counts_twice", text)

    def _acknowledged_transactions(self) -> dict[bytes, set[str]]:
        """Return under which message ids each billing transaction was acknowledged."""
        found: dict[bytes, set[str]] = {}
        for row in self._site.machine.store.outbox.sent():
            if row.operation == "SubmitBillingTransaction" and row.outcome == "acknowledged":
                for transaction_id in re.findall(rb"TransactionId>([^<]+)<", row.body):
                    found.setdefault(transaction_id, set()).add(row.message_id)
        return found

    def _wishes_are_answered(self) -> Iterator[Finding]:
        """Whoever asked by a command, and waits for it, is told what came of it."""
        wishes = self._site.machine.store.wishes
        for wish_id, kind in self._site.wishes.items():
            wish = wishes.get(wish_id)
            if wish is None or wish.outcome is None:
                yield ("every_wish_is_answered", f"{kind}, asked for by a command, has no outcome")

    def _activated_once(self) -> Iterator[Finding]:
        """A device is told to turn on until its status has arrived, and never again."""
        told: dict[bytes, set[str]] = {}
        for row in self._site.machine.store.outbox.sent():
            if row.operation == "SyncProxyStatus" and row.outcome == "acknowledged":
                for command_id in re.findall(rb"CommandId>([^<]+)<", row.body):
                    # One message may be acknowledged again, by a server that was restored.
                    told.setdefault(command_id, set()).add(row.message_id)
        for command_id, messages in told.items():
            if len(messages) > 1:
                text = f"the status of {command_id.decode()} was taken {len(messages)} times"
                yield ("activation_happens_once", text)
        turned: dict[str, set[str]] = {}
        for command in self._site.testbed.administration.commands():
            if str(command["action"]) == "TurnOn":
                turned.setdefault(command["serial"], set()).add(command["id"])
        for serial, ids in turned.items():
            if len(ids) > 1:
                yield ("activation_happens_once", f"{serial} was told {len(ids)} times to turn on")
