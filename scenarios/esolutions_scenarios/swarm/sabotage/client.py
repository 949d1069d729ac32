"""Sabotages of the client itself: its store, its clock, its switch and its schedule.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

import socket
from typing import Any

from esolutions_client.service.agent import MeterAgent
from esolutions_client.service.clock_trust import ClockTrust
from esolutions_client.service.exchanges import syncing
from esolutions_client.service.identity import Identity
from esolutions_client.store.database.connection import Decoding
from esolutions_client.store.readings import Readings
from esolutions_client.store.store import Store
from esolutions_client.store.switch import Switch
from esolutions_client.store.wishes import Wishes
from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage, nothing

__all__ = ["SABOTAGES"]

_begin_instance = Identity.begin_instance
_run_due = MeterAgent.run_due
_add = Readings.add
_ROUNDS_KEPT = 100
_ALWAYS_ENABLED = property(lambda _switch: True)


def never_set(*_args: Any, **_kwargs: Any) -> bool:
    """Take the clock for the one it always was."""
    return True


def believe_rows(*_args: Any) -> None:
    """Let whatever the decoding of a row raises through."""


def always_on(_switch: Any) -> bool:
    """Let the next packet leave, whatever the switch says by now."""
    return True


def listen(agent: MeterAgent, *args: Any, **kwargs: Any) -> Any:
    """Open a port before the work begins."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
    return _run_due(agent, *args, **kwargs)


def forget_outbox(identity: Identity) -> str:
    """Start with an empty outbox, as one that is kept in memory would be."""
    identity._store._connection.execute("UPDATE outbox SET state = 'rejected' WHERE state = 'waiting'")  # noqa: SLF001
    return _begin_instance(identity)


def forget_interval(*_args: Any) -> None:
    """Keep to no poll interval but the one of the plan."""


def thin_out(readings: Readings, round_id: int, rows: Any) -> None:
    """Keep the newest readings only."""
    _add(readings, round_id, rows)
    readings._connection.execute(  # noqa: SLF001
        "DELETE FROM reading WHERE round_id <= (SELECT max(round_id) FROM round) - ?", (_ROUNDS_KEPT,)
    )


def see_no_wish(*_args: Any) -> int:
    """Find no wish."""
    return 0


SABOTAGES: dict[str, Sabotage] = {
    "clock-changes-unnoticed": Sabotage(
        "the client does not notice that its clock was set",
        "every_billed_value_was_shown",
        (Place(ClockTrust, "is_set_as", never_set),),
    ),
    "decode-unguarded": Sabotage(
        "the client lets damaged rows of its store complain as they like",
        "nothing_escapes",
        (Place(Decoding, "__exit__", believe_rows),),
    ),
    "disable-asked-once": Sabotage(
        "the client asks whether communication is on when a round begins, and not again",
        "nothing_is_sent_while_off",
        (Place(Switch, "may_send", always_on),),
    ),
    "disable-ignored": Sabotage(
        "the client ignores that communication is off",
        "nothing_is_sent_while_off",
        (Place(Switch, "is_on", _ALWAYS_ENABLED),),
    ),
    "listens": Sabotage(
        "the client opens a port",
        "the_client_never_listens",
        (Place(MeterAgent, "run_due", listen),),
    ),
    "outbox-not-durable": Sabotage(
        "waiting messages do not survive a restart",
        "every_request_is_answered",
        (Place(Identity, "begin_instance", forget_outbox),),
    ),
    "poll-interval-dropped": Sabotage(
        "the client does not listen how often the server wants readings",
        "polls_keep_the_interval",
        (Place(syncing, "keep_poll_interval", forget_interval),),
    ),
    "readings-thinned": Sabotage(
        "the client keeps its newest readings only",
        "no_reading_is_lost",
        (Place(Readings, "add", thin_out),),
    ),
    "room-not-checked": Sabotage(
        "the client reads printers while its disk is full",
        "no_printer_is_asked_in_vain",
        (Place(Store, "require_room", nothing),),
    ),
    "wishes-forgotten": Sabotage(
        "the client looks for no wish of a command",
        "every_wish_is_answered",
        (Place(Wishes, "newest_open", see_no_wish),),
    ),
}
