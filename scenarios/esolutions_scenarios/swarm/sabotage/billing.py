"""Sabotages of billing, on both sides of the wire.

Each function has the shape of the one it replaces, and leaves out what the mechanism is for.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import replace
from typing import Any

from sqlalchemy import insert

from esolutions_client.service.exchanges.billing import billing as client_billing
from esolutions_client.service.exchanges.billing.submission import ordered_meters
from esolutions_client.service.printers import reading_recorder
from esolutions_client.store.commands import Commands
from esolutions_client.wire.messages import BillingTransaction
from esolutions_scenarios.swarm.sabotage.mechanism import Place, Sabotage, nothing
from esolutions_server.domain.billing import billing_cycle
from esolutions_server.domain.billing.commands import Outcome
from esolutions_server.domain.billing.plausibility import Plausibility
from esolutions_server.service.billing import bills as server_billing
from esolutions_server.service.exchanges import proxy_service
from esolutions_server.service.exchanges.commands import submissions, transactions
from esolutions_server.service.messages import DeviceOutcome
from esolutions_server.store.repositories import commands
from esolutions_server.store.schema import bills

__all__ = ["SABOTAGES"]

_find = submissions._find  # noqa: SLF001 - the sabotage stands around it


def lose_statuses(_work: Any, _proxy: Any, request: Any) -> tuple[DeviceOutcome, ...]:
    """Acknowledge statuses without taking note of them, so that devices are told to turn on again and again."""
    return tuple(DeviceOutcome(status.serial, Outcome.ACCEPTED) for status in request.devices)


def find_it_open(*args: Any, **kwargs: Any) -> Any:
    """Take every command for one that was not answered yet."""
    device, command = _find(*args, **kwargs)
    return device, command._replace(state="open")


def overwrite_bills(connection: Any, rows: Any) -> None:
    """Keep bills in the place of those there were."""
    connection.execute(insert(bills).prefix_with("OR REPLACE"), rows)


def leave_out_unread(command: Any, reading: Any) -> Any:
    """Answer a request by those of its meters that can be read."""
    return tuple(meter for meter in ordered_meters(command, reading) if meter.value is not None)


def always_forward(*_args: Any, **_kwargs: Any) -> str:
    """See no counter fall."""
    return "forward"


def never_doubtful(*_args: Any, **_kwargs: Any) -> None:
    """Find every value credible."""


def always_credible(*_args: Any, **_kwargs: Any) -> Plausibility:
    """Bill every value."""
    return Plausibility(impressions=0)


def clip_to_28_days(year: int, month: int) -> tuple[int, int]:
    """Take every month for one of at most 28 days."""
    first, days = monthrange(year, month)
    return first, min(days, 28)


def without_reasons(*_args: Any) -> tuple[str, ...]:
    """Say nothing of what was not accepted."""
    return ()


def always_young(*_args: Any, **_kwargs: Any) -> bool:
    """Take any reading for young enough."""
    return True


def always_timely(*_args: Any, **_kwargs: Any) -> bool:
    """Take any reading for timely."""
    return True


def same_transaction(_transaction_id: str, devices: Any) -> BillingTransaction:
    """Give every transaction the same id."""
    return BillingTransaction("00000000-0000-4000-8000-000000000000", devices)


def send_one_more(command: Any, reading: Any) -> Any:
    """Answer a request by the meters it ordered, and by one that was not ordered."""
    meters = ordered_meters(command, reading)
    return (*meters, replace(meters[0], name=f"Foo {len(meters)}"))


SABOTAGES: dict[str, Sabotage] = {
    "activation-repeated": Sabotage(
        "the server forgets that a device was turned on",
        "activation_happens_once",
        (Place(submissions, "take_statuses", lose_statuses),),
    ),
    "answers-not-final": Sabotage(
        "neither side knows that a request was answered",
        "no_request_is_answered_twice",
        (
            Place(Commands, "set_state", nothing),
            Place(submissions, "_find", find_it_open),
            Place(commands, "add_bills", overwrite_bills),
        ),
    ),
    "missing-meter-accepted": Sabotage(
        "the server takes a reading that lacks a meter it ordered",
        "every_ordered_meter_is_answered",
        (
            Place(submissions, "check_ordered", nothing),
            Place(client_billing, "ordered_meters", leave_out_unread),
        ),
    ),
    "monotonic-guard-off": Sabotage(
        "neither side notices that counters fell",
        "meters_never_fall_silently",
        (
            Place(reading_recorder, "movement", always_forward),
            Place(client_billing, "outside_bounds", never_doubtful),
            Place(server_billing, "_verdict", always_credible),
        ),
    ),
    "month-end-rule-off": Sabotage(
        "months have at most 28 days",
        "every_period_ends_right",
        (Place(billing_cycle, "monthrange", clip_to_28_days),),
    ),
    "reasons-left-out": Sabotage(
        "the journal does not say why something was not accepted",
        "every_refusal_has_a_reason",
        (Place(proxy_service, "_not_accepted", without_reasons),),
    ),
    "refusal-not-told": Sabotage(
        "the client does not tell the server that a printer is gone",
        "gone_printers_are_not_asked",
        (Place(client_billing, "absent_state", nothing),),
    ),
    "stale-reading-accepted": Sabotage(
        "a reading from before the request answers it",
        "no_stale_reading_is_billed",
        (
            Place(client_billing, "_is_young_enough", always_young),
            Place(submissions, "_is_timely", always_timely),
        ),
    ),
    "transactions-not-compared": Sabotage(
        "the client gives all its billing transactions one id, and the server does not compare what they say",
        "no_message_counts_twice",
        (
            Place(transactions, "check_content", nothing),
            Place(client_billing, "BillingTransaction", same_transaction),
        ),
    ),
    "unordered-meters-billed": Sabotage(
        "the server bills a meter that nobody ordered",
        "every_ordered_meter_is_answered",
        (
            Place(submissions, "check_ordered", nothing),
            Place(client_billing, "ordered_meters", send_one_more),
        ),
    ),
    "unreadable-meter-left-out": Sabotage(
        "the client leaves a meter out that it cannot read",
        "answers_are_what_was_ordered",
        (Place(client_billing, "ordered_meters", leave_out_unread),),
    ),
}
