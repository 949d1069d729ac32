"""Who may use the live page: a browser that was opened with the token, by a cookie that does not hold it."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from urllib.parse import urlsplit

__all__ = ["PAGE", "Session", "Sessions", "cookie_name", "is_form_token", "is_same_origin"]

# Where the page is on the admin listener.
PAGE = "/testbed"
_OCTETS_OF_AN_ID = 18


@dataclass(frozen=True, slots=True)
class Session:
    """What a browser holds, and what each of its changes must bring along besides."""

    cookie: str
    form_token: str


class Sessions:
    """Makes and knows sessions by HMAC under the token of the run: nothing is kept, and all end with the run."""

    def __init__(self, token: str) -> None:
        """Begin.

        Args:
            token: that of the run.
        """
        self._key = token.encode()

    def open(self) -> Session:
        """Return a new session."""
        return self._session(secrets.token_urlsafe(_OCTETS_OF_AN_ID))

    def find(self, cookie: str) -> Session | None:
        """Return the session of a cookie; None where this run made no such cookie."""
        session = self._session(cookie.partition(".")[0])
        return session if hmac.compare_digest(session.cookie.encode(), cookie.encode()) else None

    def _session(self, name: str) -> Session:
        return Session(f"{name}.{self._proof('cookie', name)}", self._proof("form", name))

    def _proof(self, use: str, name: str) -> str:
        return hmac.digest(self._key, f"live page, {use}: {name}".encode(), "sha256").hex()


def cookie_name(host: str) -> str:
    """Return the name of the cookie of a listener: cookies do not tell ports apart, and two testbeds may serve."""
    return f"testbed_{urlsplit(f'//{host}').port or 80}"


def is_same_origin(origin: str, scheme: str, host: str) -> bool:
    """Whether a change came from a page of this listener itself; browsers always say so (Fetch, `Origin`)."""
    return origin == f"{scheme}://{host}"


def is_form_token(session: Session, shown: str) -> bool:
    """Whether a form was made for this session; as slow for a wrong one."""
    return hmac.compare_digest(shown.encode(), session.form_token.encode())
