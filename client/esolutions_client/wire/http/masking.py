"""Take the user and the password out of URLs before people, logs or the store's archive see them."""

from __future__ import annotations

import re

__all__ = ["masked"]

# RFC 3986, 3.2.1: userinfo ends at an "@". A password that should have been percent-encoded may hold "/" and "@":
# what stands before the last "@" of a word goes.
_USERINFO = re.compile(r"://\S*@")


def masked(text: str) -> str:
    """Return a text without the users and passwords of the URLs in it."""
    return _USERINFO.sub("://", text)
