"""Name the users of version 3 that a printer knows, as a person configured them into it.

A password is in no text that is made of a user; only ``to_json``, for the
fleet's own file, writes it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = ["AUTH_PROTOCOLS", "PRIV_PROTOCOLS", "User", "UserError"]

# RFC 3414 and RFC 7860; RFC 3414, RFC 3826 and draft-blumenthal-aes-usm-04.
AUTH_PROTOCOLS = ("md5", "sha", "sha224", "sha256", "sha384", "sha512")
PRIV_PROTOCOLS = ("des", "aes128", "aes192", "aes256")


class UserError(ValueError):
    """A user that cannot be."""


@dataclass(frozen=True, slots=True)
class User:
    """A user: with no protocol, with one that proves who speaks, or with one that hides what is said as well."""

    name: str
    auth: str | None = None
    auth_password: str | None = field(default=None, repr=False)
    priv: str | None = None
    priv_password: str | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.auth is not None and self.auth not in AUTH_PROTOCOLS:
            raise UserError(f"user {self.name}: auth is one of {', '.join(AUTH_PROTOCOLS)}")
        if self.priv is not None and self.priv not in PRIV_PROTOCOLS:
            raise UserError(f"user {self.name}: priv is one of {', '.join(PRIV_PROTOCOLS)}")
        if (self.auth is None) is not (self.auth_password is None):
            raise UserError(f"user {self.name}: auth and auth_password go together")
        if (self.priv is None) is not (self.priv_password is None):
            raise UserError(f"user {self.name}: priv and priv_password go together")
        if self.priv is not None and self.auth is None:
            raise UserError(f"user {self.name}: priv goes with auth alone")

    def to_json(self) -> dict[str, str]:
        """Return plain data that from_json understands, the passwords among it."""
        keys = ("name", "auth", "auth_password", "priv", "priv_password")
        return {key: value for key in keys if (value := getattr(self, key)) is not None}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> "User":
        """Return the user that ``data`` describes.

        Raises:
            UserError: it describes none; the data is not repeated.
        """
        try:
            return cls(**data)
        except TypeError as error:
            raise UserError("not a user") from error
