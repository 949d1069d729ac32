"""What a request may be, and how much all requests together may hold: the rules by which a caller is refused."""

from __future__ import annotations

__all__ = ["BadRequestError", "Budget", "check_headers"]


class Budget:
    """Counts the octets that all connections of a server hold."""

    def __init__(self, most: int) -> None:
        self._left = most

    def take(self, octets: int) -> bool:
        """Take octets; False where there are not as many."""
        if octets > self._left:
            return False
        self._left -= octets
        return True

    def give_back(self, octets: int) -> None:
        """Give back what was taken."""
        self._left += octets


class BadRequestError(Exception):
    """The caller gets a status and is let go."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason


def check_headers(headers: list[tuple[str, str]], most: int) -> None:
    """Refuse what one reader could take for another request than the next reader does (RFC 9112, 6.3)."""
    if len(headers) > most:
        raise BadRequestError(431, f"a request has at most {most} header fields")
    names = [name for name, _ in headers]
    if "transfer-encoding" in names and "content-length" in names:
        raise BadRequestError(400, "a request has a Content-Length or a Transfer-Encoding, not both")
    if names.count("content-length") > 1:
        raise BadRequestError(400, "a request has one Content-Length")
