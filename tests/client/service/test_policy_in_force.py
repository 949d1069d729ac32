"""Every term of a command has its use: how often to read, what silent means, when a supply is low, when it was read."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import UnreachableError
from esolutions_client.service.policy_in_force import schedule_in_force
from esolutions_client.wire import codec
from esolutions_server.domain.policy import Policy

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.wire.http.transport import HttpResponse
    from esolutions_client.wire.messages import Command
    from tests.support.office import Office

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
TOTAL = "Total Impressions"


@pytest.fixture
def commanding(monkeypatch: pytest.MonkeyPatch) -> Callable[[Callable[[Command], Command]], None]:
    """Return what lets a server with the secret say something else in its commands than ours would."""
    change: list[Callable[[Command], Command]] = []
    decode = codec.decode

    def changed(*args: Any) -> Any:
        answer: Any = decode(*args)
        if not change or not hasattr(answer, "commands"):
            return answer
        return replace(answer, commands=tuple(map(change[-1], answer.commands)))

    monkeypatch.setattr(codec, "decode", changed)
    return change.append


def ask(office: Office, serial: str) -> None:
    """Ask for a printer's meters, and let the client hear of it a minute later."""
    office.administration.request_billing(serial)
    office.pass_time(MINUTE)
    office.agent.sync()


def rounds(office: Office, span: timedelta) -> int:
    """Return how often the printers are polled in some time."""
    device = office.device(office.serials[0])
    before = len(office.store.readings.newest(device.device_id, -1))
    office.run_for(span)
    return len(office.store.readings.newest(device.device_id, -1)) - before


def told(office: Office, kind: str) -> list[str]:
    """Return the texts of the events of a kind, newest first."""
    return [text for _, each, _, text in office.store.events(-1) if each == kind]


@pytest.mark.parametrize(("asked", "kept"), [(60, 60), (240, 240), (90, 90), (5, 60), (1440, 240)])
def test_the_client_polls_at_the_interval_in_force(
    office: Office, commanding: Callable[..., None], asked: int, kept: int
) -> None:
    """What the newest command says, within one hour and four; a restart changes nothing, and the user reads of it."""
    commanding(lambda command: replace(command, poll_interval=asked * MINUTE))
    ask(office, office.serials[0])
    office.restart()
    office.agent.poll()
    count = rounds(office, 24 * HOUR) - 1  # and one for the sync of the night, where something is due
    assert abs(count - 24 * 60 // kept) <= 1
    assert schedule_in_force(office.agent.schedule, office.store.settings).poll_interval == kept * MINUTE
    assert told(office, "schedule")[0].endswith(f"printers are read every {kept}")


def test_the_status_says_which_interval_the_client_keeps_to(office: Office) -> None:
    """Also where the operator has changed it since: the server is told with the next activation."""
    office.world.change_policy(Policy(poll_interval=90 * MINUTE))
    serial = office.serials[0]
    office.administration.cancel(serial)
    office.administration.sign_up(serial)
    office.pass_time(MINUTE)
    office.agent.sync()
    statuses = [body for body in office.line.sent if b":SyncProxyStatus" in body]
    assert b"PT5400S" in statuses[-1]


@pytest.mark.parametrize("days", [1, 3])
def test_a_printer_is_silent_only_after_the_time_that_the_server_says(office: Office, days: int) -> None:
    """Until then it has just not answered, which is told as that; each is told once."""
    office.world.change_policy(Policy(silent_after=days * DAY))
    serial = office.serials[0]
    ask(office, serial)
    office.fleet.by_serial(serial).power_off(office.now + MINUTE)
    office.run_for(days * DAY - 3 * HOUR)
    device = office.device(serial)
    assert (device.shown_state, device.silent_since is None) == ("active", False)
    assert (len(told(office, "no answer")), told(office, "silent")) == (1, [])
    office.run_for(8 * HOUR)
    device = office.device(serial)
    assert device.shown_state == "silent"
    office.run_for(DAY)
    assert len(told(office, "silent")) == 1
    office.fleet.by_serial(serial).power_on(office.now + MINUTE)
    office.run_for(3 * HOUR)
    device = office.device(serial)
    assert device.shown_state == "active"


def test_a_request_changes_what_is_low_and_what_is_silent_too(office: Office) -> None:
    """The newest word counts, not that of the activation."""
    office.world.change_policy(Policy(low_supply_percent=35, silent_after=2 * DAY))
    ask(office, office.serials[0])
    device = office.device(office.serials[0])
    assert (device.low_percent, device.silent_after) == (35, 2 * DAY.total_seconds())


def test_a_reading_older_than_the_servers_last_one_is_no_answer(
    office: Office, commanding: Callable[..., None]
) -> None:
    """It waits for one that is newer, which is sent."""
    serial = office.serials[0]
    ahead = office.now + 4 * MINUTE  # as far as clocks may differ
    commanding(lambda command: dated(command, ahead))
    ask(office, serial)
    assert office.open_requests() == [serial]
    assert list(office.administration.every.bills(serial)) == []
    office.run_for(3 * HOUR)
    assert office.open_requests() == []
    assert min(bill.read_at for bill in office.administration.every.bills(serial)) >= ahead


def test_a_reading_that_the_server_dates_in_the_future_is_reported_and_not_obeyed(
    office: Office, commanding: Callable[..., None]
) -> None:
    """No reading could ever answer it: it is billed, and people read what the server says, once for each request."""
    serial = office.serials[0]
    ahead = office.now + 30 * DAY
    commanding(lambda command: dated(command, ahead))
    ask(office, serial)
    assert office.open_requests() == []
    assert told(office, "future date") == [
        f"the server says that it has read {TOTAL} at {ahead:%Y-%m-%d %H:%M} UTC, in the future: not obeyed"
    ]


def test_a_request_that_is_asked_again_counts_how_often(office: Office) -> None:
    """And its bounds are those of the newest sending; since when it waits stays as it was."""
    serial = office.serials[0]
    office.fleet.by_serial(serial).power_off(office.now)
    ask(office, serial)
    (first,) = office.store.commands.open_reports()
    office.run_for(2 * DAY)
    (again,) = office.store.commands.open_reports()
    assert (first.repeat, again.repeat, again.received_at) == (0, 2, first.received_at)


def dated(command: Command, moment: datetime) -> Command:
    """Return a command that says when the server has read the first meter last."""
    first, *others = command.meters
    return replace(command, meters=(replace(first, last_read_date=moment), *others))


def test_printers_registered_one_after_the_other_are_one_fleet(new_office: Office) -> None:
    """A registration that waits is counted in the next one: the server notes no difference that there is none."""
    office = new_office
    office.discover()
    office.line.fault = refuse
    for serial in office.serials:
        with pytest.raises(UnreachableError):
            office.agent.register([serial])
    office.line.fault = None
    office.run_for(HOUR)
    entries = [each for each in office.administration.every.journal() if each.operation == "RegisterProxyDevices"]
    assert [each.note for each in entries] == ["", ""]


def refuse(_body: bytes, _deliver: object) -> HttpResponse:
    """Carry nothing."""
    raise UnreachableError("no way")


def test_what_the_server_has_billed_bounds_what_is_sent(office: Office, commanding: Callable[..., None]) -> None:
    """A reading below its last value waits for a person, even with a store that knows nothing of it."""
    serial = office.serials[0]

    def higher(command: Command) -> Command:
        first, *others = command.meters
        return replace(command, meters=(replace(first, last_value=4_000_000_000, ceiling=4_100_000_000), *others))

    commanding(higher)
    ask(office, serial)
    (waiting,) = office.store.commands.open_reports()
    assert waiting.note is not None
    assert "4000000000" in waiting.note
    assert list(office.administration.every.bills(serial)) == []


def test_the_sync_after_a_registration_counts_from_the_servers_moment(
    new_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """That of the signed receipt: when the server knew this client."""
    office = new_office
    decode = codec.decode

    def earlier(*args: Any) -> Any:
        answer = decode(*args)
        return replace(answer, issued_at=answer.issued_at - 3 * HOUR)

    monkeypatch.setattr(codec, "decode", earlier)
    office.discover()
    office.agent.register(office.serials)
    assert office.store.settings.registered_at == office.now - 3 * HOUR
