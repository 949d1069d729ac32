"""Injections into the network: on the way to the server and to the printers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.snmp.rows.layout import Layout
from esolutions_scenarios.faults import http, snmp
from esolutions_scenarios.swarm.injections.kind import Kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from esolutions_scenarios.swarm.injections.kind import Beginning, Ending
    from esolutions_scenarios.swarm.office import Office

__all__ = ["KINDS"]

_BILLING = ("SubmitBillingTransaction",)
_ANSWERS = ("SubmitBillingTransaction", "SyncProxyStatus")


def _server(fault_of: Callable[[Random], http.HttpFault], *, times: int | None = None) -> Beginning:
    """Put a fault on the way to the server, for up to so many messages or until it ends."""

    def begin(office: Office, rng: Random) -> Ending:
        fault = fault_of(rng)
        office.site.machine.net.break_server(fault, times=None if times is None else rng.randint(1, times))
        return lambda: office.site.machine.net.lift(fault)

    return begin


def _printers(fault_of: Callable[[Random], snmp.SnmpFault], *, one: bool = True) -> Beginning:
    """Put a fault on the way to one printer, or to all."""

    def begin(office: Office, rng: Random) -> Ending:
        fault = fault_of(rng)
        hosts = [office.site.any_printer(rng).address] if one else None
        office.site.machine.net.break_printers(fault, hosts)
        return lambda: office.site.machine.net.lift(fault)

    return begin


def _billing_interrupted(office: Office, _rng: Random) -> Ending:
    """Billing transactions do not get through, and the machine restarts before they do."""
    fault = http.Refuse()
    office.site.machine.net.break_server(fault, operations=_BILLING)

    def end() -> None:
        if office.site.machine.is_on:
            office.site.machine.restart()
        office.site.machine.net.lift(fault)

    return end


def _billing_reply_lost(office: Office, rng: Random) -> None:
    """The next answers to billing transactions and statuses are lost, whenever they come."""
    office.site.machine.net.break_server(http.LoseReply(), times=rng.randint(1, 3), operations=_ANSWERS)


def _meter_null(office: Office, rng: Random) -> Ending | None:
    """A meter of a printer holds NULL for some days; often its reads are asked for in the middle of that."""
    printer = office.site.any_printer(rng)
    serial = printer.serial_at(office.site.testbed.now)
    known = office.site.machine.store.devices.get(serial)
    if known is None or known.layout_id is None:
        return None
    rows = Layout.from_json(office.site.machine.store.devices.layout(known.layout_id)).meters
    fault = snmp.NullRow(rng.choice(rows).oid)
    office.site.machine.net.break_printers(fault, [known.host])
    if rng.getrandbits(1):
        office.people.ask_for_reading(serial)
    return lambda: office.site.machine.net.lift(fault)


KINDS: dict[str, Kind] = {
    "server-refuses": Kind(_server(lambda _: http.Refuse()), 4, 72.0),
    "server-times-out": Kind(_server(lambda _: http.TimeOut()), 2, 48.0),
    "reply-lost": Kind(_server(lambda _: http.LoseReply(), times=4), 8),
    "request-cut": Kind(_server(lambda rng: http.CutRequest(rng.randint(0, 3000)), times=3), 4),
    "answer-cut": Kind(_server(lambda rng: http.CutResponse(rng.randint(0, 3000)), times=3), 4),
    "answer-slow": Kind(_server(lambda rng: http.Slow(rng.uniform(1.0, 120.0))), 3, 36.0),
    "http-error": Kind(_server(lambda rng: http.HttpError(rng.choice([301, 404, 407, 500, 502, 503]))), 3, 36.0),
    "answer-garbage": Kind(_server(lambda rng: http.Garbage(rng.randbytes(rng.randint(0, 200)))), 8, 24.0),
    "soap-fault": Kind(_server(lambda _: http.SoapFault()), 2, 12.0),
    "billing-interrupted": Kind(_billing_interrupted, 6, 600.0),
    "billing-reply-lost": Kind(_billing_reply_lost, 6),
    "printers-unreachable": Kind(_printers(lambda _: snmp.Drop(), one=False), 4, 48.0),
    "printer-late": Kind(_printers(lambda rng: snmp.Delay(rng.uniform(0.1, 9.0))), 2, 24.0),
    "printer-answers-twice": Kind(_printers(lambda _: snmp.Duplicate()), 1, 24.0),
    "printer-reorders": Kind(_printers(lambda _: snmp.Reorder()), 2, 24.0),
    "printer-wrong-address": Kind(_printers(lambda _: snmp.WrongAddress()), 2, 24.0),
    "printer-garbage": Kind(_printers(lambda _: snmp.Garbage()), 3, 24.0),
    "printer-truncates": Kind(_printers(lambda rng: snmp.Truncate(rng.randint(0, 3))), 2, 24.0),
    "printer-too-big": Kind(_printers(lambda _: snmp.TooBig()), 2, 24.0),
    "printer-endless-walk": Kind(_printers(lambda _: snmp.EndlessWalk()), 3, 24.0),
    "answer-drips": Kind(_server(lambda rng: http.Drip(rng.choice([0.01, 1.0, 3.0]))), 3, 36.0),
    "meter-null": Kind(_meter_null, 12, 200.0),
}
