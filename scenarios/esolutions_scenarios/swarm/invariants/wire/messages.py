"""Every message as it leaves the machine: committed before, exact to the byte, and without anything private."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from esolutions_scenarios.checks.rules import canaries_in
from esolutions_scenarios.referee.accounting import UnknownContentError, account
from esolutions_scenarios.swarm.invariants.invariant import Invariant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_client.store.outbox import SentRow
    from esolutions_scenarios.swarm.site import Site

__all__ = [
    "EVERY_BYTE_IS_ACCOUNTED_FOR",
    "ONLY_ALLOWED_DATA_IS_SENT",
    "THE_SECRET_IS_NOT_FETCHED",
    "WHAT_IS_SENT_WAS_COMMITTED",
]


def _was_committed(site: Site, operation: str, body: bytes) -> Iterator[str]:
    # A new connection sees what is committed, and nothing else.
    with closing(sqlite3.connect(site.machine.path)) as store:
        newest = store.execute("SELECT body FROM sent ORDER BY sent_id DESC LIMIT 1").fetchone()
    if newest is None or newest[0] != body:
        yield f"{operation} left before it was committed"


def _is_accounted_for(_site: Site, operation: str, body: bytes) -> Iterator[str]:
    try:
        found = account(body)
    except UnknownContentError as error:
        yield f"{operation}: {error}"
        return
    except ValueError:
        return  # not XML: a torso that is not the server's
    if found is not None and not found.is_exact:
        yield f"{found.message} with {found.devices} devices has {found.measured} bytes, not {found.expected}"


def _response_is_accounted_for(site: Site, row: SentRow) -> Iterator[str]:
    if row.response:
        yield from _is_accounted_for(site, row.operation, row.response)


def _holds_no_secret(site: Site, operation: str, body: bytes) -> Iterator[str]:
    if b":Secret>" in body and not site.record.may_send_secret:
        yield f"{operation} carries the secret, and no person said so"


def _holds_no_canary(site: Site, operation: str, body: bytes) -> Iterator[str]:
    for canary in canaries_in(site.testbed, body):
        yield f"{operation} holds {canary!r}"


WHAT_IS_SENT_WAS_COMMITTED = Invariant(
    "what_is_sent_was_committed",
    "whatever leaves the machine was committed to its archive before, byte for byte",
    on_message=_was_committed,
)
EVERY_BYTE_IS_ACCOUNTED_FOR = Invariant(
    "every_byte_is_accounted_for",
    "every message has exactly the size that formula and fields call for",
    on_message=_is_accounted_for,
    on_response=_response_is_accounted_for,
)
THE_SECRET_IS_NOT_FETCHED = Invariant(
    "the_secret_is_not_fetched",
    "no message holds the secret but the first registration, and another where a person has said so",
    on_message=_holds_no_secret,
)
ONLY_ALLOWED_DATA_IS_SENT = Invariant(
    "only_allowed_data_is_sent",
    "no canary - host name, place, person, network or hardware address - is in any byte that leaves",
    on_message=_holds_no_canary,
)
