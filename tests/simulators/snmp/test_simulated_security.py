"""Messages of version 3 are answered as RFC 3412 and RFC 3414 have it, and tell no stranger anything."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from esolutions_simulators.fleets.building import build_fleet
from esolutions_simulators.fleets.fleet import Fleet
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.snmp.fast.responder import Responder
from esolutions_simulators.usm.engine import engine_at
from esolutions_simulators.usm.messages import AUTH, PRIV, REPORTABLE, ScopedPdu
from esolutions_simulators.usm.users import AUTH_PROTOCOLS, PRIV_PROTOCOLS, User
from tests.simulators.support.datagrams import BULK, GET, REPORT, RESPONSE, arcs, pdu
from tests.simulators.support.managers import NOBODY, Manager
from tests.support.seen import some

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
NOON = AT + timedelta(hours=4)
DAY = timedelta(days=1)
ADDRESS = "127.0.0.10"
PUBLIC = User("public reader")
PROVEN = User("prover", "sha", "proven by this")
HIDDEN = User("meter", "sha256", "proven by that", "aes128", "hidden by that")
BOTH = AUTH | PRIV
COUNTERS = {
    "unsupported level": "1.3.6.1.6.3.15.1.1.1.0",
    "not in time window": "1.3.6.1.6.3.15.1.1.2.0",
    "unknown user": "1.3.6.1.6.3.15.1.1.3.0",
    "unknown engine": "1.3.6.1.6.3.15.1.1.4.0",
    "wrong digest": "1.3.6.1.6.3.15.1.1.5.0",
    "decryption error": "1.3.6.1.6.3.15.1.1.6.0",
    "unknown handler": "1.3.6.1.6.3.11.2.1.3.0",
    "unknown context": "1.3.6.1.6.3.12.1.5.0",
}


class Site:
    """A printer with three users, and what it answers."""

    def __init__(self, model: str = "nominal") -> None:
        first = build_fleet(1, model, installed_at=AT).printers[0]
        self.users = (PUBLIC, PROVEN, HIDDEN)
        self.printer = SimulatedPrinter(model, first.serial, first.seed, AT, ADDRESS, users=self.users)
        self.fleet = Fleet([self.printer])
        self.responder = Responder()

    def ask(self, datagram: bytes, at: datetime = NOON) -> bytes | None:
        """Return what comes back."""
        return self.responder.respond(datagram, ADDRESS, self.fleet, at.timestamp())

    def manager(self, user: User = HIDDEN, level: int = BOTH, at: datetime = NOON) -> Manager:
        """Return a manager that has found out all that version 3's first question tells."""
        found = NOBODY_ASKS.read(self.ask(NOBODY_ASKS.message(), at))
        assert found
        return Manager(user=user, level=level).knowing(found[0])

    def told(self, manager: Manager, datagram: bytes | None = None, at: datetime = NOON) -> str:
        """Return what a message comes to: the name of what is reported, "response", or "silence"."""
        found = manager.read(self.ask(datagram or manager.message(), at))
        if found is None:
            return "silence"
        return "response" if found[1].pdu[0] == RESPONSE else reported(found[1])


NOBODY_ASKS = Manager(NOBODY)


def reported(scoped: ScopedPdu) -> str:
    """Return the name of the counter that a report is about."""
    (name,) = [name for name, oid in COUNTERS.items() if arcs(oid) in scoped.pdu]
    return name


@pytest.mark.parametrize(("user", "level"), [(PUBLIC, 0), (PROVEN, AUTH), (HIDDEN, BOTH)])
def test_a_user_is_heard_at_the_level_that_there_are_keys_for(user: User, level: int) -> None:
    """With what version 2c says, protected as the question was, from the engine that was asked."""
    site = Site()
    manager = site.manager(user, level)
    found = manager.read(site.ask(manager.message()))
    assert found
    header, scoped = found
    assert header.flags == level
    assert scoped.engine_id == header.engine_id == engine_at(site.printer, NOON.timestamp()).id
    assert b"Xerox Nominal" in scoped.pdu
    other = {PUBLIC: AUTH, PROVEN: 0, HIDDEN: AUTH}[user]
    less = replace(manager, level=other)
    if user is PUBLIC:
        # It has no key to prove anything with: here it says that it does.
        assert site.told(less, forged(manager.message(), level=AUTH)) == "unsupported level"
    else:
        refused = less.read(site.ask(less.message()))
        assert refused
        assert b"Xerox" not in refused[1].pdu
        # authorizationError
        assert b"\x02\x01\x10\x02\x01\x00" in refused[1].pdu


def forged(message: bytes, *, level: int) -> bytes:
    """Return a message that claims another level than it has."""
    before = message.index(b"\x04\x01") + 2
    return message[:before] + bytes((message[before] | level,)) + message[before + 1 :]


def test_what_is_wrong_is_reported_by_its_counter() -> None:
    """The first thing that is wrong, in the order of the RFC."""
    site = Site()
    manager = site.manager()
    wrong = replace(HIDDEN, auth_password="another one")
    unread = replace(HIDDEN, priv_password="another one")
    assert site.told(NOBODY_ASKS) == "unknown engine"
    assert site.told(replace(manager, user=User("stranger"), level=0)) == "unknown user"
    assert (
        site.told(replace(manager, user=replace(PROVEN, priv="des", priv_password="a password"))) == "unsupported level"
    )
    assert site.told(manager, replace(manager, user=wrong).message()) == "wrong digest"
    assert site.told(replace(manager, boots=manager.boots + 1)) == "not in time window"
    assert site.told(replace(manager, context=b"other")) == "unknown context"
    assert site.told(replace(manager, context_engine_id=b"\x80\x00\x00\x00\x05other")) == "unknown handler"
    assert site.told(manager) == "response"
    # Hidden with another key, it is no scoped PDU: RFC 3412, section 7.2 (6a), has it dropped.
    assert site.told(manager, replace(manager, user=unread).message()) == "silence"


def test_a_report_is_sent_to_those_alone_who_want_one() -> None:
    """RFC 3412, section 6.4: whose PDU is a request, and where that cannot be read, whose flags say so."""
    site = Site()
    hidden = replace(site.manager(), user=replace(HIDDEN, auth_password="another one"))
    for flags, told in ((REPORTABLE, "wrong digest"), (0, "silence")):
        assert site.told(site.manager(), replace(hidden, flags=flags).message()) == told
        assert site.told(replace(NOBODY_ASKS, flags=flags)) == "unknown engine"
        response = NOBODY_ASKS.message(pdu(RESPONSE, []))
        assert site.told(NOBODY_ASKS, response) == "silence"


def test_a_message_is_good_for_150_seconds_and_for_one_life_of_the_engine() -> None:
    """One that somebody kept is reported, with the engine's time for those who want to go on."""
    site = Site()
    manager = site.manager()
    message = manager.message()
    for seconds, told in (
        (0, "response"),
        (150, "response"),
        (151, "not in time window"),
        (-151, "not in time window"),
    ):
        assert site.told(manager, message, NOON + timedelta(seconds=seconds)) == told
    site.printer.power_off(NOON + timedelta(seconds=10))
    site.printer.power_on(NOON + timedelta(seconds=20))
    assert site.told(manager, message, NOON + timedelta(seconds=5)) == "response"
    assert site.told(manager, message, NOON + timedelta(seconds=15)) == "silence"
    after = NOON + timedelta(seconds=30)
    assert site.told(manager, message, after) == "not in time window"
    report = manager.read(site.ask(message, after))
    assert report
    assert (report[0].boots, report[0].time, report[0].flags) == (manager.boots + 1, 10, AUTH)
    assert site.told(manager.knowing(report[0]), at=after) == "response"


def test_the_engine_is_the_machines(make_printer: Callable[..., SimulatedPrinter]) -> None:
    """Its id follows from serial number and seed; another machine is another engine, each start a boot."""
    printer = make_printer("other-maker")
    first = engine_at(printer, NOON.timestamp())
    assert first == engine_at(make_printer("other-maker"), NOON.timestamp())
    assert (first.boots, first.time) == (1, 4 * 3600)
    # RFC 3411: the maker's enterprise with the highest bit set, then octets of its own.
    assert first.id[:5] == bytes((0x80, *(99_999).to_bytes(3), 5))
    assert 5 <= len(first.id) <= 32
    printer.fall_asleep(NOON)
    printer.wake_up(NOON + DAY)
    printer.move(NOON + DAY, "127.0.0.99")
    assert engine_at(printer, (NOON + DAY).timestamp()).boots == 1
    printer.power_off(NOON + 2 * DAY)
    assert engine_at(printer, (NOON + 2 * DAY).timestamp()).boots == 1
    printer.power_on(NOON + 3 * DAY)
    printer.swap_controller(NOON + 4 * DAY)
    assert [engine_at(printer, (NOON + day * DAY).timestamp()).boots for day in (3, 4, 5)] == [2, 3, 3]
    printer.replace(NOON + 6 * DAY, "NEW123456", 9)
    new = engine_at(printer, (NOON + 7 * DAY).timestamp())
    assert (new.boots, new.time) == (1, 86_400)
    ids = {engine_at(printer, AT.timestamp()).id for printer in build_fleet(500, installed_at=AT)}
    assert len(ids) == 500
    assert new.id not in ids | {first.id}


def test_a_printer_that_is_silent_or_has_no_users_tells_no_stranger_its_engine() -> None:
    """Off, of version 1 alone, or without users: not a byte."""
    site = Site()
    assert site.ask(NOBODY_ASKS.message(), AT - DAY) is None
    assert Site("quirk-v1-only").ask(NOBODY_ASKS.message()) is None
    site.printer.users = ()
    assert site.ask(NOBODY_ASKS.message()) is None


def test_responses_keep_to_what_the_manager_takes() -> None:
    """A GETBULK is answered with as many variables as fit; what cannot be cut is too big."""
    site = Site()
    manager = replace(site.manager(), most_octets=1_000)
    got = site.ask(manager.message(pdu(BULK, ["1.3.6.1.2.1.1"], 0, 100)))
    assert got
    assert 800 < len(got) <= 1_000
    found = manager.read(site.ask(manager.message(pdu(GET, ["1.3.6.1.2.1.1.1.0"] * 20))))
    assert found
    assert found[1].pdu.endswith(b"\x02\x01\x01\x02\x01\x00\x30\x00")
    assert site.told(replace(manager, most_octets=483)) == "silence"


@pytest.mark.parametrize("auth", AUTH_PROTOCOLS)
@pytest.mark.parametrize("priv", PRIV_PROTOCOLS)
def test_no_octet_of_a_hidden_message_can_be_another(auth: str, priv: str) -> None:
    """Every one but its proof's own place is proven: whichever is changed, the printer does not answer."""
    user = User("meter", auth, "proven by that", priv, "hidden by that")
    site = Site()
    site.printer.users = (user,)
    manager = site.manager(user)
    message = manager.message()
    assert site.told(manager) == "response"
    for place in some(range(len(message))):
        changed = message[:place] + bytes((message[place] ^ 1,)) + message[place + 1 :]
        reply = site.ask(changed)
        assert reply is None or is_report(manager, reply), place


def is_report(manager: Manager, reply: bytes) -> bool:
    """Tell whether a reply is a report, which says nothing of the printer."""
    found = manager.read(reply)
    return found is not None and found[1].pdu[0] == REPORT


# The first message of a user makes its keys, which takes a while.
@settings(deadline=None)
@given(st.data())
def test_no_datagram_of_version_3_ends_in_an_error(data: st.DataObject) -> None:
    """Cut, lengthened or with other octets, it is silence, a report or a response."""
    site = Site()
    message = data.draw(st.sampled_from([NOBODY_ASKS, site.manager(), site.manager(PUBLIC, 0)])).message()
    start = data.draw(st.integers(0, len(message)))
    length = data.draw(st.integers(0, 6))
    changed = message[:start] + data.draw(st.binary(max_size=6)) + message[start + length :]
    reply = site.ask(changed)
    assert reply is None or reply[:1] == b"\x30"


def test_no_password_is_in_anything_that_shows_a_user() -> None:
    """Nor is a key in what shows the keys."""
    assert "by that" not in repr(HIDDEN)
    printer = Site().printer
    shown = {name: getattr(printer, name) for name in type(printer).__slots__}
    assert "users" in shown
    assert "by that" not in repr(shown)
