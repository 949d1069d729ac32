"""What stands in the place of a safety mechanism of the client while it is sabotaged."""

from __future__ import annotations

import hashlib
import socket
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from lxml import etree

from esolutions_client.errors import DeliveryError
from esolutions_client.fleet.sameness import Verdict
from esolutions_client.readings.text import clean_text
from esolutions_client.service.agent import MeterAgent
from esolutions_client.service.exchanges.delivery import Delivery
from esolutions_client.service.exchanges.submission import ordered_meters, supplies_of
from esolutions_client.service.identity import Identity
from esolutions_client.service.printers.polling import Polling
from esolutions_client.service.printers.relocation import Outcome, Relocation
from esolutions_client.snmp import queries
from esolutions_client.snmp.codec.ber import NULL
from esolutions_client.snmp.codec.messages import read_value
from esolutions_client.snmp.errors import SilentError
from esolutions_client.snmp.pdus import Unreadable
from esolutions_client.snmp.rows.layout import Layout, SteadyPoll
from esolutions_client.store.readings import Readings
from esolutions_client.wire.messages import BillingTransaction
from esolutions_client.wire.security import WSU, security_header

if TYPE_CHECKING:
    from esolutions_client.service.printers.reading_recorder import ReadingRecorder

_begin_instance = Identity.begin_instance
_record_failure = Delivery._record_failure  # noqa: SLF001 - the sabotage stands around it
_poll = Layout.poll
_steady_round = Polling._steady_round  # noqa: SLF001 - the same
_run_due = MeterAgent.run_due
_settle = Relocation.settle
_add = Readings.add
_read_value = read_value
_rows_below = queries._rows_below  # noqa: SLF001
_ROUNDS_KEPT = 100

ALWAYS_ENABLED = property(lambda _switch: True)


def always_on(_switch: Any) -> bool:
    """Let the next packet leave, whatever the switch says by now."""
    return True


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


def refuse_odd_values(octets: bytes, at: int, end: int) -> Any:
    """Take nothing of a response in which one value is encoded as RFC 3417 does not say, as strict decoders do."""
    value = _read_value(octets, at, end)
    if isinstance(value, Unreadable) and octets[at] != NULL:
        raise SilentError("no answer")
    return value


def always_young(*_args: Any, **_kwargs: Any) -> bool:
    """Take any reading for young enough."""
    return True


def never_set(*_args: Any, **_kwargs: Any) -> bool:
    """Take the clock for the one it always was."""
    return True


def poll_whoever_answers(layout: Layout, values: Any, last: SteadyPoll | None = None) -> Any:
    """Take the numbers of whichever printer answers at the address, without a look at its serial number."""
    if layout.serial_oid and values:
        values = [layout.serial_octets, *values[1:]]
    return _poll(layout, values, last and last._replace(uptime=0))


def same_machine(*_args: Any, **_kwargs: Any) -> Verdict:
    """Take whatever shows a serial number for the printer that is known by it."""
    return Verdict(is_same=True)


def move_to_the_last(relocation: Relocation, device: Any, elsewhere: Any, at_home: Any) -> Outcome:
    """Overwrite an address by that of whichever machine shows the serial number last."""
    if not elsewhere:
        return _settle(relocation, device, elsewhere, at_home)
    return relocation._moved(device, elsewhere[-1], [])  # noqa: SLF001 - the sabotage stands around it


def name_supplies_by_host(reading: Any) -> Any:
    """Send what a customer wrote into a printer along with its supplies."""
    return tuple(replace(supply, name=f"{supply.name} 127.0.0.10") for supply in supplies_of(reading))


def drop_on_failure(delivery: Delivery, sent_id: int, operation: str, error: Any) -> None:
    """Give a message up when it was not delivered at once."""
    _record_failure(delivery, sent_id, operation, error)
    delivery._store._connection.execute("UPDATE outbox SET state = 'rejected' WHERE state = 'waiting'")  # noqa: SLF001


def padded_header(*args: Any, **kwargs: Any) -> tuple[etree._Element, etree._Element]:
    """Put something into the header that nobody uses."""
    security, timestamp = security_header(*args, **kwargs)
    etree.SubElement(timestamp, f"{{{WSU}}}Received").text = hashlib.sha256().hexdigest()[:20]
    return security, timestamp


def send_first(delivery: Delivery, message_id: str, request: Any, attempt: int, composed_at: Any) -> Any:
    """Send a message, and archive it when it is known what came of it."""
    credentials = delivery._identity.credentials()  # noqa: SLF001
    made = delivery._server.compose(delivery._envelope(message_id, attempt, composed_at), request, credentials)  # noqa: SLF001

    def archive() -> int:
        outbox = delivery._store.outbox  # noqa: SLF001
        return outbox.begin_attempt(message_id, made.operation, attempt, delivery._now(), made.body)  # noqa: SLF001

    try:
        delivered = delivery._server.deliver(made, credentials)  # noqa: SLF001
    except DeliveryError as error:
        _record_failure(delivery, archive(), made.operation, error)
        raise
    return archive(), delivered


def leave_silent_ones(polling: Polling, items: Any) -> Any:
    """Ask only the printers that have always answered."""
    return _steady_round(polling, [item for item in items if item.device.silent_since is None])


def listen(agent: MeterAgent, *args: Any, **kwargs: Any) -> Any:
    """Open a port before the work begins."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
    return _run_due(agent, *args, **kwargs)


def thin_out(readings: Readings, round_id: int, rows: Any) -> None:
    """Keep the newest readings only."""
    _add(readings, round_id, rows)
    readings._connection.execute(  # noqa: SLF001
        "DELETE FROM reading WHERE round_id <= (SELECT max(round_id) FROM round) - ?", (_ROUNDS_KEPT,)
    )


def end_at_null(root: str, last: str, answer: Any) -> Any:
    """Take a NULL for the end of a column."""
    rows = list(answer)
    nulls = (place for place, (_, value) in enumerate(rows) if isinstance(value, Unreadable))
    return _rows_below(root, last, rows[: next(nulls, len(rows))])


def any_text(value: object) -> str | None:
    """Take whatever stands where a serial number should for one."""
    return clean_text(value) or None


def mix_printers(_rows: object, _suffix: str) -> bool:
    """Take every row for the one printer's."""
    return True


def believe_rows(*_args: Any) -> None:
    """Let whatever the decoding of a row raises through."""


def see_no_wish(*_args: Any) -> int:
    """Find that nobody has asked for anything."""
    return 0


def parse_anything(body: bytes) -> etree._Element:
    """Parse an answer, and let lxml complain of it as it likes."""
    return etree.fromstring(body)


def leave_out_unread(command: Any, reading: Any) -> Any:
    """Answer a request by those of its meters that can be read."""
    return tuple(meter for meter in ordered_meters(command, reading) if meter.value is not None)


def call_silent_at_once(taking: ReadingRecorder, item: Any, since: Any, reason: str, moment: Any) -> None:
    """Call a printer silent that did not answer just now."""
    text = f"it has not answered since {since:%Y-%m-%d %H:%M} UTC: {reason}"
    taking._store.note(moment, "silent", text, item.device.serial_number)  # noqa: SLF001


def forget_interval(*_args: Any) -> None:
    """Keep to no poll interval but the one of the plan."""


def same_transaction(_transaction_id: str, devices: Any) -> BillingTransaction:
    """Give every transaction the same id."""
    return BillingTransaction("00000000-0000-4000-8000-000000000000", devices)


def send_one_more(command: Any, reading: Any) -> Any:
    """Answer a request by the meters it ordered, and by one that nobody asked for."""
    meters = ordered_meters(command, reading)
    return (*meters, replace(meters[0], name=f"Foo {len(meters)}"))
