"""Who this installation is: its GUID, its secret, and its consent to talk."""

from __future__ import annotations

import base64
import uuid
from contextlib import suppress
from typing import TYPE_CHECKING

from esolutions_client.errors import StoreError, TurnedOffError, UsageError
from esolutions_client.service.switching import open_switch
from esolutions_client.wire.security import Credentials

if TYPE_CHECKING:
    from datetime import datetime
    from random import Random

    from esolutions_client.store.store import Store
    from esolutions_client.store.switch import Switch

__all__ = ["Identity", "new_guid"]

# RFC 2104: an HMAC key is best as long as the hash's block, 64 bytes.
_SECRET_BYTES = 64


def new_guid(rng: Random) -> str:
    """Return a random GUID (RFC 9562, version 4) in 36 characters."""
    return str(uuid.UUID(int=rng.getrandbits(128), version=4))


class Identity:
    """The installation's own facts, in its store; its consent is the switch beside it."""

    def __init__(self, store: Store, rng: Random, switch: Switch | None = None) -> None:
        self._settings = store.settings
        self._store = store
        self._rng = rng
        self.switch = switch or open_switch(store)

    @property
    def proxy_id(self) -> str:
        """This installation's GUID; it has one from the first time it is asked for."""
        found = self._settings.proxy_id
        if found is None:
            found = new_guid(self._rng)
            self._settings.proxy_id = found
        return found

    @property
    def is_registered(self) -> bool:
        """Whether the server has acknowledged this proxy."""
        return self._settings.registered_at is not None

    @property
    def unknown_since(self) -> datetime | None:
        """Since when the server answers that it does not know this client or its secret; None where it does."""
        return self._settings.unknown_since

    @property
    def is_enabled(self) -> bool:
        """Whether this client may send anything at all."""
        return self.switch.is_on

    @property
    def instance_id(self) -> str:
        """The GUID of this run of the client; two that alternate betray a copied installation."""
        return self._settings.instance_id or self.begin_instance()

    def begin_instance(self) -> str:
        """Begin a new run."""
        instance_id = new_guid(self._rng)
        self._settings.instance_id = instance_id
        return instance_id

    def credentials(self) -> Credentials:
        """Return the GUID and the secret.

        Raises:
            UsageError: nothing was registered yet.
        """
        secret = self._settings.secret
        if secret is None:
            raise UsageError("this client is not registered yet: run `esolutions-client register SERIAL` first")
        return Credentials(self.proxy_id, secret)

    def make_secret(self) -> str:
        """Make the secret, once, and return it."""
        secret = self._settings.secret
        if secret is None:
            secret = base64.b64encode(self._rng.randbytes(_SECRET_BYTES)).decode()
            self._settings.secret = secret
        return secret

    def turn(self, *, on: bool, at: datetime) -> None:
        """Turn communication on or off.

        Raises:
            StoreError: the switch cannot be written; that the store cannot keep the event is no reason.
        """
        self.switch.turn(on=on)
        self.note_turn(on=on, at=at)

    def note_turn(self, *, on: bool, at: datetime) -> None:
        """Keep in the store that communication was turned on or off, if that is possible."""
        with suppress(StoreError), self._store.transaction():
            # What an older version of this program would read.
            self._settings.enabled = on
            self._store.note(at, "communication", "turned on" if on else "turned off")

    def require_enabled(self) -> None:
        """Let nothing pass while communication is turned off.

        Raises:
            TurnedOffError: it is; the text says how to turn it on.
        """
        if not self.is_enabled:
            raise TurnedOffError
