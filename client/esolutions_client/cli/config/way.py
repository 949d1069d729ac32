"""The way to the Communication Server: its address, whose certificates are trusted, which proxy server is between.

What a person gives is used at once and remembered when it has worked: a typing
mistake must not take the place of what worked before. What the system or the
environment says is never remembered, so that it cannot take the place of what a
person gave.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from esolutions_client.errors import UsageError
from esolutions_client.wire.http.masking import masked

if TYPE_CHECKING:
    from collections.abc import Mapping

    from esolutions_client.cli.session import Options
    from esolutions_client.store.settings import Settings
    from esolutions_client.wire.security import Credentials
    from esolutions_client.wire.soap_client import Attempt, Delivered, Server

__all__ = ["RememberingServer", "Way"]

_ENVIRONMENT = "ESOLUTIONS_SERVER_URL"
_OPTIONS = {"server_url": "--server-url", "ca": "--ca", "http_proxy": "--http-proxy"}


@dataclass(frozen=True, slots=True)
class Way:
    """How to reach the server; None where nothing is said."""

    server_url: str | None = None
    ca: str | None = None
    http_proxy: str | None = None
    allow_plain_http: bool = False

    @classmethod
    def given(cls, options: Options) -> Way:
        """Return what a person gave this time."""
        ca = str(options.ca.resolve()) if options.ca else None
        return cls(options.server_url, ca, options.http_proxy, options.allow_plain_http)

    @classmethod
    def taken(cls, options: Options, environment: Mapping[str, str], settings: Settings) -> Way:
        """Return what is given, or else was remembered."""
        given = cls.given(options)
        return cls(
            given.server_url or environment.get(_ENVIRONMENT) or settings.server_url,
            given.ca or settings.ca,
            given.http_proxy or settings.http_proxy,
            given.allow_plain_http or settings.allow_plain_http,
        )

    @property
    def ca_file(self) -> Path | None:
        """The file of the authorities.

        Raises:
            UsageError: there is no such file.
        """
        if self.ca is not None and not Path(self.ca).is_file():
            raise UsageError(f"there is no certificate file {self.ca}: give the right one with --ca")
        return Path(self.ca) if self.ca else None

    def remember(self, settings: Settings) -> None:
        """Keep what is given: it has worked."""
        if self.server_url is not None and self.server_url != settings.server_url:
            settings.server_url = self.server_url
        if self.ca is not None and self.ca != settings.ca:
            settings.ca = self.ca
        if self.http_proxy is not None and self.http_proxy != settings.http_proxy:
            settings.http_proxy = self.http_proxy
        if self.allow_plain_http and not settings.allow_plain_http:
            settings.allow_plain_http = True

    def as_shown(self) -> dict[str, str | None]:
        """Return it as others may see it, without users and passwords."""
        values = {name: getattr(self, name) for name in _OPTIONS}
        return {name: None if value is None else masked(value) for name, value in values.items()}

    def require(self, theirs: Mapping[str, str | None]) -> None:
        """Refuse what is given where a program at work, whose way is `theirs` as shown, goes another way.

        Raises:
            UsageError: with the option, and what the program at work uses instead.
        """
        for name, ours in self.as_shown().items():
            used, option = theirs.get(name), _OPTIONS[name]
            if ours is not None and ours != used:
                raise UsageError(
                    f"`run` is at work here with {_shown(option, used)}, not with {_shown(option, ours)}:"
                    " leave the option out, or stop `run` and start it with the other one"
                )


class RememberingServer:
    """A server port that remembers the way to it once the server has acknowledged something over it."""

    def __init__(self, inner: Server, way: Way, settings: Settings) -> None:
        self._inner = inner
        self._way: Way | None = way
        self._settings = settings
        self.compose = inner.compose

    def deliver(self, attempt: Attempt, credentials: Credentials) -> Delivered:
        """Send one attempt; see `Server.deliver`."""
        delivered = self._inner.deliver(attempt, credentials)
        if self._way is not None:
            self._way.remember(self._settings)
            self._way = None
        return delivered


def _shown(option: str, value: str | None) -> str:
    return f"no {option}" if value is None else f"{option} {value}"
