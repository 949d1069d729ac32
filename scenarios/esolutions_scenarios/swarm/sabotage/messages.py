"""Sabotages of the client's messages and the responses to them.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import Any

from lxml import etree

from esolutions_client.errors import DeliveryError
from esolutions_client.service.exchanges.billing import billing
from esolutions_client.service.exchanges.billing.submission import supplies_of
from esolutions_client.service.exchanges.delivery.attempts import Attempts
from esolutions_client.wire import codec
from esolutions_client.wire.security import WSU, security_header
from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage

__all__ = ["SABOTAGES"]

_record_failure = Attempts._record_failure  # noqa: SLF001 - the sabotage stands around it


def accept_signature(*_args: Any, **_kwargs: Any) -> None:
    """Take any answer for the server's."""


def parse_anything(body: bytes) -> etree._Element:
    """Parse an answer, and let lxml complain of it as it likes."""
    return etree.fromstring(body)


def name_supplies_by_host(reading: Any) -> Any:
    """Send what a customer wrote into a printer along with its supplies."""
    return tuple(replace(supply, name=f"{supply.name} 127.0.0.10") for supply in supplies_of(reading))


def drop_on_failure(attempts: Attempts, sent_id: int, operation: str, error: Any) -> None:
    """Give a message up when it was not delivered at once."""
    _record_failure(attempts, sent_id, operation, error)
    attempts._store._connection.execute("UPDATE outbox SET state = 'rejected' WHERE state = 'waiting'")  # noqa: SLF001


def send_first(attempts: Attempts, message_id: str, request: Any, attempt: int, composed_at: Any) -> Any:
    """Send a message, and archive it when it is known what came of it."""
    credentials = attempts._identity.credentials()  # noqa: SLF001
    composed = attempts._server.compose(attempts._envelope(message_id, attempt, composed_at), request, credentials)  # noqa: SLF001

    def archive() -> int:
        outbox = attempts._store.outbox  # noqa: SLF001
        return outbox.begin_attempt(message_id, composed.operation, attempt, attempts._now(), composed.body)  # noqa: SLF001

    try:
        delivered = attempts._server.deliver(composed, credentials)  # noqa: SLF001
    except DeliveryError as error:
        _record_failure(attempts, archive(), composed.operation, error)
        raise
    return archive(), delivered


def padded_header(*args: Any, **kwargs: Any) -> tuple[etree._Element, etree._Element]:
    """Put something into the header that has no use."""
    security, timestamp = security_header(*args, **kwargs)
    etree.SubElement(timestamp, f"{{{WSU}}}Received").text = hashlib.sha256().hexdigest()[:20]
    return security, timestamp


SABOTAGES: dict[str, Sabotage] = {
    "answer-not-verified": Sabotage(
        "the client does not verify the signature of answers",
        "only_the_server_is_believed",
        (Place(codec, "verify", accept_signature),),
    ),
    "garbage-escapes": Sabotage(
        "the client lets its parser complain of answers as it likes",
        "nothing_escapes",
        (Place(codec, "_parse", parse_anything),),
    ),
    "privacy-filter-off": Sabotage(
        "supplies are sent with the printer's address",
        "only_allowed_data_is_sent",
        (Place(billing, "supplies_of", name_supplies_by_host),),
    ),
    "retry-drops": Sabotage(
        "a message that failed once is given up",
        "every_request_is_answered",
        (Place(Attempts, "_record_failure", drop_on_failure),),
    ),
    "sent-before-commit": Sabotage(
        "the client archives a message when its answer is here",
        "what_is_sent_was_committed",
        (Place(Attempts, "_exchange", send_first),),
    ),
    "size-accounting-off": Sabotage(
        "the client puts something unused into its messages",
        "every_byte_is_accounted_for",
        (Place(codec, "security_header", padded_header),),
    ),
}
