"""Show who this client is, what it did last, what it does next, and what waits for a person.

It only looks: nothing is asked, sent or changed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from esolutions_client.cli.asking import RUN, who_works
from esolutions_client.cli.console.output import print_json, say, timestamp
from esolutions_client.service.clock_trust import ClockTrust
from esolutions_client.service.due_times import DueTimes
from esolutions_client.service.exchanges.billing.submission import dated_ahead
from esolutions_client.service.exchanges.reasons import UNKNOWN, why_held, why_open
from esolutions_client.service.policy_in_force import schedule_in_force
from esolutions_client.wire.http.masking import masked

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_client.cli.session import Session

__all__ = ["status"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]


def status(context: typer.Context, *, json: _Json = False) -> None:
    """Show who this client is, what it did last and what it does next."""
    session: Session = context.obj
    document = _document(session)
    if json:
        print_json(document)
        return
    for name, value in document.items():
        listed = value if isinstance(value, list) else []
        say(f"{name.replace('_', ' '):18} {_words(name, value, session.now())}".rstrip())
        for item in listed:
            say(f"  {_line(item)}")
    if session.identity.unknown_since is not None:
        say(UNKNOWN)


def _document(session: Session) -> dict[str, Any]:
    store, settings = session.store, session.store.settings
    states: dict[str, int] = {}
    for device in store.devices.all():
        states[device.shown_state] = states.get(device.shown_state, 0) + 1
    url = session.way.server_url
    return {
        "proxy_id": session.identity.proxy_id,
        "communication": "on" if session.identity.is_enabled else "off",
        "registered": session.identity.is_registered,
        "server_url": masked(url) if url else None,
        "at_work": session.store.is_in_use() and who_works(session).get("command") == RUN,
        "devices": states,
        **_schedule(session),
        "last_result": settings.last_result,
        "unknown_since": timestamp(session.identity.unknown_since),
        "failures": settings.failures,
        "back_off": _back_off(session),
        "clock": _clock(session),
        "waiting_messages": store.outbox.waiting(),
        "held": _held(session),
        "open_requests": _open_requests(session),
        "not_accepted": [
            {"serial_number": serial, "period_end": timestamp(period_end), "outcome": outcome, "reason": reason}
            for serial, period_end, outcome, reason in store.commands.not_accepted()
        ],
        "wishes": [
            {"kind": wish.kind, "asked_at": timestamp(wish.asked_at), "state": wish.state}
            for wish in store.wishes.open()
        ],
    }


def _schedule(session: Session) -> dict[str, Any]:
    """Return the last poll and sync, and the next ones as they will be: never earlier than now."""
    settings, now = session.store.settings, session.now()
    due_times = DueTimes(session.store, session.schedule, session.now)
    is_on = session.identity.is_enabled
    polls = is_on and bool(session.store.devices.polled_serials())
    sync_at = due_times.sync_at() if is_on else None
    contact_at, _ = due_times.contact_at() if is_on else (None, False)
    return {
        "poll_minutes": round(schedule_in_force(session.schedule, settings).poll_interval.total_seconds() / 60),
        "last_poll_at": timestamp(settings.last_poll_at),
        "next_poll_at": timestamp(max(due_times.poll_at(), now)) if polls else None,
        "last_sync_at": timestamp(settings.last_sync_at),
        "next_sync_at": timestamp(max(sync_at, now)) if sync_at else None,
        "next_contact_at": timestamp(max(contact_at, now)) if contact_at else None,
    }


def _back_off(session: Session) -> dict[str, Any] | None:
    """Return since when the server was not reached, and until when it is left alone."""
    retry_at = DueTimes(session.store, session.schedule, session.now).retry_at()
    if retry_at is None:
        return None
    settings = session.store.settings
    return {
        "unknown_since": timestamp(session.identity.unknown_since),
        "failures": settings.failures,
        "since": timestamp(settings.first_failure_at),
        "until": timestamp(max(retry_at, session.now())),
    }


def _clock(session: Session) -> str:
    clock = ClockTrust(session.store.settings, now=session.now, monotonic=session.monotonic)
    if clock.is_refused:
        return clock.complaint
    if not clock.is_confirmed:
        return "not compared with the server's yet"
    ahead = session.store.settings.clock_ahead_seconds
    by = f": {abs(ahead)} s {'ahead' if ahead > 0 else 'behind'}" if ahead else ""
    return f"agrees with the server's{by}"


def _held(session: Session) -> list[dict[str, Any]]:
    return [
        {"serial_number": device.serial_number, "since": timestamp(device.held_since), "reason": why_held(device)}
        for device in session.store.devices.all()
        if device.held_since is not None
    ]


def _open_requests(session: Session) -> list[dict[str, Any]]:
    clock = ClockTrust(session.store.settings, now=session.now, monotonic=session.monotonic)
    return [
        {
            "serial_number": command.serial_number,
            "frequency": command.frequency,
            "period_start": timestamp(command.period_start),
            "period_end": timestamp(command.period_end),
            "asked_at": timestamp(command.issued_at),
            "asked_times": command.repeat + 1,
            "answer_by": timestamp(command.answer_by),
            "overdue": command.answer_by < session.now(),
            "future_dates": {
                name: timestamp(date) for name, date in dated_ahead(command.read_dates, session.now()).items()
            },
            "note": command.note,
            "why": why_open(command, session.store.devices.get(command.serial_number), clock),
        }
        for command in session.store.commands.open_reports()
    ]


def _words(name: str, value: Any, now: datetime) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if name.startswith("next_") and value == timestamp(now):
        return "due now"
    if name == "back_off" and value:
        times = "once" if value["failures"] == 1 else f"{value['failures']} times"
        return f"not reached {times} since {value['since']}; the next attempt is at {value['until']}"
    if isinstance(value, dict):
        return ", ".join(f"{count} {state}" for state, count in value.items()) or "none"
    if isinstance(value, list):
        return str(len(value))
    return "-" if value is None else str(value)


def _line(item: dict[str, Any]) -> str:
    """Return an item of a list in a line: what it is, then what is to be said of it."""
    if "outcome" in item:
        return f"{item['serial_number']}: the period to {item['period_end']}: {item['outcome']}: {item['reason']}"
    if "state" in item:
        return f"{item['kind']}: asked for at {item['asked_at']}, {item['state']}"
    if "period_end" in item:
        return _request(item)
    return f"{item['serial_number']}: since {item['since']}: {item['reason']}"


def _request(item: dict[str, Any]) -> str:
    """Return a request in a line: for which period, how often it was asked, due by when, and why it waits."""
    period = f"the period to {item['period_end']}"
    if item["period_start"] is not None:
        period = f"the {item['frequency']} period {item['period_start']} to {item['period_end']}"
    times = "once" if item["asked_times"] == 1 else f"{item['asked_times']} times"
    asked = "" if item["asked_at"] is None else f", asked for {times} since {item['asked_at']}"
    due = f"overdue since {item['answer_by']}" if item["overdue"] else f"to be answered by {item['answer_by']}"
    dates = "".join(
        f"; the server says that it has read {name} at {date}, in the future: not obeyed"
        for name, date in item["future_dates"].items()
    )
    return f"{item['serial_number']}: {period}{asked}, {due}: {item['why']}{dates}"
