"""Printers of a model share their rows and what is encoded of them; what is one's own is in its answers alone."""

from datetime import datetime, timedelta

import pytest

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.mib.oids import IP_AD_ENT_ADDR
from esolutions_simulators.models import model_names
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.printers.printer_json import printer_from_json, printer_to_json
from esolutions_simulators.snmp.fast.codec.message import GET, NEXT
from esolutions_simulators.snmp.fast.responder import Responder
from tests.simulators.support.pysnmp_messages import decoded, encoded
from tests.support.seen import some

INSTALLED = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
# A Tuesday in office hours.
AT = (INSTALLED + timedelta(days=92, hours=3)).timestamp()


def rows_of(printer: SimulatedPrinter) -> list[str]:
    """Return the names of a printer's rows."""
    return [oid for oid, _, _ in SimulatedAgent(printer).rows_at(AT)]


@pytest.mark.parametrize("model", model_names())
def test_a_responder_that_has_answered_for_others_answers_as_one_that_has_not(model: str) -> None:
    """Names, templates and tables are kept between requests, values of another printer never."""
    fleet = build_fleet(4, [model, "nominal"], installed_at=INSTALLED)
    kept = Responder()
    names = rows_of(fleet.printers[0])
    for kind, version in ((GET, 1), (NEXT, 1), (GET, 0)):
        for asked in (names[:40], names[-8:], [*names[:4], "1.3.6.1.2.1.1.99.0", "1.3.9"]):
            datagram = encoded(version, kind, asked)
            for address in some(fleet.addresses):
                for later in (AT, AT + 3_600, AT + 86_400):
                    alone = Fleet([printer_from_json(printer_to_json(printer)) for printer in fleet])
                    expected = Responder().respond(datagram, address, alone, later)
                    assert kept.respond(datagram, address, fleet, later) == expected


def test_a_count_below_zero_is_sent_with_its_sign() -> None:
    """A controller that was made to count backwards shows what it has come to."""
    fleet = build_fleet(1, "nominal", installed_at=INSTALLED)
    (printer,) = fleet.printers
    printer.jump(INSTALLED + timedelta(days=1), 0)
    agent = fleet.agents[0]
    values = {oid: value for oid, _, value in agent.rows_at(AT) if isinstance(value, int) and value < 0}
    answer = Responder().respond(encoded(1, GET, list(some(values))), printer.address, fleet, AT)
    assert answer is not None
    assert {name: int(value) for name, value in decoded(1, answer)[3]} == values


def test_the_row_that_is_named_by_the_address_is_where_the_printer_stands() -> None:
    """Before and after a move: a GET of another address finds nothing, a walk finds the one row in its place."""
    printer = SimulatedPrinter("nominal", "ABC123456", 7, INSTALLED, "127.0.0.10")
    printer.move(INSTALLED + timedelta(days=1), "127.0.0.200")
    agent = SimulatedAgent(printer)
    for at, address, other in (
        (INSTALLED.timestamp(), "127.0.0.10", "127.0.0.200"),
        (AT, "127.0.0.200", "127.0.0.10"),
    ):
        own, octets = f"{IP_AD_ENT_ADDR}.{address}", bytes(map(int, address.split(".")))
        asked = [own, f"{IP_AD_ENT_ADDR}.{other}", f"{IP_AD_ENT_ADDR}.0.0.0.0", IP_AD_ENT_ADDR]
        assert agent.get(asked, at) == [octets, None, None, None]
        for before in (
            IP_AD_ENT_ADDR,
            f"{IP_AD_ENT_ADDR}.0.0.0.0",
            f"{IP_AD_ENT_ADDR}.127",
            f"{IP_AD_ENT_ADDR}.127.0.0",
        ):
            assert agent.get_next([before], at) == [(own, octets)]
        for behind in (own, f"{own}.0", f"{IP_AD_ENT_ADDR}.127.0.0.255", f"{IP_AD_ENT_ADDR}.200"):
            found = agent.get_next([behind], at)
            assert found is not None
            assert found[0][0].startswith("1.3.6.1.2.1.25.")


def test_a_printer_that_nobody_asks_is_not_worked_out() -> None:
    """Of a large fleet only those that are asked cost more than their definition; no address is looked for in all."""
    fleet = build_fleet(50, "nominal", installed_at=INSTALLED)
    assert fleet.agent_at("127.0.0.20", AT) is not None
    assert fleet.agent_at("127.0.9.9", AT) is None
    worked_out = [printer.address for printer in fleet if printer._segments]
    assert worked_out == ["127.0.0.20"]
    assert len(fleet._agents) == 1
    assert len({id(agent.table_at(AT)) for agent in fleet.agents}) == 1


def test_a_get_that_is_repeated_follows_what_happens_to_the_printer() -> None:
    """Polls repeat one tuple of names: its values are not those of the machine, the model or the day before."""
    printer = SimulatedPrinter("nominal", "ABC123456", 7, INSTALLED, "127.0.0.10")
    polled, names = SimulatedAgent(printer), tuple(rows_of(printer))
    day = timedelta(days=1)
    printer.swap_controller(INSTALLED + 2 * day, 7)
    printer.show_serial(INSTALLED + 3 * day, "XYZ987654")
    printer.replace(INSTALLED + 4 * day, "NEW123456", 9, "mono-workgroup")
    answers = set()
    for days in range(6):
        at = (INSTALLED + days * day + timedelta(hours=2)).timestamp()
        values = polled.get(names, at)
        assert values == SimulatedAgent(printer).get(list(names), at)
        answers.add(str(values))
    printer.move(INSTALLED + 5 * day, "127.0.0.99")
    assert polled.get(names, at) == SimulatedAgent(printer).get(list(names), at)
    assert len(answers) == 6
