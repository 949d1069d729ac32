"""Read and show the URL of a database, whose password nothing quotes."""

from __future__ import annotations

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from esolutions_server.store.engine import sqlite
from esolutions_server.store.engine.errors import StoreError

__all__ = ["absolute_url", "check_url", "shown_url"]

# Of the options in a URL, those that must not be shown.
_SECRET_OPTIONS = frozenset({"password", "passfile", "sslpassword", "sslkey"})


def check_url(database_url: str) -> None:
    """Take a database's URL for one.

    Raises:
        StoreError: it is none; what it says is not quoted.
    """
    try:
        make_url(database_url)
    except (SQLAlchemyError, ValueError):
        # What is wrong with it is not quoted: it may be the password.
        text = "the database URL cannot be read: its form is driver://user:password@host:port/name"
        raise StoreError(text) from None


def absolute_url(database_url: str) -> str:
    """Return a database's URL as another program has to know it: the file of SQLite by its whole path.

    Raises:
        StoreError: it is no database URL.
    """
    check_url(database_url)
    file = sqlite.file_of(database_url)
    if file is None or file.is_absolute():
        return database_url
    return make_url(database_url).set(database=str(file.resolve())).render_as_string(hide_password=False)


def shown_url(database_url: str) -> str:
    """Return a database's URL for people to read: without the password."""
    try:
        url = make_url(database_url)
        secret = {name: "***" for name in url.query if name.lower() in _SECRET_OPTIONS}
        return url.update_query_dict(secret).render_as_string(hide_password=True)
    except (SQLAlchemyError, ValueError):
        return "that was given, which is no database URL,"
