"""Write the mails the server sends. They are kept in the store; delivering them is somebody else's work."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_server.store import accounts

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.records import CommandRecord

__all__ = [
    "enrolment_cancelled",
    "enrolment_declined",
    "left_service",
    "reading_held",
    "readings_overdue",
    "reassigned",
]


def readings_overdue(work: UnitOfWork, command: CommandRecord) -> None:
    """Tell the key user that meter reads did not come when expected (FAQ)."""
    _to_key_user(
        work,
        command.serial,
        f"No meter reads from {command.serial}",
        f"The meter reads of {command.serial} for the period that ended {command.period_end:%Y-%m-%d} were expected by "
        f"{command.answer_by:%Y-%m-%d %H:%M} UTC and have not arrived. Is the PC with the client switched on, and the "
        "device? The reads will be taken as soon as both are.",
    )


def reading_held(work: UnitOfWork, serial: str, reason: str, command_id: str) -> None:
    """Tell the key user that a reading is not billed before somebody has looked at it, and why."""
    _to_key_user(
        work,
        serial,
        f"A meter read of {serial} is held",
        f"The meters of {serial} cannot be billed as they are: {reason}. Nothing is billed until it has been looked "
        f"into and the read was accepted or rejected (request {command_id}).",
    )


def left_service(work: UnitOfWork, serial: str, state: str) -> None:
    """Tell the key user, once, that the client reads a device no more, and what to do about it."""
    subject, body = _LEFT[state]
    _to_key_user(work, serial, f"{serial} {subject}", body.format(serial=serial))


def enrolment_declined(work: UnitOfWork, serial: str) -> None:
    """Tell the key user that a client refused to turn a device on."""
    _to_key_user(work, serial, f"{serial} was not turned on", f"The client declined to report the meters of {serial}.")


def enrolment_cancelled(work: UnitOfWork, serial: str) -> None:
    """Tell the key user that a device reports no longer."""
    _to_key_user(work, serial, f"{serial} is not enrolled any more", f"The enrolment of {serial} was cancelled.")


def reassigned(work: UnitOfWork, serial: str, previous: str, person: str) -> None:
    """Tell the person who reported a device's meters before that somebody else does now (FAQ)."""
    accounts.write_mail(
        work.connection,
        work.now,
        previous,
        f"{serial} is now assigned to {person}",
        f"{person} reports the meters of {serial} from now on and intends to sign it up for automatic meter reads.",
    )


# What a client says of a device that it does not read: the subject, what it means, and what to do.
_LEFT = {
    "Replaced": (
        "was replaced",
        (
            "The client reads another device in its place, and {serial} is not asked for its meters any more. If the "
            "new device is not signed up yet, sign it up. If nothing was replaced, register {serial} again."
        ),
    ),
    "Retired": (
        "was retired",
        (
            "Somebody at the PC with the client took {serial} out of service, and it is not asked for its meters any "
            "more. If that was a mistake, register it again."
        ),
    ),
    "Unknown": (
        "is not read any more",
        (
            "The client does not know {serial} as one of its devices, so its enrolment has ended. Register it at the "
            "PC with the client, and sign it up again."
        ),
    ),
}


def _to_key_user(work: UnitOfWork, serial: str, subject: str, body: str) -> None:
    key_user = accounts.key_user_of(work.connection, serial)
    if key_user is not None:
        accounts.write_mail(work.connection, work.now, key_user, subject, body)
