"""The settings of this client in its store: who it is, when it did what, how it reaches its server.

Each is an attribute with a type of its own; it is read from the table and written to it at once, and None removes it.
There are no others. What they mean is not known here.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from esolutions_client.store.database.connection import read_datetime, read_number, read_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.store.database.connection import Connection, Decoding

__all__ = ["Setting", "Settings"]

Found = TypeVar("Found")
Kept = TypeVar("Kept")
# The longest interval of polls that a server may ask for.
_LONGEST_INTERVAL_SECONDS = 24 * 3600


class Setting(Generic[Found, Kept]):
    """One setting: how it is read from the text in the table, None where there is none, and how it is spelled there."""

    __slots__ = ("_name", "_read", "_spell")

    def __init__(
        self, read: Callable[[str | None], Found], spell: Callable[[Kept], str], *, name: str | None = None
    ) -> None:
        """Describe a setting; `name` is its name in the table, where that is not the attribute's."""
        self._read = read
        self._spell = spell
        self._name = name

    def __set_name__(self, _owner: type, name: str) -> None:
        """Take the attribute's name for that in the table."""
        self._name = self._name or name

    def __get__(self, settings: Settings, _owner: type | None = None) -> Found:
        """Return what is known.

        Raises:
            StoreError: the table holds nothing of this kind.
        """
        rows = settings._connection.execute("SELECT value FROM setting WHERE name = ?", (self._name,))  # noqa: SLF001 - its owner
        row = rows.fetchone()
        with settings.decoding:
            return self._read(None if row is None else read_text(row[0]))

    def __set__(self, settings: Settings, value: Kept | None) -> None:
        """Keep a value; None removes the one there is."""
        connection = settings._connection  # noqa: SLF001 - its owner
        if value is None:
            connection.execute("DELETE FROM setting WHERE name = ?", (self._name,))
        else:
            connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (self._name, self._spell(value)))


def _text() -> Setting[str | None, str]:
    return Setting(lambda text: text, str)


def _timestamp() -> Setting[datetime | None, datetime]:
    """A time in UTC, spelled in ISO 8601."""
    return Setting(lambda text: None if text is None else read_datetime(text), datetime.isoformat)


def _number() -> Setting[int, int]:
    """A whole number, 0 where none is kept."""
    return Setting(lambda text: int(text or "0"), str)


def _clock_origin() -> Setting[int | None, int]:
    """When the machine's monotonic clock showed zero, in seconds since 1970."""
    return Setting(lambda text: None if text is None else int(text), str)


def _interval() -> Setting[timedelta, timedelta]:
    """A span of whole seconds up to a day, zero where none is kept."""
    return Setting(
        lambda text: timedelta(seconds=read_number(int(text or "0"), 0, _LONGEST_INTERVAL_SECONDS)),
        lambda span: str(int(span.total_seconds())),
    )


def _yes_or_no(*, otherwise: bool) -> Setting[bool, bool]:
    """Yes or no; `otherwise` is what any other text and none stand for."""
    return Setting(lambda text: text != "no" if otherwise else text == "yes", lambda value: "yes" if value else "no")


def _mark(name: str, text: str) -> Setting[bool, bool]:
    """Whether something was ever done."""
    return Setting(lambda found: found is not None, lambda _: text, name=name)


def _json(nothing: str) -> Setting[Any, Any]:
    """Plain data, `nothing` where none is kept; its shape is for the reader to check, within `decoding`."""
    return Setting(lambda text: json.loads(text or nothing), json.dumps)


class Settings:
    """All of them."""

    __slots__ = ("_connection", "decoding")

    # Who this client is: GUIDs, and the secret in Base64.
    proxy_id = _text()
    instance_id = _text()
    secret = _text()

    # Its registration.
    installed_at = _timestamp()
    proxy_message_id = _text()
    registered_at = _timestamp()
    rejected_at = _timestamp()

    # What it did last, and how often the server wants it to read printers.
    last_poll_at = _timestamp()
    last_search_at = _timestamp()
    last_sync_at = _timestamp()
    poll_interval = _interval()
    searched = _json("[]")

    # How it stands with the server.
    last_receipt_id = _text()
    last_result = _text()
    failures = _number()
    first_failure_at = _timestamp()
    last_failure_at = _timestamp()
    unknown_since = _timestamp()

    # Its clock: under which origin the server has taken or refused a message, and what it said.
    clock_ahead_seconds = _number()
    clock_confirmed = _clock_origin()
    clock_refused = _clock_origin()
    clock_complaint = _text()

    # The way to the server.
    server_url = _text()
    ca = _text()
    http_proxy = _text()
    allow_plain_http = _yes_or_no(otherwise=False)

    # Whether an older version was turned on, whether this one has a switch beside the store, who is at work.
    enabled = _yes_or_no(otherwise=True)
    has_switch = _mark("switch", "made")
    has_room = _mark("room", "checked")
    at_work = _json("{}")

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.decoding: Decoding = connection.decoding("setting")
