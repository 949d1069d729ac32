"""A command loads what it needs: who lists devices does not wait for SOAP, nor for migrations that there are not."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from esolutions_server.store.engine.database import open_store

if TYPE_CHECKING:
    from pathlib import Path

_LISTED = """
import sys
from esolutions_server.__main__ import main
try:
    main()
finally:
    loaded = {name.partition(".")[0] for name in sys.modules}
    print(*sorted(loaded & {"alembic", "spyne", "sqlalchemy"}), file=sys.stderr)
"""


@pytest.mark.parametrize(
    ("arguments", "loaded"),
    [
        (["--help"], []),
        (["account", "--help"], []),
        (["devices"], ["sqlalchemy"]),
        (["journal", "--json"], ["sqlalchemy"]),
        (["account", "add", "Example", "key@example.org"], ["sqlalchemy"]),
        (["wsdl"], ["spyne", "sqlalchemy"]),
    ],
    ids=" ".join,
)
def test_a_command_loads_no_library_that_it_does_without(
    tmp_path: Path, arguments: list[str], loaded: list[str]
) -> None:
    """Each of the three takes longer to load than the rest of most commands takes."""
    database = tmp_path / "server.sqlite"
    open_store(f"sqlite:///{database}").close()
    place = [] if arguments[-1] == "--help" or arguments == ["wsdl"] else ["--data-dir", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", _LISTED, *arguments, *place], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.split() == loaded
