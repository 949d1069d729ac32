"""A command loads what it needs: a round of polls that has nothing to send does not wait for SOAP."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

_LISTED = """
import sys
from esolutions_client.__main__ import main
try:
    main()
finally:
    loaded = {name.partition(".")[0] for name in sys.modules}
    print(*sorted(loaded & {"requests", "zeep"}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("command", "loaded"),
    [("--help", []), ("status", []), ("devices", []), ("history", []), ("poll", ["requests"])],
)
def test_a_command_loads_no_library_that_it_does_without(tmp_path: Path, command: str, loaded: list[str]) -> None:
    """Each of the two takes as long to load as the rest of a command takes."""
    place = ["--data-dir", str(tmp_path), "--server-url", "https://127.0.0.1:9/CommunicationServer"]
    done = subprocess.run([sys.executable, "-c", _LISTED, *place, command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == loaded
