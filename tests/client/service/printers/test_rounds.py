"""A round of polls is committed as one, whatever ends it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import TurnedOffError
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from esolutions_client.snmp.ports import SnmpPort
    from tests.support.office import Office

_TWO_HOURS = timedelta(hours=2)


class OneByOne:
    """The way to the printers of a real network: each response comes by itself, and the line may go dead."""

    def __init__(self, inner: SnmpPort) -> None:
        self._inner = inner
        self.responses_left = 1_000

    def converse(self, tasks: Sequence[Any]) -> Iterator[Any]:
        """Run conversations."""
        for batch in self._inner.converse(tasks):
            for outcome in batch:
                if self.responses_left == 0:
                    raise TurnedOffError
                self.responses_left -= 1
                yield [outcome]


@pytest.fixture
def line(office: Office) -> OneByOne:
    """The line of an office whose printers are active; a poll is due."""
    line = OneByOne(office.agent.polling._snmp)
    office.agent.polling._snmp = line
    office.pass_time(_TWO_HOURS)
    return line


def _newest(office: Office) -> list[Any]:
    return [row.read_at for d in office.store.devices.all() for row in office.store.readings.newest(d.device_id, 1)]


def test_all_readings_of_a_round_wait_for_the_disk_once(office: Office, line: OneByOne) -> None:
    """With the time of the round; the write that proves that there is room comes before, by itself."""
    statements: list[str] = []
    office.store._connection.set_trace_callback(statements.append)
    office.agent.polling.poll()
    office.store._connection.set_trace_callback(None)
    assert [s for s in statements if s == "COMMIT"] == ["COMMIT"]
    inside = statements[statements.index("BEGIN IMMEDIATE") : statements.index("COMMIT")]
    assert sum("INSERT INTO reading" in statement for statement in inside) == len(office.serials)
    assert any("last_poll_at" in statement for statement in inside)
    outside = [s for s in statements if s not in inside and s.startswith(("INSERT", "UPDATE", "DELETE"))]
    assert all("'room'" in statement for statement in some(outside))
    assert _newest(office) == [office.now] * len(office.serials)


def test_what_was_read_before_a_round_is_broken_off_is_kept(office: Office, line: OneByOne) -> None:
    """The round was none: the next is due at once, and reads all of them."""
    before = office.store.settings.last_poll_at
    line.responses_left = 1
    with pytest.raises(TurnedOffError):
        office.agent.polling.poll()
    assert _newest(office).count(office.now) == 1
    assert office.store.settings.last_poll_at == before
    line.responses_left = 1_000
    office.pass_time(timedelta(minutes=1))
    office.agent.run_due()
    assert _newest(office) == [office.now] * len(office.serials)
