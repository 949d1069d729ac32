"""Whoever looks at the live page without script: links and forms alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from tests.server.support.testbed import TOKEN

if TYPE_CHECKING:
    from werkzeug.test import TestResponse

    from tests.server.support.testbed import Bed

ORIGIN = "http://localhost"


class Visitor:
    """A browser with a session."""

    def __init__(self, bed: Bed, *, path: str = "/testbed") -> None:
        self.path = path
        self._client = bed.application.test_client()
        self.opening = self._client.get(path, query_string={"token": TOKEN})

    def get(self, path: str = "", **more: str) -> TestResponse:
        """Read a page."""
        return self._client.get(f"{self.path}{path}", query_string=more)

    @property
    def form_token(self) -> str:
        """What the forms of a page have in them."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.get().text)
        assert found is not None
        return found[1]

    def post(self, path: str, *, csrf: str | None = None, origin: str | None = ORIGIN, **fields: str) -> TestResponse:
        """Send a form as the page has it, but for what is given."""
        form = {"csrf": self.form_token if csrf is None else csrf, **fields}
        headers = {} if origin is None else {"Origin": origin}
        return self._client.post(f"{self.path}{path}", data=form, headers=headers)
