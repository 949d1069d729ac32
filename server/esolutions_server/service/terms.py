"""Put the terms of a server into force, and tell the commands beside it.

When sign-up becomes automatic, or ceases to be, devices that wait have to be
looked at again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from esolutions_server.service import devices as lives
from esolutions_server.store import devices, settings

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from esolutions_server.domain.policy import SignUp
    from esolutions_server.service.context import Work

__all__ = ["Terms", "keep_clock", "put_into_force", "terms_of"]

DEFAULT_SIGN_UP = "required"


@dataclass(frozen=True, slots=True)
class Terms:
    """What commands have to know of the server whose database they open; `clock` is a virtual clock's file."""

    signup: SignUp
    clock: str | None


def terms_of(connection: Connection) -> Terms:
    """Return the terms of the server that used the database last."""
    signup = settings.value_of(connection, "signup") or DEFAULT_SIGN_UP
    return Terms(cast("SignUp", signup), settings.value_of(connection, "clock"))


def put_into_force(work: Work) -> None:
    """Make the policy's way of signing up the one of the database."""
    if terms_of(work.connection).signup == work.policy.signup:
        return
    settings.keep(work.connection, "signup", work.policy.signup)
    for device in devices.every(work.connection):
        lives.refresh(work, device.serial)


def keep_clock(connection: Connection, clock: str | None) -> None:
    """Tell the commands beside a server which virtual clock it goes by."""
    settings.keep(connection, "clock", clock)
