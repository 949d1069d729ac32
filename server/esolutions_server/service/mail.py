"""Write the mails the server sends. They are kept in the store, not delivered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from esolutions_server.domain.billing.commands import ServiceState
from esolutions_server.domain.mail import TEXTS, MailKind
from esolutions_server.store.repositories import accounts

if TYPE_CHECKING:
    from esolutions_server.service.unit_of_work import UnitOfWork
    from esolutions_server.store.repositories.records import CommandRecord

__all__ = [
    "enrolment_cancelled",
    "enrolment_declined",
    "left_service",
    "reading_held",
    "readings_overdue",
    "reassigned",
]

# What a client says of a device that it does not read.
_LEFT = {
    ServiceState.REPLACED: MailKind.DEVICE_REPLACED,
    ServiceState.RETIRED: MailKind.DEVICE_RETIRED,
    ServiceState.UNKNOWN: MailKind.DEVICE_UNKNOWN,
}


def readings_overdue(work: UnitOfWork, command: CommandRecord) -> None:
    """Tell the key user that meter reads did not come when expected (FAQ)."""
    times = {"period_end": command.period_end, "answer_by": command.answer_by}
    _to_key_user(work, MailKind.READINGS_OVERDUE, command.serial, **times)


def reading_held(work: UnitOfWork, serial: str, reason: str, command_id: str) -> None:
    """Tell the key user that a reading is not billed before a person has looked at it, and why."""
    _to_key_user(work, MailKind.READING_HELD, serial, reason=reason, command_id=command_id)


def left_service(work: UnitOfWork, serial: str, state: ServiceState) -> None:
    """Tell the key user, once, that the client reads a device no more, and what to do about it."""
    _to_key_user(work, _LEFT[state], serial)


def enrolment_declined(work: UnitOfWork, serial: str) -> None:
    """Tell the key user that a client refused to turn a device on."""
    _to_key_user(work, MailKind.ENROLMENT_DECLINED, serial)


def enrolment_cancelled(work: UnitOfWork, serial: str) -> None:
    """Tell the key user that a device reports no longer."""
    _to_key_user(work, MailKind.ENROLMENT_CANCELLED, serial)


def reassigned(work: UnitOfWork, serial: str, previous: str, person: str) -> None:
    """Tell the person who reported a device's meters before that another person does now (FAQ)."""
    _write(work, previous, MailKind.REASSIGNED, serial=serial, person=person)


def _to_key_user(work: UnitOfWork, kind: MailKind, serial: str, **values: Any) -> None:
    key_user = accounts.key_user_of(work.connection, serial)
    if key_user is not None:
        _write(work, key_user, kind, serial=serial, **values)


def _write(work: UnitOfWork, recipient: str, kind: MailKind, **values: Any) -> None:
    subject, body = TEXTS[kind]
    accounts.write_mail(work.connection, work.now, recipient, subject.format(**values), body.format(**values))
