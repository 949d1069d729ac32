"""Write the mails the server sends. They are kept in the store; delivering them is somebody else's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.store import accounts

if TYPE_CHECKING:
    from esolutions_server.service.context import Work
    from esolutions_server.store.records import CommandRecord

__all__ = ["enrolment_cancelled", "enrolment_declined", "reading_held", "readings_overdue", "reassigned"]


def readings_overdue(work: Work, command: CommandRecord) -> None:
    """Tell the key user that meter reads did not come when expected (FAQ)."""
    _to_key_user(
        work,
        command.serial,
        f"No meter reads from {command.serial}",
        f"The meter reads of {command.serial} for the period that ended {command.period_end:%Y-%m-%d} were expected by "
        f"{command.answer_by:%Y-%m-%d %H:%M} UTC and have not arrived. Is the PC with the client switched on, and the "
        "device? The reads will be taken as soon as both are.",
    )


def reading_held(work: Work, serial: str) -> None:
    """Tell the key user that a reading is not billed before somebody has looked at it."""
    _to_key_user(
        work,
        serial,
        f"A meter read of {serial} is held",
        f"The meters of {serial} do not follow from the reads before. Nothing is billed until it has been looked into.",
    )


def enrolment_declined(work: Work, serial: str) -> None:
    """Tell the key user that a client refused to turn a device on."""
    _to_key_user(work, serial, f"{serial} was not turned on", f"The client declined to report the meters of {serial}.")


def enrolment_cancelled(work: Work, serial: str) -> None:
    """Tell the key user that a device reports no longer."""
    _to_key_user(work, serial, f"{serial} is not enrolled any more", f"The enrolment of {serial} was cancelled.")


def reassigned(work: Work, serial: str, previous: str, person: str) -> None:
    """Tell the person who reported a device's meters before that somebody else does now (FAQ)."""
    accounts.write_mail(
        work.connection,
        work.now,
        previous,
        f"{serial} is now assigned to {person}",
        f"{person} reports the meters of {serial} from now on and intends to sign it up for automatic meter reads.",
    )


def _to_key_user(work: Work, serial: str, subject: str, body: str) -> None:
    key_user = accounts.key_user_of(work.connection, serial)
    if key_user is not None:
        accounts.write_mail(work.connection, work.now, key_user, subject, body)
