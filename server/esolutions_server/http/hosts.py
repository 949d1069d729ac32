"""The names by which a caller may have come: loopback's, and those that the operator gave.

A Host header is text of a stranger: a page whose name was made to point here comes with that name (DNS rebinding).
"""

from __future__ import annotations

from urllib.parse import urlsplit

__all__ = ["allowed_authority", "host_of", "is_allowed_host"]

_LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]"})


def allowed_authority(host: str, names: frozenset[str]) -> str | None:
    """Return the authority that a Host header names, `name` or `name:port`, if its name is allowed; else None."""
    try:
        parts = urlsplit(f"//{host}")
        name, port = parts.hostname, parts.port
    except ValueError:
        return None
    if name is None or parts.username is not None or parts.path or parts.query or parts.fragment:
        return None
    spelled = f"[{name}]" if ":" in name else name
    if spelled not in _LOOPBACK_NAMES | names:
        return None
    return spelled if port is None else f"{spelled}:{port}"


def is_allowed_host(host: str, names: frozenset[str]) -> bool:
    """Whether a Host header names this machine by loopback, or by one of the names."""
    return allowed_authority(host, names) is not None


def host_of(address: str) -> str:
    """Return the name in a URL, or in what was given as a host alone, as a Host header spells it; empty for none."""
    try:
        name = urlsplit(address if "//" in address else f"//{address}").hostname or ""
    except ValueError:
        return ""
    return f"[{name}]" if ":" in name else name
