"""The golden conversation, and a server that stands where it begins."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.contract.support.golden import Golden, GoldenServer, bind_again, sign_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def golden() -> Golden:
    """The golden conversation."""
    return Golden()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[GoldenServer]:
    """A server at the moment of the first golden request."""
    opened = GoldenServer(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def signed_again(golden: Golden) -> Callable[[str], str]:
    """Return a function that signs a changed envelope anew, by text and `hashlib` alone."""
    return lambda text: sign_again(text, golden.credentials.secret)


@pytest.fixture
def bound_again(golden: Golden) -> Callable[[str], str]:
    """Return a function that makes the nonce of a changed request anew, by text and `hashlib` alone."""
    return lambda text: bind_again(text, golden.credentials.secret)
