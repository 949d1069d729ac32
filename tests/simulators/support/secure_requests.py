"""Requests of version 3 as they come from managers good and bad, each by a name that says what is odd about it."""

from collections.abc import Callable, Iterator
from dataclasses import replace

from esolutions_simulators.usm.messages import AUTH, PRIV, REPORTABLE
from esolutions_simulators.usm.users import User
from tests.simulators.support.datagrams import (
    BULK,
    GET,
    INFORM,
    NEXT,
    REPORT,
    RESPONSE,
    SET,
    TRAP_2,
    integer,
    pdu,
    tlv,
)
from tests.simulators.support.managers import NOBODY, Manager

PUBLIC = User("reader")
PROVEN = User("prover", "sha", "proven by this")
HIDDEN = User("meter", "sha256", "proven by that", "aes128", "hidden by that")
USERS = (PUBLIC, PROVEN, HIDDEN)
BOTH = AUTH | PRIV
SYSTEM, DESCRIPTION = "1.3.6.1.2.1.1", "1.3.6.1.2.1.1.1.0"
LEVELS = {"public": (PUBLIC, 0), "proven": (PROVEN, AUTH), "hidden": (HIDDEN, BOTH)}

# Makes a message for an engine of which a manager knows all.
Make = Callable[[Manager], bytes]


def secure_requests() -> Iterator[tuple[str, Manager, Make]]:
    """Yield the name of each request, who sends it, and how it is made."""
    nobody = Manager(NOBODY)
    yield "the first question", nobody, lambda _: nobody.message()
    yield "the first question, no report wanted", nobody, lambda _: replace(nobody, flags=0).message()
    yield "the first question of a user", Manager(HIDDEN), lambda _: Manager(HIDDEN).message()
    yield "the first question, by GETNEXT", nobody, lambda _: nobody.message(pdu(NEXT, [SYSTEM]))
    yield "the first question, by a response", nobody, lambda _: nobody.message(pdu(RESPONSE, []))
    for name, (user, level) in LEVELS.items():
        manager = Manager(user=user, level=level)
        for called, make in (*_in_order(), *_wrong()):
            yield f"{name}, {called}", manager, make
    for name, (user, level) in {"proven": LEVELS["proven"], "hidden": LEVELS["hidden"]}.items():
        manager = Manager(user=user, level=level)
        for called, make in _unproven():
            yield f"{name}, {called}", manager, make
    yield from _levels()
    yield from _unreadable()


def _in_order() -> Iterator[tuple[str, Make]]:
    yield "GET", lambda manager: manager.message()
    yield "GET of what is not there", lambda manager: manager.message(pdu(GET, ["1.3.6.1.2.1.99.1.0"]))
    yield "GETNEXT", lambda manager: manager.message(pdu(NEXT, [SYSTEM]))
    yield "GETNEXT of the last", lambda manager: manager.message(pdu(NEXT, ["1.3.6.1.4.1.253.9"]))
    yield "GETBULK", lambda manager: manager.message(pdu(BULK, [SYSTEM], 0, 5))
    yield "GETBULK of none", lambda manager: manager.message(pdu(BULK, [SYSTEM], 0, 0))
    yield "SET", lambda manager: manager.message(pdu(SET, [DESCRIPTION], value=tlv(4, b"new")))
    yield "no report wanted", lambda manager: replace(manager, flags=0).message()


def _wrong() -> Iterator[tuple[str, Make]]:
    for kind in (RESPONSE, TRAP_2, INFORM, REPORT, 0xA9):
        yield f"PDU {kind:#x}", _asking(pdu(kind, [DESCRIPTION]))
    yield "another engine", lambda manager: replace(manager, engine_id=b"\x80\x00\x1f\x88\x05another").message()
    yield "an engine of 33 octets", lambda manager: replace(manager, engine_id=bytes(33)).message()
    yield "a context", lambda manager: replace(manager, context=b"other").message()
    yield (
        "another engine's context",
        lambda manager: replace(manager, context_engine_id=b"\x80\x00\x00\x01\x05x").message(),
    )
    yield "no engine's context", lambda manager: replace(manager, context_engine_id=b"").message()
    for size in (484, 483, 1, 0, -1, 2**31 - 1):
        yield f"room for {size}", _taking(size)
    yield (
        "a GET that does not fit",
        lambda manager: replace(manager, most_octets=484).message(pdu(GET, [DESCRIPTION] * 9)),
    )
    yield "another bit in the flags", lambda manager: replace(manager, flags=REPORTABLE | 8).message()


def _asking(body: bytes) -> Make:
    return lambda manager: manager.message(body)


def _taking(octets: int) -> Make:
    return lambda manager: replace(manager, most_octets=octets).message()


def _off(*, boots: int = 0, seconds: int = 0) -> Make:
    return lambda manager: replace(manager, boots=manager.boots + boots, time=manager.time + seconds).message()


def _unproven() -> Iterator[tuple[str, Make]]:
    yield "a stranger", lambda manager: replace(manager, user=replace(manager.user, name="stranger")).message()
    wrong = "another password"
    yield (
        "a wrong password",
        lambda manager: replace(manager, user=replace(manager.user, auth_password=wrong)).message(),
    )
    yield "another octet", lambda manager: manager.message()[:-1] + b"\x7f"
    yield "no proof", _without_proof
    for boots in (-1, 1, 5):
        yield f"{boots} boots off", _off(boots=boots)
    yield "at the end of boots", lambda manager: replace(manager, boots=2**31 - 1).message()
    for seconds in (140, 200, 100_000):
        yield f"{seconds} seconds off", _off(seconds=seconds)
    yield "too late, no report wanted", lambda manager: replace(manager, boots=manager.boots + 1, flags=0).message()


def _without_proof(manager: Manager) -> bytes:
    """Return a message that says that it is proven, and has nothing in the proof's place."""
    return (
        replace(manager, user=PUBLIC, level=0, flags=REPORTABLE).message().replace(b"\x04\x01\x04", b"\x04\x01\x05", 1)
    )


def _levels() -> Iterator[tuple[str, Manager, Make]]:
    less = Manager(user=PROVEN)
    yield "proven, says nothing of a proof", less, lambda manager: manager.message()
    yield "hidden, says nothing of a proof", Manager(user=HIDDEN), lambda manager: manager.message()
    yield "hidden, in plain", Manager(user=HIDDEN, level=AUTH), lambda manager: manager.message()
    more = Manager(user=replace(PROVEN, priv="aes128", priv_password="hidden by this"), level=BOTH)
    yield "proven, in secret", more, lambda manager: manager.message()
    yield "public, proven", Manager(user=PUBLIC), _without_proof
    yield "a stranger in plain", Manager(user=User("stranger")), lambda manager: manager.message()


def _unreadable() -> Iterator[tuple[str, Manager, Make]]:
    hidden = Manager(user=HIDDEN, level=BOTH)
    wrong = replace(HIDDEN, priv_password="another password")
    yield "hidden by a wrong password", hidden, lambda manager: replace(manager, user=wrong).message()
    public = Manager(user=PUBLIC)

    def edited(old: bytes, new: bytes) -> Make:
        return lambda manager: _replaced(manager.message(), old, new)

    flags = b"\x04\x01\x04\x02\x01\x03"
    yield "hidden and not proven", public, edited(flags, b"\x04\x01\x06\x02\x01\x03")
    for model in (0, 1, 2, 4, 99):
        yield f"security model {model}", public, edited(flags, b"\x04\x01\x04" + integer(model))
    yield "a message-id of 2^31 - 1", public, edited(integer(4711), b"\x02\x02\x7f\xff")
    yield "a message-id below 0", public, edited(integer(4711), b"\x02\x02\xff\xff")
    yield "security parameters that are a list", public, edited(integer(3) + b"\x04", integer(3) + b"\x30")
    yield "a PDU that is cut off", public, lambda manager: manager.message(pdu(GET, [DESCRIPTION])[:-3])
    yield "no PDU", public, lambda manager: manager.message(b"")
    yield "cut off", public, lambda manager: manager.message()[:-4]
    yield "octets behind the message", public, lambda manager: manager.message() + b"behind"


def _replaced(message: bytes, old: bytes, new: bytes) -> bytes:
    """Return a message with other octets in its header, which comes first: the engine's time may look the same."""
    assert old in message
    assert len(old) == len(new)
    return message.replace(old, new, 1)
