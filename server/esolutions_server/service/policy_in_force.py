"""Put the terms of a server into force, and tell the commands beside it.

When sign-up becomes automatic, or ceases to be, devices that wait have to be
looked at again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, cast

from esolutions_server.domain.policy import Policy
from esolutions_server.domain.policy_document import document_of, policy_of
from esolutions_server.domain.testbed_time import ClockState
from esolutions_server.service.devices import lifecycle
from esolutions_server.store.repositories import devices, settings
from esolutions_server.store.repositories.keyset import each_of

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection

    from esolutions_server.domain.policy import SignUp
    from esolutions_server.service.unit_of_work import UnitOfWork

__all__ = ["Terms", "keep_clock", "keep_testbed_time", "put_into_force", "terms_of"]

DEFAULT_SIGN_UP = "required"


@dataclass(frozen=True, slots=True)
class Terms:
    """What commands have to know of the server whose database they open: its policy, and what it takes for the time.

    `clock` is the file of a virtual clock, `testbed_time` how the clock of a testbed was set; None is the real time.
    """

    policy: Policy
    clock: str | None
    testbed_time: ClockState | None = None

    @property
    def signup(self) -> SignUp:
        """The way of signing up."""
        return self.policy.signup


def terms_of(connection: Connection) -> Terms:
    """Return the terms of the server that used the database last."""
    kept = settings.value_of(connection, "policy")
    if kept is None:
        # An older version kept the way of signing up alone.
        signup = settings.value_of(connection, "signup") or DEFAULT_SIGN_UP
        policy = Policy(signup=cast("SignUp", signup))
    else:
        policy = policy_of(json.loads(kept))
    time = settings.value_of(connection, "testbed_time")
    setting = None if time is None else ClockState.from_document(json.loads(time))
    return Terms(policy, settings.value_of(connection, "clock"), setting)


def put_into_force(work: UnitOfWork) -> None:
    """Make the policy the one of the database."""
    before = terms_of(work.connection).policy
    if before == work.policy:
        return
    settings.keep(work.connection, "policy", json.dumps(document_of(work.policy)))
    if before.signup == work.policy.signup:
        return
    for device in each_of(partial(devices.page, work.connection), lambda last: last.serial):
        lifecycle.change(work, device)


def keep_clock(connection: Connection, clock: str | None) -> None:
    """Tell the commands beside a server which virtual clock it goes by."""
    settings.keep(connection, "clock", clock)


def keep_testbed_time(connection: Connection, setting: ClockState) -> None:
    """Tell the commands beside a testbed, and the testbed when it starts again, how its clock is set."""
    document = None if setting.is_real else json.dumps(setting.to_document())
    settings.keep(connection, "testbed_time", document)
