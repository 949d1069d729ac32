"""What every test may ask for: the programs that only an operating system brings."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable

import pytest

Require = Callable[[str], str]


@pytest.fixture
def require() -> Require:
    """Return a finder of programs: without one the test is skipped, or fails where nothing may be skipped."""

    def find(program: str) -> str:
        found = shutil.which(program)
        if found is None:
            reason = f"{program} is not installed; `make system-deps` installs it"
            if os.environ.get("ESOLUTIONS_REQUIRE_ALL") == "1":
                pytest.fail(reason)
            pytest.skip(reason)
        return found

    return find
