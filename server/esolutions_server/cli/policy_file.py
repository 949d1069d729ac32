"""Read the file in which an operator writes the terms of the server."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import TYPE_CHECKING

from esolutions_server.domain.policy import Policy
from esolutions_server.domain.policy_document import policy_of
from esolutions_server.domain.ranges import RangeError
from esolutions_server.service.errors import StartError

if TYPE_CHECKING:
    from pathlib import Path

    from esolutions_server.domain.policy import SignUp

__all__ = ["read_policy"]


def read_policy(path: Path | None, signup: SignUp | None) -> Policy:
    """Return the policy of a TOML file, with the way of signing up that was given beside it.

    Raises:
        StartError: the file cannot be read, or sets something that cannot be; the message names the key.
    """
    try:
        policy = Policy() if path is None else policy_of(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise StartError(f"the policy {path} cannot be read: {error}") from error
    except RangeError as error:
        raise StartError(f"the policy {path}: {error}") from None
    return policy if signup is None else replace(policy, signup=signup)
