"""Injections by an adversary: on the wire he repeats, alters, forges, replays and holds back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.faults import http
from esolutions_scenarios.swarm.injections.kind import Kind
from esolutions_scenarios.worlds.memory import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from esolutions_client.wire.http.transport import HttpResponse
    from esolutions_scenarios.swarm.injections.kind import Ending
    from esolutions_scenarios.swarm.office import Office

__all__ = ["KINDS"]

_BILLING = ("SubmitBillingTransaction",)
_LIES = (
    (b">Held<", b">Accepted<"),
    (b">Refused<", b">Accepted<"),
    (b">Accepted<", b">Refused<"),
    (b">TurnOn<", b">Report<"),
    (b">Report<", b">TurnOn<"),
    (b"IssuedAt>2", b"IssuedAt>1"),
    (b"IssuedAt>20", b"IssuedAt>21"),
)


def _request_repeated(office: Office, rng: Random) -> Ending:
    """Each message is delivered again."""
    return _laid(office, http.Repeat(rng.randint(1, 3)))


def _request_altered(office: Office, rng: Random) -> Ending:
    """The first billed value gets one more digit, or is made a few impressions more or less."""
    adds_a_digit, digit = rng.getrandbits(1), f"{rng.randint(0, 9)}".encode()

    def alter(body: bytes, proceed: http.Proceed) -> HttpResponse:
        value, end, rest = body.partition(b"</ns0:Meter>")
        return proceed((value if adds_a_digit else value[:-1]) + digit + end + rest if end else body)

    return _laid(office, alter, _BILLING)


def _message_altered(office: Office, rng: Random) -> Ending:
    """One digit is changed of what each message says, be it signed or not."""

    def alter(body: bytes, proceed: http.Proceed) -> HttpResponse:
        if b":Secret>" in body:
            # A reader of the secret can be the client, so nothing is proven by altering it: TLS alone stands there.
            return proceed(body)
        begin = body.index(b"Body")
        digits = [place for place in range(begin, len(body)) if body[place : place + 1].isdigit()]
        # Of a namespace or an element's name there is none: each belongs to a value.
        place = rng.choice(digits)
        altered = body[:place] + b"%d" % ((int(body[place : place + 1]) + rng.randint(1, 9)) % 10) + body[place + 1 :]
        response = proceed(altered)
        # What lies between may answer in the server's place.
        if response.status == 200 and digest_of(response.body) in office.site.world.responses:
            office.attacker.successes.append("an altered message was answered as if it were genuine")
        return response

    return _laid(office, alter)


def _response_altered(office: Office, rng: Random) -> Ending:
    """The words of a receipt or command are turned around."""
    return _laid(office, http.AlterResponse(*rng.choice(_LIES)))


def _messages_forged(office: Office, rng: Random) -> Ending:
    """Forgeries are sent of all messages seen, before they arrive and after, while they are fresh."""

    def forge(body: bytes, proceed: http.Proceed) -> HttpResponse:
        office.attacker.forestall(body, rng)
        response = proceed(body)
        office.attacker.forge(body, rng)
        return response

    return _laid(office, forge)


def _messages_replayed(office: Office, _rng: Random) -> Ending:
    """Each message is sent again, at once."""
    return _after_each_message(office, office.attacker.replay)


def _message_held_back(office: Office, _rng: Random) -> Ending:
    """Messages are kept from arriving, and sent hours later."""
    held: list[bytes] = []

    def keep(body: bytes, proceed: http.Proceed) -> HttpResponse:
        held.append(body)
        return http.Refuse()(body, proceed)

    lift = _laid(office, keep)

    def release() -> None:
        lift()
        office.attacker.send_late(held, office.site.testbed.now)

    return release


def _after_each_message(office: Office, act: Callable[[bytes], None]) -> Ending:
    def pass_on(body: bytes, proceed: http.Proceed) -> HttpResponse:
        response = proceed(body)
        act(body)
        return response

    return _laid(office, pass_on)


def _laid(office: Office, fault: http.HttpFault, operations: tuple[str, ...] | None = None) -> Ending:
    office.site.machine.net.break_server(fault, operations=operations)
    return lambda: office.site.machine.net.lift(fault)


KINDS: dict[str, Kind] = {
    "request-repeated": Kind(_request_repeated, 6, 48.0),
    "request-altered": Kind(_request_altered, 10, 600.0),
    "answer-altered": Kind(_response_altered, 5, 48.0),
    "messages-forged": Kind(_messages_forged, 4, 72.0),
    "messages-replayed": Kind(_messages_replayed, 4, 72.0),
    "message-held-back": Kind(_message_held_back, 6, 30.0),
    "message-altered": Kind(_message_altered, 6, 60.0),
}
