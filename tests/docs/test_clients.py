"""The pages of clients in other languages, followed word by word in an empty directory."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.seen import some

if TYPE_CHECKING:
    from tests.support.system import Require

PAGES = {
    "curl.md": ("curl", "openssl"),
    "node.md": ("node", "npm"),
    "php.md": ("php",),
    "java.md": ("javac", "keytool", "wsimport"),
}
MOST_LINES = 80
# What a line of a program is not: empty, a comment, an import.
_NO_LINE = re.compile(r"\s*(?:$|//|#(?!!)|/\*\*|import )")
_FILE = re.compile(r"^`(\S+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SHELL = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.wire
@pytest.mark.slow
@pytest.mark.parametrize("page", PAGES)
def test_a_page_is_followed_word_by_word(
    page: str, pytestconfig: pytest.Config, tmp_path: Path, require: Require
) -> None:
    """Registration, sync, activation and a signed bill are accepted, over HTTPS with the certificate checked."""
    for program in PAGES[page]:
        require(program)
    if page == "php.md":
        present = subprocess.run(["php", "-m"], capture_output=True, text=True, check=True).stdout.split()  # noqa: S607 - on the path
        for module in {"dom", "soap"} - set(present):
            require(f"PHP's module {module}")
    text = (pytestconfig.rootpath / "docs" / "clients" / page).read_text(encoding="utf-8")
    for name, program in some(_FILE.findall(text)):
        (tmp_path / name).write_text(program, encoding="utf-8")
    # What is not a program's own file, in the order of the page.
    steps = "".join(_SHELL.findall(_FILE.sub("", text)))
    said = _run(f"set -eu\n{steps}", tmp_path)
    outcomes = [line for line in said.splitlines() if line.endswith(": Accepted")]
    assert outcomes == ["ABC123456: Accepted", "TurnOn: Accepted", "Report: Accepted"], said
    assert re.search(r"^ABC123456 .* 2500 +1500 ", said, re.MULTILINE), said


@pytest.mark.parametrize("page", PAGES)
def test_a_client_is_short(page: str, pytestconfig: pytest.Config) -> None:
    """At most 80 lines without comments and imports; the index says how many."""
    folder = pytestconfig.rootpath / "docs" / "clients"
    ((_, program),) = _FILE.findall((folder / page).read_text(encoding="utf-8"))
    lines = sum(1 for line in program.splitlines() if not _NO_LINE.match(line))
    assert lines <= MOST_LINES
    listed = re.search(rf"\({page}\) \|.*\| (\d+) \|", (folder / "README.md").read_text(encoding="utf-8"))
    assert listed is not None
    assert int(listed[1]) == lines


def _run(steps: str, folder: Path) -> str:
    """Run the steps of a page in a shell of their own, and end all that they started; return what they said."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shell = shutil.which("bash") or "sh"
    process = subprocess.Popen(
        [shell, "-m", "-c", steps],
        cwd=folder,
        env={**os.environ, "PATH": path, "HOME": str(folder)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=240)
    finally:
        _end_testbed(folder)
    assert process.returncode == 0, said
    return said


def _end_testbed(folder: Path) -> None:
    """End the testbed of a page that was not followed to its end."""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = file.read_bytes().split(b"\0")
            is_ours = b"--testbed" in words and os.readlink(file.parent / "cwd") == str(folder)  # noqa: PTH115 - of a process
        except OSError:
            continue
        if is_ours:
            os.kill(int(file.parent.name), signal.SIGTERM)
