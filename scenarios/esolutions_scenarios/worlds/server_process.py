"""The server as a process of its own: started, watched, killed, stopped; and the errors it met and did not foresee."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from esolutions_scenarios.processes.child import Child

if TYPE_CHECKING:
    from collections.abc import Sequence


__all__ = ["ServerProcess", "WorldError", "unforeseen_in"]

# Up to the line that stands as far to the right as its first one: the error.
_TRACEBACK = re.compile(r"^( *)Traceback \(most recent call last\):\n(?:.*\n)*?\1(\S.*)$", re.MULTILINE)


def unforeseen_in(log: str) -> list[str]:
    """Return the line of the error of every traceback in a log."""
    return [found[2] for found in _TRACEBACK.finditer(log)]


class WorldError(RuntimeError):
    """A process of the world did not start, or has ended by itself."""


class ServerProcess:
    """`esolutions-server serve` as a process of its own, on a free port of 127.0.0.1."""

    def __init__(self, folder: Path, arguments: Sequence[str], port: int = 0) -> None:
        """Start it and wait until it says where it listens; port 0 is a free one.

        Raises:
            WorldError: it ended instead; the message holds its last words.
        """
        self._log_path = folder / "server.log"
        self._log = self._log_path.open("ab")
        self._child = Child("esolutions_server", ["serve", "--json", "--port", str(port), *arguments], self._log)
        try:
            line = self._child.read_line()
        except BaseException:
            self.stop()
            raise
        if not line:
            self.stop()
            raise WorldError(f"the server did not start: {self._last_words()}")
        self.ready: dict[str, Any] = json.loads(line)

    @property
    def url(self) -> str:
        """Where it takes SOAP."""
        return str(self.ready["url"])

    @property
    def ca_file(self) -> Path:
        """The certificate of the authority that signed its own."""
        return Path(self.ready["ca_file"])

    def check(self) -> None:
        """Raise if the server has ended.

        Raises:
            WorldError: with its last words.
        """
        if self._child.has_ended:
            raise WorldError(f"the server has ended: {self._last_words()}")

    @property
    def port(self) -> int:
        """The TCP port it listens on."""
        return urlsplit(self.url).port or 0

    def kill(self) -> None:
        """End it as a power cut does."""
        self._child.kill()
        self._log.close()

    def stop(self) -> None:
        """Stop it; does nothing the second time."""
        try:
            self._child.stop()
        finally:
            self._log.close()

    def unforeseen_errors(self) -> list[str]:
        """Return the last line of every traceback in its log."""
        return unforeseen_in(self._log_path.read_text(errors="replace"))

    def _last_words(self) -> str:
        return "\n".join(self._log_path.read_text(errors="replace").splitlines()[-20:])
