"""What must hold in every life, by name: the promises that the swarm tries to break."""

from __future__ import annotations

__all__ = ["AFTER_EVERY_STEP", "AFTER_THE_CALM", "INVARIANTS"]

AFTER_EVERY_STEP: dict[str, str] = {
    "every_billed_value_was_shown": "every billed value was really shown by that printer's counter"
    " at the stated moment, and so was every opening value",
    "no_stale_reading_is_billed": "no bill rests on a reading from before it was asked for",
    "no_request_is_answered_twice": "a bill never changes",
    "what_is_acknowledged_is_there": "whatever the server acknowledged it holds, from that moment on",
    "no_reading_is_lost": "no reading that was committed disappears or changes",
    "what_is_sent_was_committed": "whatever leaves the machine was committed to its archive before, byte for byte",
    "only_allowed_data_is_sent": "no canary - host name, place, person, network or hardware address - is in any byte"
    " that leaves",
    "the_secret_is_not_fetched": "no message holds the secret but the first registration,"
    " and another where a person has said so",
    "nothing_is_sent_while_off": "after `disable` not one packet, to the server or to a printer",
    "no_printer_is_asked_in_vain": "while the disk is full no printer is asked: its reading could not be kept",
    "answers_are_what_was_ordered": "no answer is refused because it lacks a meter that was ordered, or has another",
    "the_client_never_listens": "no socket is bound",
    "every_byte_is_accounted_for": "every message has exactly the size that formula and fields call for",
    "only_the_server_is_believed": "no answer is taken that the server did not give",
    "strangers_change_nothing": "replays, forgeries and held-back messages get a fault and change nothing",
    "one_number_is_one_device": "no two devices and no two clients of the server have one number,"
    " however it is spelled",
    "nothing_escapes": "no exception leaves the product, and the server meets none that nobody foresaw",
}
AFTER_THE_CALM: dict[str, str] = {
    "every_period_is_billed_as_acknowledged": "what was acknowledged for a period is what it is billed with in the end,"
    " though the server was restored meanwhile",
    "every_number_is_on_a_label": "no printer is listed or registered under a serial number that is on no label",
    "no_meter_is_left_out": "every meter that a printer showed when it was registered is registered with it",
    "every_request_is_answered": "every open request to a printer that is there has its answer",
    "every_device_is_active": "every printer that is there is registered, and active at both ends",
    "every_period_ends_right": "every billing period ends where a calendar of our own says, and none is missing",
    "every_ordered_meter_is_answered": "a request that is closed has a row for each meter it ordered, with its value"
    " or without one, and for no other",
    "gone_printers_are_not_asked": "no request to a printer that was carried away is still open",
    "every_refusal_has_a_reason": "whatever was not accepted has its reason, in the receipt, in the journal and in the"
    " list of values",
    "every_wish_is_answered": "whatever a person asked of the client by a command has its outcome",
    "polls_keep_the_interval": "in the calm printers are polled at the interval that the server asked for last",
    "silent_is_said_of_the_silent": "a printer is called silent only when it has not answered for as long as the server"
    " says",
    "activation_happens_once": "a device's status is taken once",
    "no_message_counts_twice": "of all attempts to deliver a message the server acted on one",
    "meters_never_fall_silently": "no counter went backwards without a flag, a held device and a person",
    "printers_are_possible": "no simulated printer printed more than two sides on a sheet,"
    " or announced as low toner what is none",
}
INVARIANTS: dict[str, str] = AFTER_EVERY_STEP | AFTER_THE_CALM
