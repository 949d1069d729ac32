"""What every test may ask for: programs of the operating system, and any message a client can send."""

from __future__ import annotations

import os
import shutil
import signal
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from tests.support.messages import ENVELOPES, METERS, NAMES, REQUESTS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hypothesis import strategies as st

    from esolutions_client.wire import messages as m
    from tests.support.system import Require

# For everyday work, a fifth of the examples; CI draws them all.
settings.register_profile("fast", max_examples=20)


@pytest.fixture
def require() -> Require:
    """Return a finder of programs: without one the test is skipped, or fails where nothing may be skipped."""

    def find(program: str) -> str:
        # Where Debian puts the programs of servers, which not everybody's path names.
        found = shutil.which(program) or shutil.which(program, path="/usr/sbin:/sbin")
        if found is None:
            reason = f"{program} is not installed; `make system-deps` installs it"
            if os.environ.get("ESOLUTIONS_REQUIRE_ALL") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        return found

    return find


@pytest.fixture
def hears_hangups() -> Iterator[None]:
    """Let programs that a test starts hear SIGHUP, though the tests themselves may run under `nohup`."""
    if not hasattr(signal, "SIGHUP"):
        yield
        return
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture(scope="session")
def any_request() -> st.SearchStrategy[m.Request]:
    """Any request a client can compose, for Hypothesis to draw."""
    return REQUESTS


@pytest.fixture(scope="session")
def any_envelope() -> st.SearchStrategy[m.Envelope]:
    """Anything a request can say about itself."""
    return ENVELOPES


@pytest.fixture(scope="session")
def any_meters() -> st.SearchStrategy[tuple[m.Meter, ...]]:
    """Any tuple of meters."""
    return METERS


@pytest.fixture(scope="session")
def any_name() -> st.SearchStrategy[str]:
    """Any text that can name a meter, a supply or a printer."""
    return NAMES
