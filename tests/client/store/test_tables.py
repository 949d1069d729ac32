"""What goes into the store comes out of it as it was, also after a restart."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esolutions_client.errors import StoreError
from esolutions_client.fleet.device import Device
from esolutions_client.states.command_state import CommandState
from esolutions_client.store.readings import ReadingRow, Transmitted
from esolutions_client.store.store import Store
from esolutions_client.wire.messages import Command, MeterOrder
from tests.support.seen import some

if TYPE_CHECKING:
    from pathlib import Path

MOMENTS = st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - aware by timezones
DEVICES = st.builds(
    Device,
    serial_number=st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=32),
    host=st.sampled_from(["127.0.0.10", "::1", "printer.example"]),
    discovered_at=MOMENTS,
    port=st.integers(1, 65535),
    community=st.text(st.characters(exclude_categories=["Cs"])),
    snmp_version=st.sampled_from(["1", "2c"]),
    state=st.sampled_from(["discovered", "registered", "active", "replaced", "retired"]),
    vendor=st.none() | st.just("Xerox"),
    model=st.none() | st.just("C8045"),
    registered_at=st.none() | MOMENTS,
    active_since=st.none() | MOMENTS,
    silent_since=st.none() | MOMENTS,
    silent_reason=st.none() | st.just("no answer"),
    silent_after=st.integers(1, 3 * 10**7),
    called_silent_at=st.none() | MOMENTS,
    held_since=st.none() | MOMENTS,
    held_reason=st.none() | st.just("fell"),
    low_percent=st.integers(0, 100),
    replaced_by=st.none() | st.just("ABC000001"),
    hardware_addresses=st.none() | st.just("020000000001 020000000002"),
    sighted=st.none() | st.just("{}"),
    doubt=st.none() | st.just("127.0.0.99:161 {}"),
    also_at=st.none() | st.just("[]"),
)
IN_ONE_STORE = settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])


@given(device=DEVICES)
@IN_ONE_STORE
def test_a_printer_is_kept_field_by_field(store: Store, device: Device) -> None:
    """Saved, found by serial number and address, changed, saved again."""
    with store.transaction():
        known = store.devices.get(device.serial_number)
        saved = store.devices.save(replace(device, device_id=known.device_id if known else 0))
    assert store.devices.get(device.serial_number) == saved == replace(device, device_id=saved.device_id)
    assert saved in store.devices.at(device.host, device.port)
    assert (saved in store.devices.polled()) == saved.is_polled


def test_a_layout_is_kept_once(store: Store, moment: datetime) -> None:
    """The same layout again makes no new row; another one does, and the old one stays for the old readings."""
    with store.transaction():
        device = store.devices.save(Device(serial_number="ABC123456", host="127.0.0.10", discovered_at=moment))
        first = store.devices.save_layout(device, "one")
        assert store.devices.save_layout(first, "one") == first
        second = store.devices.save_layout(first, "two")
    assert store.devices.get("ABC123456") == second
    assert store.devices.layouts([first.layout_id or 0, second.layout_id or 0]) == {
        first.layout_id: "one",
        second.layout_id: "two",
    }


def test_messages_wait_in_order_until_they_are_acknowledged(path: Path, moment: datetime) -> None:
    """First in, first out; acknowledged or rejected, they are no longer in the way; a restart forgets nothing."""
    store = Store(path)
    with store.transaction():
        for name in ("first", "second", "third"):
            store.outbox.put(name, "SyncProxyStatus", moment, f'"{name}"')
        store.outbox.acknowledge("first", "receipt")
    store.close()
    store = Store(path)
    waiting = store.outbox.first()
    assert waiting is not None
    assert (waiting.message_id, waiting.body, waiting.composed_at, waiting.attempts) == (
        "second",
        '"second"',
        moment,
        0,
    )
    with store.transaction():
        store.outbox.reject("second")
    assert store.outbox.waiting() == 1
    with store.transaction():
        store.outbox.acknowledge("third", "receipt")
    assert store.outbox.first() is None
    store.close()


def test_every_attempt_is_archived_with_its_bytes(store: Store, moment: datetime) -> None:
    """Before it is sent; one without an outcome is one whose answer was never seen."""
    with store.transaction():
        store.outbox.put("message", "SyncProxyStatus", moment, "{}")
        first = store.outbox.begin_attempt("message", "SyncProxyStatus", 1, moment, b"\x00\xff bytes")
        store.outbox.end_attempt(first, "UnreachableError: no answer", None)
        second = store.outbox.begin_attempt("message", "SyncProxyStatus", 2, moment + timedelta(minutes=5), b"again")
    newest, oldest = store.outbox.sent()
    assert (oldest.sent_id, oldest.body, oldest.outcome, oldest.attempt) == (
        first,
        b"\x00\xff bytes",
        "UnreachableError: no answer",
        1,
    )
    assert (newest.sent_id, newest.outcome, newest.response, newest.attempt) == (second, None, None, 2)
    assert store.outbox.sent(1) == [newest]
    assert store.outbox.sent_by_id(first) == oldest
    assert store.outbox.sent_by_id(999) is None
    waiting = store.outbox.first()
    assert waiting is not None
    assert waiting.attempts == 2


def command(moment: datetime, number: int, action: Any = "Report") -> Command:
    """Return a command of the server."""
    return Command(
        command_id=f"command {number}",
        serial_number="ABC123456",
        action=action,
        issued_at=moment,
        answer_by=moment + timedelta(days=3),
        frequency="Monthly",
        period_start=moment - timedelta(days=31),
        period_end=moment,
        read_not_before=moment,
        poll_interval=timedelta(hours=2),
        silent_after=timedelta(days=7),
        low_supply_percent=20,
        repeat=0,
        meters=(MeterOrder("Total Impressions", 5, moment, 500), MeterOrder("Sheets")),
    )


def test_billing_requests_stay_open_until_they_are_answered(store: Store, moment: datetime) -> None:
    """With the bounds of each meter and the reason why they wait; an activation is no billing request."""
    with store.transaction():
        store.commands.put(command(moment, 1), moment, CommandState.OPEN)
        store.commands.put(command(moment, 2), moment - timedelta(days=1), CommandState.OPEN)
        store.commands.put(command(moment, 3, "TurnOn"), moment, CommandState.OPEN)
        store.commands.set_note("command 1", "held")
    older, newer = store.commands.open_reports()
    assert (older.command_id, newer.command_id, newer.note) == ("command 2", "command 1", "held")
    assert newer.bounds == {"Total Impressions": (5, 500), "Sheets": (None, None)}
    assert newer.read_dates == {"Total Impressions": moment}
    assert (newer.issued_at, newer.frequency, newer.repeat) == (moment, "Monthly", 0)
    assert newer.period_start == moment - timedelta(days=31)
    assert (newer.read_not_before, newer.answer_by, newer.period_end) == (moment, moment + timedelta(days=3), moment)
    with store.transaction():
        store.commands.set_state(["command 1", "command 2"], CommandState.ANSWERED)
    assert store.commands.open_reports() == []
    assert [store.commands.state(f"command {number}") for number in (1, 3, 4)] == ["answered", "open", None]


def test_a_state_that_no_command_has_is_an_error_of_the_store(store: Store, moment: datetime) -> None:
    """A damaged row is said, as everywhere in the store."""
    store.commands.put(command(moment, 1), moment, CommandState.OPEN)
    store._connection.execute("UPDATE command SET state = 'odd'")
    with pytest.raises(StoreError, match="a row of its table command cannot be read"):
        store.commands.state("command 1")


def test_readings_are_kept_and_found_by_moment(store: Store, moment: datetime) -> None:
    """Newest first or oldest first, trusted or not."""
    at = int(moment.timestamp())
    rows = [ReadingRow(1, at + n, 7, n, "backwards" if n == 4 else None, f"[{n}]") for n in range(5)]
    with store.transaction():
        for n, r in enumerate(rows, start=1):
            store.readings.add(n, [(r.device_id, r.seconds, r.layout_id, r.uptime, r.flag, r.body)])
        store.readings.add(5, [(2, at + 9, 7, None, None, "[other]")])
        store.readings.add(6, [])
    assert store.readings.begin_round() == 6
    assert store.readings.count() == 6
    assert store.readings.last(1) == rows[4]
    assert store.readings.last_trusted(1) == rows[3]
    assert store.readings.newest(1, 2) == [rows[4], rows[3]]
    assert store.readings.between(1, rows[1].read_at, rows[3].read_at) == rows[1:4]
    assert store.readings.last(3) is None
    with store.transaction():
        store.readings.accept(1)
    accepted = store.readings.last_trusted(1)
    assert accepted == replace(rows[4], flag="accepted")


@pytest.mark.parametrize("printers", [1, 49, 50, 51, 150])
def test_a_round_of_any_size_is_kept(store: Store, moment: datetime, printers: int) -> None:
    """Every row of it, and each where it belongs."""
    at = int(moment.timestamp())
    rows = [ReadingRow(n, at + n, 7, n * n, "rollover" if n % 7 == 0 else None, f"[{n}]") for n in range(printers)]
    with store.transaction():
        for round_id in (1, 2):
            store.readings.add(
                round_id, [(r.device_id, r.seconds + round_id, r.layout_id, r.uptime, r.flag, r.body) for r in rows]
            )
    assert store.readings.count() == 2 * printers
    for row in some(rows):
        kept = [replace(row, seconds=row.seconds + round_id) for round_id in (2, 1)]
        assert store.readings.newest(row.device_id, -1) == kept


def test_a_clock_that_goes_back_takes_no_reading_away(store: Store, moment: datetime) -> None:
    """Two that bear the same second are two, and the newest is the one that was taken last, whatever it bears."""
    at = int(moment.timestamp())
    with store.transaction():
        for uptime, read_at in enumerate((at, at + 9, at), start=1):
            store.readings.add(store.readings.begin_round(), [(1, read_at, 7, uptime, None, f"[{uptime}]")])
    assert [row.body for row in store.readings.newest(1, -1)] == ["[3]", "[2]", "[1]"]
    last, trusted = store.readings.last(1), store.readings.last_trusted(1)
    assert (last, last and last.body) == (trusted, "[3]")
    assert [row.body for row in store.readings.between(1, moment, moment)] == ["[1]", "[3]"]
    store.readings.accept(1)
    assert [row.flag for row in store.readings.newest(1, -1)] == ["accepted", None, None]
    assert store.readings.accepted_at(1) == moment


def test_what_was_transmitted_is_kept_by_meter(store: Store, moment: datetime) -> None:
    """The last acknowledged value of each meter, of this printer alone."""
    later = moment + timedelta(days=30)
    with store.transaction():
        store.readings.mark_transmitted("ABC123456", moment, [("Total", 5), ("Fax", 1)])
        store.readings.mark_transmitted("ABC123456", later, [("Total", 9)])
        store.readings.mark_transmitted("OTHER0001", later, [("Total", 1000)])
    assert store.readings.transmitted("ABC123456") == {
        "Total": Transmitted("Total", 9, later),
        "Fax": Transmitted("Fax", 1, moment),
    }


def test_what_is_asked_often_is_found_by_an_index(store: Store) -> None:
    """The store grows for years; what a poll or a sync asks must not take longer for it."""
    asked: list[str] = []
    store._connection.set_trace_callback(asked.append)
    store.outbox.first()
    store.outbox.waiting()
    store.commands.open_reports()
    store.commands.state("command")
    store.readings.last(1)
    store.readings.accepted_at(1)
    store.events(10, "ABC123456")
    assert store.settings.proxy_id is None
    store._connection.set_trace_callback(None)
    assert len(asked) == 8
    for query in some(asked):
        plan = " / ".join(step[3] for step in store._connection.execute(f"EXPLAIN QUERY PLAN {query}"))
        assert "USING" in plan, (query, plan)
