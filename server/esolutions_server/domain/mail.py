"""What the server writes to people: the kinds of mail, and the words of each. Whom to write to is decided elsewhere."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["TEXTS", "MailKind", "MailText"]


class MailKind(StrEnum):
    """Why a mail is sent."""

    READINGS_OVERDUE = "readings overdue"
    READING_HELD = "reading held"
    ENROLMENT_DECLINED = "enrolment declined"
    ENROLMENT_CANCELLED = "enrolment cancelled"
    DEVICE_REPLACED = "device replaced"
    DEVICE_RETIRED = "device retired"
    DEVICE_UNKNOWN = "device unknown"
    REASSIGNED = "reassigned"


class MailText(NamedTuple):
    """The words of a mail, with places for the values that come with it."""

    subject: str
    body: str


TEXTS: Mapping[MailKind, MailText] = {
    MailKind.READINGS_OVERDUE: MailText(
        "No meter reads from {serial}",
        "The meter reads of {serial} for the period that ended {period_end:%Y-%m-%d} were expected by "
        "{answer_by:%Y-%m-%d %H:%M} UTC and have not arrived. Is the PC with the client switched on, and the "
        "device? The reads will be taken as soon as both are.",
    ),
    MailKind.READING_HELD: MailText(
        "A meter read of {serial} is held",
        "The meters of {serial} cannot be billed as they are: {reason}. Nothing is billed until it has been looked "
        "into and the read was accepted or rejected (request {command_id}).",
    ),
    MailKind.ENROLMENT_DECLINED: MailText(
        "{serial} was not turned on", "The client declined to report the meters of {serial}."
    ),
    MailKind.ENROLMENT_CANCELLED: MailText(
        "{serial} is not enrolled any more", "The enrolment of {serial} was cancelled."
    ),
    MailKind.DEVICE_REPLACED: MailText(
        "{serial} was replaced",
        "The client reads another device in its place, and {serial} is not asked for its meters any more. If the "
        "new device is not signed up yet, sign it up. If nothing was replaced, register {serial} again.",
    ),
    MailKind.DEVICE_RETIRED: MailText(
        "{serial} was retired",
        "Somebody at the PC with the client took {serial} out of service, and it is not asked for its meters any "
        "more. If that was a mistake, register it again.",
    ),
    MailKind.DEVICE_UNKNOWN: MailText(
        "{serial} is not read any more",
        "The client does not know {serial} as one of its devices, so its enrolment has ended. Register it at the "
        "PC with the client, and sign it up again.",
    ),
    MailKind.REASSIGNED: MailText(
        "{serial} is now assigned to {person}",
        "{person} reports the meters of {serial} from now on and intends to sign it up for automatic meter reads.",
    ),
}
