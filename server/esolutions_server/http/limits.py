"""What one caller may take of the server: seconds, octets, connections. It is enforced elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["HttpLimits", "most_connections"]

MOST_CONNECTIONS = 1024
# Descriptors that the server needs for itself: database, log, listeners, threads.
DESCRIPTORS_KEPT = 64


def most_connections() -> int:
    """Return how many connections this process can have open and still reach its own files."""
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return MOST_CONNECTIONS
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return max(1, min(MOST_CONNECTIONS, soft - DESCRIPTORS_KEPT))


@dataclass(frozen=True, slots=True)
class HttpLimits:
    """Limits of one server; times in seconds, sizes in octets.

    A handshake and the head of a request are short, whatever sends them; a whole request may be 1.3 MB on a slow line.
    `buffered_octets` bounds the bodies of all connections together.
    """

    handshake_seconds: float = 5.0
    head_seconds: float = 10.0
    request_seconds: float = 90.0
    idle_seconds: float = 30.0
    head_octets: int = 16 * 1024
    headers: int = 64
    buffered_octets: int = 64 * 1024 * 1024
    connections_per_address: int = 256
    connections: int = field(default_factory=most_connections)
