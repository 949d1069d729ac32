"""How each kind of mishap begins, and how it ends.

A mishap is a function of the life and of its own draw; it returns what undoes
it, or None where nothing can.
"""

from __future__ import annotations

from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

from esolutions_scenarios.faults import http, snmp
from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.wire.transport import HttpAnswer
    from esolutions_scenarios.faults.crash import When
    from esolutions_scenarios.swarm.life import Life
    from esolutions_simulators.printer import SimulatedPrinter

    Beginning = Callable[[Life, Random], Callable[[], None] | None]

__all__ = ["begin"]

_BILLING = ("SubmitBillingTransaction",)
_ANSWERS = ("SubmitBillingTransaction", "SyncProxyStatus")


def begin(life: Life, kind: str, draw: int) -> Callable[[], None] | None:
    """Let a mishap happen and return what ends it."""
    return _BEGINNINGS[kind](life, Random(draw))  # noqa: S311 - a simulation must be repeatable


def _on_server_way(fault_of: Callable[[Random], http.HttpFault], *, times: int | None = None) -> Beginning:
    def start(life: Life, rng: Random) -> Callable[[], None]:
        fault = fault_of(rng)
        life.machine.net.break_server(fault, times=None if times is None else rng.randint(1, times))
        return lambda: life.machine.net.lift(fault)

    return start


def _on_printer_way(fault_of: Callable[[Random], snmp.SnmpFault], *, one: bool) -> Beginning:
    def start(life: Life, rng: Random) -> Callable[[], None]:
        fault = fault_of(rng)
        hosts = [_printer(life, rng).address] if one else None
        life.machine.net.break_printers(fault, hosts)
        return lambda: life.machine.net.lift(fault)

    return start


def _request_altered(life: Life, rng: Random) -> Callable[[], None]:
    """Somebody between adds a digit to a billed value."""
    fault = http.AlterRequest(b"</ns0:Meter>", f"{rng.randint(0, 9)}</ns0:Meter>".encode())
    life.machine.net.break_server(fault, operations=_BILLING)
    return lambda: life.machine.net.lift(fault)


def _answer_altered(life: Life, rng: Random) -> Callable[[], None]:
    """Somebody between turns a receipt's or command's words around."""
    old, new = rng.choice(
        [
            (b">Held<", b">Accepted<"),
            (b">Refused<", b">Accepted<"),
            (b">Accepted<", b">Refused<"),
            (b">TurnOn<", b">Report<"),
            (b">Report<", b">TurnOn<"),
            (b"IssuedAt>2", b"IssuedAt>1"),
            (b"IssuedAt>20", b"IssuedAt>21"),
        ]
    )
    fault = http.AlterAnswer(old, new)
    life.machine.net.break_server(fault)
    return lambda: life.machine.net.lift(fault)


def _messages_forged(life: Life, rng: Random) -> Callable[[], None]:
    """Somebody sends forgeries of messages he sees, at once, while they are fresh."""
    return _after_each_message(life, lambda body: life.attacker.forge(body, rng))


def _messages_replayed(life: Life, _rng: Random) -> Callable[[], None]:
    """Somebody sends each message he sees again, at once."""
    return _after_each_message(life, life.attacker.replay)


def _after_each_message(life: Life, act: Callable[[bytes], None]) -> Callable[[], None]:
    def pass_on(body: bytes, proceed: http.Proceed) -> HttpAnswer:
        answer = proceed(body)
        act(body)
        return answer

    life.machine.net.break_server(pass_on)
    return lambda: life.machine.net.lift(pass_on)


def _billing_interrupted(life: Life, _rng: Random) -> Callable[[], None]:
    """Billing transactions do not get through, and the machine restarts before they do."""
    fault = http.Refuse()
    life.machine.net.break_server(fault, operations=_BILLING)

    def end() -> None:
        if life.machine.is_on:
            life.machine.restart()
        life.machine.net.lift(fault)

    return end


def _billing_reply_lost(life: Life, rng: Random) -> Callable[[], None]:
    """The next answers to billing transactions and statuses are lost, whenever they come."""
    fault = http.LoseReply()
    life.machine.net.break_server(fault, times=rng.randint(1, 3), operations=_ANSWERS)
    return lambda: None


def _message_held_back(life: Life, _rng: Random) -> Callable[[], None]:
    """Somebody between keeps messages from arriving, and sends them hours later."""
    held: list[bytes] = []

    def keep(body: bytes, _proceed: http.Proceed) -> HttpAnswer:
        held.append(body)
        return http.Refuse()(body, _proceed)

    life.machine.net.break_server(keep)

    def release() -> None:
        life.machine.net.lift(keep)
        life.attacker.send_late(held, life.testbed.now)

    return release


def _printer_off(life: Life, rng: Random) -> Callable[[], None]:
    printer = _printer(life, rng)
    life.testbed.change_printers(lambda _: printer.power_off(life.testbed.now), f"{printer.address} is switched off")
    return lambda: life.testbed.change_printers(
        lambda _: printer.power_on(life.testbed.now), f"{printer.address} is switched on"
    )


def _printer_asleep(life: Life, rng: Random) -> Callable[[], None]:
    printer = _printer(life, rng)
    life.testbed.change_printers(lambda _: printer.fall_asleep(life.testbed.now), f"{printer.address} falls asleep")
    return lambda: life.testbed.change_printers(
        lambda _: printer.wake_up(life.testbed.now), f"{printer.address} wakes up"
    )


def _controller_swapped(life: Life, rng: Random) -> None:
    printer = _printer(life, rng)
    life.fallen.add(printer.serial_at(life.testbed.now))
    total = rng.randint(0, 500)
    life.testbed.change_printers(
        lambda _: printer.swap_controller(life.testbed.now, total), f"{printer.address} gets another controller"
    )


def _printer_replaced(life: Life, rng: Random) -> None:
    printer = _printer(life, rng)
    old = printer.serial_at(life.testbed.now)
    new = f"ZZ{rng.choice('ABCDEFGH')}{rng.randint(100000, 999999)}"
    life.testbed.change_printers(
        lambda _: printer.replace(life.testbed.now, new, rng.getrandbits(30)), f"{old} is replaced by {new}"
    )
    life.gone.add(old)


def _addresses_swapped(life: Life, rng: Random) -> None:
    """The DHCP server gives two printers each other's address."""
    printers = list(life.testbed.fleet)
    if len(printers) < 2:
        return
    one, other = rng.sample(printers, 2)
    now = life.testbed.now
    here, there = (printer.stretch_at(now.timestamp()).address for printer in (one, other))

    def swap(_: object) -> None:
        one.move(now, there)
        other.move(now, here)

    life.testbed.change_printers(swap, f"{here} and {there} change places")


def _machine_off(life: Life, _rng: Random) -> Callable[[], None]:
    life.machine.power_off()
    return life.machine.power_on


def _machine_restarts(life: Life, _rng: Random) -> None:
    life.machine.restart()


def _client_crashes(life: Life, rng: Random) -> None:
    when: When = "before" if rng.getrandbits(1) else "after"
    life.machine.crash_point.arm(rng.randint(1, 12), when)


def _server_crashes(life: Life, rng: Random) -> None:
    when: When = "before" if rng.getrandbits(1) else "after"
    life.world.server_crash_point.arm(rng.randint(1, 6), when)


def _server_dies_of_billing(life: Life, rng: Random) -> None:
    """The server dies at the commit of the next billing transaction or status."""
    when: When = "before" if rng.getrandbits(1) else "after"

    def deadly(body: bytes, proceed: http.Proceed) -> HttpAnswer:
        life.world.server_crash_point.arm(1, when)
        return proceed(body)

    life.machine.net.break_server(deadly, times=1, operations=_ANSWERS)


def _clock_wrong(life: Life, rng: Random) -> Callable[[], None]:
    life.machine.skew = timedelta(minutes=rng.choice([-2880, -60, -10, 10, 60, 2880]))

    def put_right() -> None:
        life.machine.skew = timedelta(0)

    return put_right


def _disk_full(life: Life, _rng: Random) -> Callable[[], None]:
    life.machine.fill_disk()
    return life.machine.free_disk


def _turned_off(life: Life, _rng: Random) -> Callable[[], None]:
    life.turn(on=False)
    return lambda: life.turn(on=True)


def _bill_now(life: Life, rng: Random) -> None:
    serial = _printer(life, rng).serial_at(life.testbed.now)
    try:
        life.testbed.administration.request_billing(serial)
        life.asked_by_hand.add(serial)
    except AdministrationError:
        return  # it is not active yet, or no longer


def _printer(life: Life, rng: Random) -> SimulatedPrinter:
    return rng.choice(list(life.testbed.fleet))


_BEGINNINGS: dict[str, Beginning] = {
    "server-refuses": _on_server_way(lambda _: http.Refuse()),
    "server-times-out": _on_server_way(lambda _: http.TimeOut()),
    "reply-lost": _on_server_way(lambda _: http.LoseReply(), times=4),
    "request-cut": _on_server_way(lambda rng: http.CutRequest(rng.randint(0, 3000)), times=3),
    "answer-cut": _on_server_way(lambda rng: http.CutAnswer(rng.randint(0, 3000)), times=3),
    "http-error": _on_server_way(lambda rng: http.HttpError(rng.choice([301, 404, 407, 500, 502, 503]))),
    "answer-garbage": _on_server_way(lambda rng: http.Garbage(rng.randbytes(rng.randint(0, 200)))),
    "soap-fault": _on_server_way(lambda _: http.SoapFault()),
    "request-repeated": _on_server_way(lambda rng: http.Repeat(rng.randint(1, 3))),
    "request-altered": _request_altered,
    "answer-altered": _answer_altered,
    "billing-interrupted": _billing_interrupted,
    "billing-reply-lost": _billing_reply_lost,
    "messages-forged": _messages_forged,
    "messages-replayed": _messages_replayed,
    "message-held-back": _message_held_back,
    "printers-unreachable": _on_printer_way(lambda _: snmp.Drop(), one=False),
    "printer-garbage": _on_printer_way(lambda _: snmp.Garbage(), one=True),
    "printer-truncates": _on_printer_way(lambda rng: snmp.Truncate(rng.randint(0, 3)), one=True),
    "printer-too-big": _on_printer_way(lambda _: snmp.TooBig(), one=True),
    "printer-endless-walk": _on_printer_way(lambda _: snmp.EndlessWalk(), one=True),
    "printer-off": _printer_off,
    "printer-asleep": _printer_asleep,
    "controller-swapped": _controller_swapped,
    "printer-replaced": _printer_replaced,
    "addresses-swapped": _addresses_swapped,
    "machine-off": _machine_off,
    "machine-restarts": _machine_restarts,
    "client-crashes": _client_crashes,
    "server-crashes": _server_crashes,
    "server-dies-of-billing": _server_dies_of_billing,
    "clock-wrong": _clock_wrong,
    "disk-full": _disk_full,
    "turned-off": _turned_off,
    "bill-now": _bill_now,
}
