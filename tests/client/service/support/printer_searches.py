"""Searches of an office's printers, and what they leave in its store."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from esolutions_client.service.printers.addresses.searches import Searched
from esolutions_client.service.printers.discovery import SearchReport, find_printers

if TYPE_CHECKING:
    from esolutions_client.fleet.device import Device
    from esolutions_client.service.agent import MeterAgent
    from esolutions_simulators.printers.printer import SimulatedPrinter
    from tests.support.office import Office

ELSEWHERE = "127.0.0.99"
UNSEARCHED = "127.0.0.200"
A_POLL = timedelta(hours=2)


def search(office: Office, *hosts: str) -> SearchReport:
    """Search where the printers stand and at one more address, or at some addresses alone."""
    targets = hosts or (*office.fleet.addresses, ELSEWHERE)
    identity, timeouts = office.agent.identity, office.world.snmp_timeouts
    searched = Searched(tuple(targets), port=1161)
    return find_printers(
        office.store, office.machine.snmp(), identity, searched, now=lambda: office.now, timeouts=timeouts
    )


def device(office: Office, serial: str) -> Device:
    """Return a printer as the client knows it."""
    return office.device(serial)


def shown_by(office: Office, printer: SimulatedPrinter) -> int:
    """Return what the first meter of a simulated printer shows now."""
    return printer.counters_at(office.now)["Total Impressions"]


def last_total(office: Office, serial: str) -> int:
    """Return the first meter of the newest reading of a printer."""
    (row,) = office.store.readings.newest(device(office, serial).device_id, 1)
    return int(row.body.removeprefix("[[").partition(",")[0])


def read(office: Office) -> None:
    """Poll some time later."""
    office.pass_time(A_POLL)
    office.agent.poll()


def accept(office: Office, serial: str) -> None:
    """Let a person say that the printer is what it may be."""
    agent: MeterAgent = office.agent
    agent.polling.accept(serial)
