"""Sabotage: each one switches off one safety mechanism, to prove that the swarm would notice.

A mechanism that can be switched off without anybody noticing protects nothing,
and an invariant that no sabotage breaks may be one that cannot fail: each is
what some sabotage is noticed by. A sabotage replaces functions or methods of the
product while its block runs, and puts them back.
"""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from esolutions_scenarios.swarm.sabotage import as_it_is, client, losses, nothing, printers, server

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["SABOTAGES", "Sabotage", "SabotageError", "sabotage"]

_CLIENT = "esolutions_client"
_SERVER = "esolutions_server"
_PRINTERS = "esolutions_simulators"


@dataclass(frozen=True, slots=True)
class Sabotage:
    """What is switched off, in words; the invariant that notices; each place of it with what stands there instead."""

    switched_off: str
    invariant: str
    places: tuple[tuple[str, Any], ...]


SABOTAGES: dict[str, Sabotage] = {
    "activation-repeated": Sabotage(
        "the server forgets that a device was turned on",
        "activation_happens_once",
        (("esolutions_server.service.exchanges.submissions.take_statuses", server.lose_statuses),),
    ),
    "answer-not-verified": Sabotage(
        "the client does not verify the signature of answers",
        "only_the_server_is_believed",
        (("esolutions_client.wire.codec.verify", client.accept_signature),),
    ),
    "answers-not-final": Sabotage(
        "neither side knows that a request was answered",
        "no_request_is_answered_twice",
        (
            ("esolutions_client.store.commands.Commands.set_state", nothing),
            ("esolutions_server.service.exchanges.submissions._find", server.find_it_open),
            ("esolutions_server.store.commands.add_bills", server.overwrite_bills),
        ),
    ),
    "charset-ignored": Sabotage(
        "the client does not look which character set a printer declares",
        "every_billed_value_was_shown",
        (("esolutions_client.snmp.rows.tables.localization.codec_of", nothing),),
    ),
    "binding-not-verified": Sabotage(
        "the server does not verify that a nonce binds its body",
        "strangers_change_nothing",
        (("esolutions_server.service.exchanges.proxy_service.binds_body", server.always_true),),
    ),
    "clock-changes-unnoticed": Sabotage(
        "the client does not notice that its clock was set",
        "every_billed_value_was_shown",
        (("esolutions_client.service.clock_trust.ClockTrust.is_set_as", client.never_set),),
    ),
    "decode-unguarded": Sabotage(
        "the client lets damaged rows of its store complain as they like",
        "nothing_escapes",
        (("esolutions_client.store.connection.Decoding.__exit__", client.believe_rows),),
    ),
    "digest-not-verified": Sabotage(
        "the server does not verify the password digest",
        "strangers_change_nothing",
        (("esolutions_server.service.exchanges.proxy_service.check_proof", server.signature_only),),
    ),
    "disable-asked-once": Sabotage(
        "the client asks whether communication is on when a round begins, and not again",
        "nothing_is_sent_while_off",
        (("esolutions_client.store.switch.Switch.may_send", client.always_on),),
    ),
    "disable-ignored": Sabotage(
        "the client ignores that communication is off",
        "nothing_is_sent_while_off",
        (("esolutions_client.store.switch.Switch.is_on", client.ALWAYS_ENABLED),),
    ),
    "freshness-off": Sabotage(
        "the server takes messages of any age",
        "strangers_change_nothing",
        (("esolutions_server.service.exchanges.proxy_service.check_freshness", nothing),),
    ),
    "garbage-escapes": Sabotage(
        "the client lets its parser complain of answers as it likes",
        "nothing_escapes",
        (("esolutions_client.wire.codec._parse", client.parse_anything),),
    ),
    "identity-not-checked": Sabotage(
        "a printer at its own address proves its serial number and nothing else",
        "every_billed_value_was_shown",
        (
            ("esolutions_client.service.printers.relocation.is_still_there", client.same_machine),
            ("esolutions_client.service.printers.polling.is_still_there", client.same_machine),
        ),
    ),
    "listens": Sabotage(
        "the client opens a port",
        "the_client_never_listens",
        (("esolutions_client.service.agent.MeterAgent.run_due", client.listen),),
    ),
    "missing-meter-accepted": Sabotage(
        "the server takes a reading that lacks a meter it ordered",
        "every_ordered_meter_is_answered",
        (
            ("esolutions_server.service.exchanges.submissions.check_ordered", nothing),
            ("esolutions_client.service.exchanges.billing.ordered_meters", client.leave_out_unread),
        ),
    ),
    "monotonic-guard-off": Sabotage(
        "neither side notices that counters fell",
        "meters_never_fall_silently",
        (
            ("esolutions_client.service.printers.reading_recorder.movement", client.always_forward),
            ("esolutions_client.service.exchanges.billing.outside_bounds", client.never_doubtful),
            ("esolutions_server.service.billing._verdict", server.always_credible),
        ),
    ),
    "month-end-rule-off": Sabotage(
        "months have at most 28 days",
        "every_period_ends_right",
        (("esolutions_server.domain.billing_cycle.monthrange", server.clip_to_28_days),),
    ),
    "moves-on-serial-alone": Sabotage(
        "a serial number suffices to follow a printer",
        "every_billed_value_was_shown",
        (("esolutions_client.service.printers.relocation.is_same_machine", client.same_machine),),
    ),
    "no-idempotency": Sabotage(
        "a message id is not recognised",
        "no_message_counts_twice",
        (
            ("esolutions_server.store.exchanges.first_response", server.no_first_answer),
            ("esolutions_server.store.exchanges.keep_response", nothing),
        ),
    ),
    "null-ends-column": Sabotage(
        "a NULL ends the column it stands in",
        "no_meter_is_left_out",
        (("esolutions_client.snmp.queries._rows_below", client.end_at_null),),
    ),
    "odd-value-silences": Sabotage(
        "one value that is encoded wrongly makes the whole printer silent",
        "every_device_is_active",
        (("esolutions_client.snmp.codec.messages.read_value", client.refuse_odd_values),),
    ),
    "offered-under-new-ids": Sabotage(
        "what is offered to a restored server has new message ids",
        "no_message_counts_twice",
        (("esolutions_client.store.outbox.Outbox.offer", losses.offer_under_new_id),),
    ),
    "offered-without-periods": Sabotage(
        "a restored server is not told what the readings it is offered were for",
        "every_period_is_billed_as_acknowledged",
        (("esolutions_client.service.exchanges.offering.Offers._as_it_was_billed", losses.without_periods),),
    ),
    "opened-anew": Sabotage(
        "a lost server gets new opening readings, not those that were acknowledged last",
        "what_is_acknowledged_is_there",
        (("esolutions_client.service.exchanges.reregistration.Reregistration._acknowledged", nothing),),
    ),
    "outbox-not-durable": Sabotage(
        "waiting messages do not survive a restart",
        "every_request_is_answered",
        (("esolutions_client.service.identity.Identity.begin_instance", client.forget_outbox),),
    ),
    "placeholder-serial-taken": Sabotage(
        "a mask is taken for a serial number",
        "every_number_is_on_a_label",
        (("esolutions_client.snmp.rows.tables.printers.serial_number", client.any_text),),
    ),
    "poll-interval-dropped": Sabotage(
        "the client does not listen how often the server wants readings",
        "polls_keep_the_interval",
        (("esolutions_client.service.exchanges.syncing.keep_poll_interval", client.forget_interval),),
    ),
    "printers-mixed": Sabotage(
        "printers behind one agent are not told apart",
        "every_billed_value_was_shown",
        (("esolutions_client.snmp.rows.tables.printers.PrinterRows.owns", client.mix_printers),),
    ),
    "privacy-filter-off": Sabotage(
        "supplies are sent with the printer's address",
        "only_allowed_data_is_sent",
        (("esolutions_client.service.exchanges.billing.supplies_of", client.name_supplies_by_host),),
    ),
    "readings-thinned": Sabotage(
        "the client keeps its newest readings only",
        "no_reading_is_lost",
        (("esolutions_client.store.readings.Readings.add", client.thin_out),),
    ),
    "receipt-before-commit": Sabotage(
        "the server answers before it has committed",
        "what_is_acknowledged_is_there",
        (("esolutions_server.service.exchanges.proxy_service.ProxyService._conduct", server.answer_before_commit),),
    ),
    "reasons-left-out": Sabotage(
        "the journal does not say why something was not accepted",
        "every_refusal_has_a_reason",
        (("esolutions_server.service.exchanges.proxy_service._not_accepted", server.without_reasons),),
    ),
    "refusal-not-told": Sabotage(
        "the client does not tell the server that a printer is gone",
        "gone_printers_are_not_asked",
        (("esolutions_client.service.exchanges.billing.absent_state", nothing),),
    ),
    "octets-change-sides": Sabotage(
        "the server takes a moment with white space around it, and lets other nonces of a proxy go unbound",
        "strangers_change_nothing",
        (
            ("esolutions_server.soap.security._created_text", server.any_created_text),
            ("esolutions_server.service.exchanges.proxy_service.binds_body", server.binds_or_is_another),
        ),
    ),
    "replay-check-off": Sabotage(
        "a nonce may be used twice",
        "strangers_change_nothing",
        (("esolutions_server.store.exchanges.keep_nonce", server.always_true),),
    ),
    "restore-unnoticed": Sabotage(
        "the client does not listen when a restored server says what it has forgotten",
        "every_period_is_billed_as_acknowledged",
        (("esolutions_client.service.exchanges.offering.Offers.take_up", nothing),),
    ),
    "retry-drops": Sabotage(
        "a message that failed once is given up",
        "every_request_is_answered",
        (("esolutions_client.service.exchanges.delivery.Delivery._record_failure", client.drop_on_failure),),
    ),
    "search-overwrites": Sabotage(
        "a search moves a printer to wherever its serial number is shown last",
        "every_billed_value_was_shown",
        (("esolutions_client.service.printers.relocation.Relocation.settle", client.move_to_the_last),),
    ),
    "secret-follows-fault": Sabotage(
        "the client registers again by itself where it is said that nobody knows it",
        "the_secret_is_not_fetched",
        (("esolutions_client.service.exchanges.delivery.Delivery._record_failure", losses.register_at_a_fault),),
    ),
    "sent-before-commit": Sabotage(
        "the client archives a message when its answer is here",
        "what_is_sent_was_committed",
        (("esolutions_client.service.exchanges.delivery.Delivery._exchange", client.send_first),),
    ),
    "room-not-checked": Sabotage(
        "the client reads printers while its disk is full",
        "no_printer_is_asked_in_vain",
        (("esolutions_client.store.store.Store.require_room", nothing),),
    ),
    "serial-not-checked": Sabotage(
        "whoever answers at the address is read",
        "every_billed_value_was_shown",
        (("esolutions_client.snmp.rows.layout.Layout.poll", client.poll_whoever_answers),),
    ),
    "signature-not-verified": Sabotage(
        "the server bills unsigned or altered readings, and no nonce has to bind them",
        "every_billed_value_was_shown",
        (
            ("esolutions_server.service.exchanges.proxy_service.check_proof", server.digest_only),
            ("esolutions_server.soap.security.read_signature", server.body_unchecked),
            ("esolutions_server.service.exchanges.proxy_service.binds_body", server.always_true),
        ),
    ),
    "silent-at-once": Sabotage(
        "the client calls a printer silent that did not answer just now",
        "silent_is_said_of_the_silent",
        (
            (
                "esolutions_client.service.printers.reading_recorder.ReadingRecorder._call_silent",
                client.call_silent_at_once,
            ),
        ),
    ),
    "silence-is-final": Sabotage(
        "a printer that was silent once is not asked again",
        "every_device_is_active",
        (("esolutions_client.service.printers.polling.Polling._steady_round", client.leave_silent_ones),),
    ),
    "size-accounting-off": Sabotage(
        "the client puts something unused into its messages",
        "every_byte_is_accounted_for",
        (("esolutions_client.wire.codec.security_header", client.padded_header),),
    ),
    "spellings-differ": Sabotage(
        "the server compares serial numbers and GUIDs letter by letter",
        "one_number_is_one_device",
        (
            ("esolutions_server.service.exchanges.registration.canonical_serial", as_it_is),
            ("esolutions_server.soap.security.canonical_guid", as_it_is),
        ),
    ),
    "stale-reading-accepted": Sabotage(
        "a reading from before the request answers it",
        "no_stale_reading_is_billed",
        (
            ("esolutions_client.service.exchanges.billing._is_young_enough", client.always_young),
            ("esolutions_server.service.exchanges.submissions._is_timely", server.always_timely),
        ),
    ),
    "typed-letter-by-letter": Sabotage(
        "the client knows a printer by the very letters of its number",
        "every_device_is_active",
        (("esolutions_client.store.devices.canonical_serial", as_it_is),),
    ),
    "transactions-not-compared": Sabotage(
        "the client gives all its billing transactions one id, and the server does not compare what they say",
        "no_message_counts_twice",
        (
            ("esolutions_server.service.exchanges.transactions.check_content", nothing),
            ("esolutions_client.service.exchanges.billing.BillingTransaction", client.same_transaction),
        ),
    ),
    "unordered-meters-billed": Sabotage(
        "the server bills a meter that nobody ordered",
        "every_ordered_meter_is_answered",
        (
            ("esolutions_server.service.exchanges.submissions.check_ordered", nothing),
            ("esolutions_client.service.exchanges.billing.ordered_meters", client.send_one_more),
        ),
    ),
    "unreadable-meter-left-out": Sabotage(
        "the client leaves a meter out that it cannot read",
        "answers_are_what_was_ordered",
        (("esolutions_client.service.exchanges.billing.ordered_meters", client.leave_out_unread),),
    ),
    "sheets-as-drawn": Sabotage(
        "simulated printers take any number of sheets for what they print",
        "printers_are_possible",
        (("esolutions_simulators.usage._sheets_for", printers.as_many_sheets_as_drawn),),
    ),
    "waste-is-toner": Sabotage(
        "simulated printers announce everything that runs low as toner",
        "printers_are_possible",
        (("esolutions_simulators.rows.value.warnings_of", printers.warn_of_toner),),
    ),
    "wishes-forgotten": Sabotage(
        "the client looks for no wish of a command",
        "every_wish_is_answered",
        (("esolutions_client.store.wishes.Wishes.newest_open", client.see_no_wish),),
    ),
}


class SabotageError(ValueError):
    """There is no such sabotage."""


@contextmanager
def sabotage(name: str) -> Iterator[None]:
    """Switch one mechanism off until the block ends.

    Raises:
        SabotageError: there is none of that name; the text lists those that are.
    """
    if name not in SABOTAGES:
        raise SabotageError(f"there is no sabotage {name!r}; there are: {', '.join(sorted(SABOTAGES))}")
    with ExitStack() as stack:
        for place, instead in SABOTAGES[name].places:
            stack.enter_context(patch(place, instead))
        yield
