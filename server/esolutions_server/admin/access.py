"""Who may use the admin listener: the bearer of a token, who came by an address of this listener."""

from __future__ import annotations

import hmac
import json
import os
import secrets
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["API", "FILE_NAME", "Access", "ServingFile", "read_serving_file"]

# Where the API is on the admin listener.
API = "/admin/api"
FILE_NAME = "serving.json"


@dataclass(frozen=True, slots=True)
class Access:
    """The token of one run of a testbed."""

    token: str

    @classmethod
    def drawn(cls) -> Access:
        """Return a token that cannot be guessed: 256 bits."""
        return cls(secrets.token_urlsafe(32))

    def is_granted(self, authorization: str) -> bool:
        """Whether an Authorization header bears the token (RFC 6750)."""
        scheme, _, shown = authorization.partition(" ")
        return scheme.lower() == "bearer" and self.is_token(shown.strip())

    def is_token(self, shown: str) -> bool:
        """Whether that is the token; as slow for a wrong one."""
        return hmac.compare_digest(shown.encode(), self.token.encode())


@dataclass(frozen=True, slots=True)
class ServingFile:
    """What a running server leaves in its data directory, for the commands beside it."""

    url: str
    ca_file: str | None
    database: str
    admin_url: str | None
    admin_token: str | None
    page_url: str | None = None

    def write(self, data_dir: Path) -> Callable[[], None]:
        """Leave it in a data directory, readable by its owner alone from the first byte on; return what removes it."""
        file = data_dir / FILE_NAME
        file.unlink(missing_ok=True)
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as opened:
            json.dump(asdict(self), opened, indent=2)
            opened.write("\n")

        def remove() -> None:
            # Another server may serve from here by now.
            if read_serving_file(data_dir) == self:
                file.unlink(missing_ok=True)

        return remove


def read_serving_file(data_dir: Path) -> ServingFile | None:
    """Return what the server of a data directory left there; None where none serves from it, as far as one can see."""
    try:
        document = json.loads((data_dir / FILE_NAME).read_text(encoding="utf-8"))
        return ServingFile(**{name: document[name] for name in ServingFile.__dataclass_fields__})
    except (OSError, ValueError, KeyError, TypeError):
        return None
