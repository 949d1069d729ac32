"""The errors of the admin API's client.

* ServerError
    * TestbedUnreachableError   no testbed answers there
    * TestbedRefusedError       it answered that this cannot be done, and why
"""

from __future__ import annotations

from esolutions_server.service.errors import ServerError

__all__ = ["TestbedRefusedError", "TestbedUnreachableError"]


class TestbedUnreachableError(ServerError):
    """No testbed answers at its address."""

    # pytest takes classes of this name for tests.
    __test__ = False


class TestbedRefusedError(ServerError):
    """The testbed did not do what it was asked for; `status` is HTTP's."""

    __test__ = False

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
