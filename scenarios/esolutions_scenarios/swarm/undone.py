"""What stands in the place of a safety mechanism while it is sabotaged.

Each function has the shape of the one it replaces and leaves out the one thing
that the mechanism is for. Nothing outside `sabotages` uses them.
"""

from __future__ import annotations

import hashlib
import hmac
from calendar import monthrange
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml import etree

from esolutions_client.service.billing import _supplies
from esolutions_client.service.delivery import Delivery
from esolutions_client.service.identity import Identity
from esolutions_client.snmp.layout import Layout
from esolutions_client.wire.security import WSU, security_header
from esolutions_scenarios.faults.crash import Crash
from esolutions_server.domain.judgement import Verdict
from esolutions_server.service.communication import CommunicationServer
from esolutions_server.service.credentials import password_digest
from esolutions_server.service.errors import FaultCode, RefusalError
from esolutions_server.service.messages import DeviceOutcome
from esolutions_server.soap.signature import read_signature

if TYPE_CHECKING:
    from esolutions_server.service.credentials import Credentials

__all__ = [
    "ALWAYS_ENABLED",
    "accept_signature",
    "always_credible",
    "always_forward",
    "always_timely",
    "always_true",
    "always_young",
    "answer_before_commit",
    "body_unchecked",
    "digest_only",
    "drop_on_failure",
    "forget_outbox",
    "lose_statuses",
    "name_supplies_by_host",
    "never_doubtful",
    "no_first_answer",
    "nothing",
    "padded_header",
    "poll_whoever_answers",
    "signature_only",
    "thirty_days_each",
]

_begin_instance = Identity.begin_instance
_record_failure = Delivery._record_failure  # noqa: SLF001 - the sabotage stands around it
_conduct = CommunicationServer._conduct  # noqa: SLF001 - the same
_poll = Layout.poll

ALWAYS_ENABLED = property(lambda _identity: True)


def nothing(*_args: Any, **_kwargs: Any) -> None:
    """Do nothing."""


def always_true(*_args: Any, **_kwargs: Any) -> bool:
    """Say yes."""
    return True


def no_first_answer(*_args: Any, **_kwargs: Any) -> None:
    """Know no message from before."""


def signature_only(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:
    """Verify the signature, but not the password digest."""
    if must_be_signed and credentials.signature is None:
        raise RefusalError(FaultCode.INVALID_SECURITY, "this message must be signed")
    if credentials.signature is not None:
        expected = hmac.digest(secret.encode(), credentials.signature.signed_info, "sha256")
        if expected != credentials.signature.value:
            raise RefusalError(FaultCode.FAILED_CHECK, "the signature is wrong")


def digest_only(credentials: Credentials, secret: str, *, must_be_signed: bool) -> None:  # noqa: ARG001
    """Verify the password digest, but no signature."""
    expected = password_digest(credentials.nonce, credentials.created_text, secret)
    if expected != credentials.digest:
        raise RefusalError(FaultCode.FAILED_AUTHENTICATION, "the password digest is wrong")


def body_unchecked(security: etree._Element, envelope: Any) -> Any:
    """Read a signature without comparing it with the body."""
    try:
        return read_signature(security, envelope)
    except RefusalError:
        return None


def accept_signature(*_args: Any, **_kwargs: Any) -> None:
    """Take any answer for the server's."""


def forget_outbox(identity: Identity) -> str:
    """Start with an empty outbox, as one that is kept in memory would be."""
    identity._store._connection.execute("UPDATE outbox SET state = 'rejected' WHERE state = 'waiting'")  # noqa: SLF001
    return _begin_instance(identity)


def always_forward(*_args: Any, **_kwargs: Any) -> str:
    """See no counter fall."""
    return "forward"


def never_doubtful(*_args: Any, **_kwargs: Any) -> None:
    """Find every value credible."""


def always_credible(*_args: Any, **_kwargs: Any) -> Verdict:
    """Bill every value."""
    return Verdict(impressions=0)


def always_young(*_args: Any, **_kwargs: Any) -> bool:
    """Take any reading for young enough."""
    return True


def always_timely(*_args: Any, **_kwargs: Any) -> bool:
    """Take any reading for timely."""
    return True


def poll_whoever_answers(layout: Layout, values: Any, last_uptime: int | None = None) -> Any:
    """Take the numbers of whichever printer answers at the address, without a look at its serial number."""
    if layout.serial_oid and values:
        values = [layout.serial_octets, *values[1:]]
    return _poll(layout, values, None if last_uptime is None else 0)


def name_supplies_by_host(reading: Any) -> Any:
    """Send what a customer wrote into a printer along with its supplies."""
    return tuple(replace(supply, name=f"{supply.name} 127.0.0.10") for supply in _supplies(reading))


def thirty_days_each(year: int, month: int) -> tuple[int, int]:
    """Take every month for one of at most 28 days."""
    first, days = monthrange(year, month)
    return first, min(days, 28)


def drop_on_failure(delivery: Delivery, sent_id: int, operation: str, error: Any) -> None:
    """Give a message up when it was not delivered at once."""
    _record_failure(delivery, sent_id, operation, error)
    delivery._store._connection.execute("UPDATE outbox SET state = 'rejected' WHERE state = 'waiting'")  # noqa: SLF001


def lose_statuses(_work: Any, _proxy: Any, request: Any) -> tuple[DeviceOutcome, ...]:
    """Acknowledge statuses without taking note of them, so that devices are told to turn on again and again."""
    return tuple(DeviceOutcome(status.serial, "Accepted") for status in request.devices)


def padded_header(*args: Any, **kwargs: Any) -> tuple[etree._Element, etree._Element]:
    """Put something into the header that nobody uses."""
    security, timestamp = security_header(*args, **kwargs)
    etree.SubElement(timestamp, f"{{{WSU}}}Received").text = hashlib.sha256().hexdigest()[:20]
    return security, timestamp


class _Overheard:
    """A renderer that remembers the last envelope it made."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner
        self.envelopes: list[bytes] = []

    def payload(self, answer: Any) -> bytes:
        """Render the answer."""
        return bytes(self._inner.payload(answer))

    def envelope(self, payload: bytes, secret: str, now: Any) -> bytes:
        """Render the envelope, and remember it."""
        self.envelopes.append(self._inner.envelope(payload, secret, now))
        return self.envelopes[-1]


def answer_before_commit(server: Any, exchange: Any, *args: Any, **kwargs: Any) -> bytes:
    """Let the answer leave before the commit: a server that dies in between has promised what it does not hold."""
    overheard = _Overheard(exchange.renderer)
    try:
        return bytes(_conduct(server, replace(exchange, renderer=overheard), *args, **kwargs))
    except Crash:
        if overheard.envelopes:
            return overheard.envelopes[-1]
        raise
