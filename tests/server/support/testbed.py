"""A testbed without sockets, over a real clock that stands until a test moves it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from esolutions_server.admin.access import Access
from esolutions_server.admin.application import open_application
from esolutions_server.domain.policy import Policy
from esolutions_server.testbed.opening import open_instrument
from tests.server.support.clock import Clock
from tests.server.support.world import World

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from werkzeug.test import TestResponse

    from esolutions_server.testbed.instrument import Instrument

TOKEN = "a token of a test"


class Bed:
    """A testbed, the real time, and whoever asks its admin API."""

    def __init__(self, folder: Path, *, real: Clock | None = None, instrument: Instrument | None = None) -> None:
        self.real = real or Clock()
        self.instrument: Instrument = instrument or open_instrument(
            f"sqlite:///{folder / 'server.sqlite'}", folder, real=self.real, rng=random.Random(3), policy=Policy()
        )
        self.instrument.publish("https://127.0.0.1:1/CommunicationServer")
        self.errors: list[Exception] = []
        self.application = open_application(self.instrument, Access(TOKEN), frozenset(), self.errors.append)
        self._client = self.application.test_client()

    def world(self, namespace: str = "") -> World:
        """Return the server of a namespace with its proxies, whose clocks go by the testbed's."""
        found = self.instrument.namespace(namespace)
        return World(found.server, ClockOfBed(found.clock))

    def ask(self, method: str, path: str, document: Any = None, **more: Any) -> TestResponse:
        """Ask the admin API, with the token."""
        headers = {"Authorization": f"Bearer {TOKEN}", **more.pop("headers", {})}
        return self._client.open(path, method=method, json=document, headers=headers, **more)

    def ask_without_token(self, method: str, path: str, **more: Any) -> TestResponse:
        """Ask the admin API as a stranger does."""
        return self._client.open(path, method=method, **more)


class ClockOfBed(Clock):
    """The clock of a testbed, for proxies; it is moved by the testbed alone."""

    def __init__(self, shown: Any) -> None:
        super().__init__()
        self._shown = shown

    def __call__(self) -> Any:
        """Return the moment."""
        return self._shown()
