"""The people of a run: the user of the customer's machine, and the server's operator.

They do what the product leaves to people, and nothing it should do by itself:
accept readings that are held, run the wizard, enter equipment, sign printers
up, note replacements. What fails now they try again when they look next. They
type serial numbers as people do: in any case, with blanks, copied from a page.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import ClientError
from esolutions_client.service.printers.addresses.sightings import doubt_of
from esolutions_scenarios.faults.crash import Crash
from esolutions_scenarios.swarm.plan import START
from esolutions_scenarios.swarm.spellings import respelled
from esolutions_scenarios.testbed.office import ACCOUNT, KEY_USER
from esolutions_server.service.errors import AdministrationError
from esolutions_server.service.people.enrolment import EquipmentRow

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_scenarios.swarm.site import Site

__all__ = ["People"]

# Why a request waits that a person can accept: see the client's guard.
_DOUBTS = ("that was billed before", "that is credible")
_ONE_IS_REJECTED_OF = 4
# Long enough ago that the administrative systems know it.
_INSTALLED = (START - timedelta(days=200)).date()


class People:
    """Those of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def open_account(self) -> None:
        """Open the account; its equipment is entered whenever people look."""
        self._site.testbed.administration.add_account(ACCOUNT, KEY_USER)

    def look(self) -> None:
        """Look after whatever needs a person, at the machine and at the server."""
        self._at_the_machine(self._accept_held)
        self._enter_equipment()
        self._at_the_machine(self._register_again)
        self._at_the_machine(self._run_wizard)
        self._accept_held_at_the_server()
        self._sign_up()
        if self._site.plan.operator_notes:
            self._note_replacements()
        else:
            self._at_the_machine(self._retire_what_is_gone)

    def ask_for_reading(self, serial: str) -> None:
        """Let the operator ask for a reading beside the billing cycle, where the device is active."""
        try:
            self._site.testbed.administration.request_billing(respelled(serial))
            self._site.asked_by_hand.add(serial)
        except AdministrationError:
            return  # it is not active yet, or no longer

    def sync(self) -> None:
        """Let the user of the machine, which runs, sync now."""
        self._at_the_machine(self._site.machine.running.sync)

    def ask_by_command(self, kind: str, arguments: dict[str, Any]) -> None:
        """Let the user of the machine give a command while the client is at work, and wait."""

        def ask() -> None:
            self._site.wishes[self._site.machine.ask(kind, arguments)] = kind

        self._at_the_machine(ask)

    def turn(self, *, on: bool) -> None:
        """Turn communication on or off, if the machine runs."""
        machine = self._site.machine
        if machine.is_on:
            with machine.crash_point.spared():
                machine.turn(on=on)
            self._site.record.communication_turned(on=on)

    def _at_the_machine(self, action: Callable[[], object]) -> None:
        """Do something at the machine; it may die of it, or have no room, or be turned off."""
        machine = self._site.machine
        if not machine.is_on:
            return
        try:
            action()
        except Crash:
            machine.power_off()
        except ClientError as error:
            self._site.testbed.note(f"a person reads: {error}")

    def _run_wizard(self) -> None:
        """Search, and register those printers found that are printers of this office and are not registered."""
        site = self._site
        found = {serial for serial in site.machine.discover(site.testbed.fleet.addresses) if self._has_label(serial)}
        polled = {device.serial_number for device in site.machine.store.devices.polled()}
        chosen = sorted(found - polled)
        if chosen:
            site.machine.register([respelled(serial) for serial in chosen])
            site.testbed.note(f"the wizard registers {', '.join(chosen)}")

    def _register_again(self) -> None:
        """Make the client known again where `status` says that the server does not know it."""
        machine = self._site.machine
        if machine.running.identity.unknown_since is None:
            return
        self._site.record.person_registers_again()
        self._site.testbed.note("a person registers again")
        machine.running.register_again([device.serial_number for device in machine.store.devices.polled()])

    def _accept_held(self) -> None:
        store = self._site.machine.store
        waiting = {
            command.serial_number
            for command in store.commands.open_reports()
            if any(words in (command.note or "") for words in _DOUBTS)
        }
        for device in store.devices.all():
            is_asked_for = device.held_since is not None or (device.is_polled and device.serial_number in waiting)
            if is_asked_for and self._has_label(device.serial_number):
                self._site.machine.running.polling.accept(respelled(device.serial_number))
                self._site.accepted.add(device.serial_number)

    def _has_label(self, serial: str) -> bool:
        """Walk to where the client says that a printer is, or may be, and read the number on the label there.

        What a printer shows over the network is not what people choose by.
        """
        site = self._site
        device = site.machine.store.devices.get(serial)
        if device is None:
            return False
        doubt = doubt_of(site.machine.store, device)
        host = device.host if doubt is None else doubt.target.host
        now = site.testbed.now
        standing = site.testbed.fleet.standing_at(host, now.timestamp())
        return any(each.installed_at <= now and each.serial_at(now) == serial for each in standing)

    def _accept_held_at_the_server(self) -> None:
        administration = self._site.testbed.administration
        for held in {bill.command_id: bill for bill in administration.every.held()}.values():
            self._site.accepted.add(held.serial)
            try:
                # Some readings are worth another one.
                if int(held.command_id[0], 16) % _ONE_IS_REJECTED_OF == 0:
                    administration.reject_held(held.command_id)
                else:
                    administration.accept_held(held.command_id)
            except AdministrationError:
                continue  # the device is no longer in service

    def _enter_equipment(self) -> None:
        """Let the administrative systems learn of every machine that stands there, with the contract of its place."""
        site = self._site
        known = {item.serial for item in site.testbed.administration.every.equipment()}
        rows = []
        for printer, place in zip(site.testbed.fleet, site.plan.printers, strict=True):
            serial = printer.serial_at(site.testbed.now)
            if printer in site.present_printers() and serial not in known:
                contract = (place.frequency, place.anchor_day, place.time_zone)
                rows.append(EquipmentRow(respelled(serial), _INSTALLED, ACCOUNT, KEY_USER, *contract))
        site.testbed.administration.import_equipment(rows)

    def _sign_up(self) -> None:
        administration = self._site.testbed.administration
        for device in administration.every.devices():
            if str(device.state) in {"registered", "detected"}:
                try:
                    administration.sign_up(respelled(device.serial))
                except AdministrationError:
                    continue  # the hour is not over

    def _retire_what_is_gone(self) -> None:
        """Tell the client, not the server, that a printer was carried away; of most it knows by itself."""
        site = self._site
        labels = {printer.serial_at(site.testbed.now) for printer in site.present_printers()}
        known = {device.serial_number: device for device in site.machine.store.devices.all()}
        seen = {segment.machine.serial for printer in site.testbed.fleet for segment in printer.segments}
        for serial in sorted((seen - labels) & known.keys()):
            if known[serial].is_polled:
                site.machine.running.retire(respelled(serial))
            self._site.retired.setdefault(serial, site.testbed.now)

    def _note_replacements(self) -> None:
        """Take out of service what was carried away, once what stands in its place is registered."""
        site = self._site
        living = {device.serial: str(device.state) for device in site.testbed.administration.every.devices()}
        for printer in site.testbed.fleet:
            *before, now = dict.fromkeys(segment.machine.serial for segment in printer.segments)
            if now not in living:
                continue
            for serial in before:
                if living.get(serial, "replaced") not in {"replaced", "retired"}:
                    site.testbed.administration.retire(respelled(serial), is_replaced=True)
                    self._site.retired[serial] = site.testbed.now
