"""A server on a clock that tests move, and a proxy that writes its envelopes by hand."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_server import open_server
from esolutions_server.domain.policy import Policy
from tests.server.support.clock import Clock
from tests.server.support.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def make_world() -> Iterator[Callable[..., World]]:
    """Give a maker of worlds in memory, each with its policy."""
    servers = []

    def make(**policy: Any) -> World:
        clock = Clock()
        server = open_server("sqlite://", now=clock, rng=random.Random(3), policy=Policy(**policy))
        servers.append(server)
        return World(server, clock)

    yield make
    for server in servers:
        server.close()
        assert not server.wsgi.errors, "the server met an error nobody had foreseen"


@pytest.fixture
def world(make_world: Callable[..., World]) -> World:
    """Give a world under the default policy."""
    return make_world()
