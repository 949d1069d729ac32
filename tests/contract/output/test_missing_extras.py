"""Who installs the client alone is told what the other programs need, not shown how they break."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import packages_distributions, requires

import pytest

pytestmark = pytest.mark.wire

# What runs as if nothing of an extra were installed: asked for a module of it, Python says that there is none.
_WITHOUT = """
import runpy, sys

class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {missing!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)

sys.meta_path.insert(0, Missing())
sys.argv[1:] = {words!r}
runpy.run_module({module!r}, run_name="__main__", alter_sys=True)
"""


def _of_the_extras() -> set[str]:
    """Return the modules that only extras bring, by what the distribution itself says."""
    wanted = {text for text in requires("esolutions") or [] if "extra ==" in text and "'dev'" not in text}
    names = {text.split(";")[0].strip("() ").split("[")[0].split("<")[0].split(">")[0].split("=")[0] for text in wanted}
    names = {name.strip().lower() for name in names} - {"esolutions"}
    # Others of the distribution, and pytest itself, bring these as well.
    return {
        module
        for module, distributions in packages_distributions().items()
        if names & {distribution.lower() for distribution in distributions}
    }


def _run(module: str, *words: str) -> subprocess.CompletedProcess[str]:
    text = _WITHOUT.format(missing=_of_the_extras(), words=list(words), module=module)
    return subprocess.run([sys.executable, "-c", text], capture_output=True, text=True, timeout=120, check=False)


def test_the_extras_bring_what_this_test_takes_away() -> None:
    """As far as the distribution tells."""
    assert {"sqlalchemy", "spyne", "alembic", "snmpsim", "pysmi", "hypothesis"} <= _of_the_extras()


@pytest.mark.parametrize(
    ("module", "words", "extra"),
    [
        ("esolutions_server", ("serve", "--port", "0"), "server"),
        ("esolutions_server", ("devices",), "server"),
        ("esolutions_server", ("wsdl",), "server"),
        ("esolutions_simulators", ("serve", "--count", "1", "--port", "0"), "simulators"),
        ("esolutions_simulators", ("models",), "simulators"),
        ("esolutions_scenarios", ("run", "reply_lost"), "scenarios"),
        ("esolutions_scenarios", ("swarm", "--seeds", "1"), "scenarios"),
        ("esolutions_scenarios", ("sabotages",), "scenarios"),
        ("esolutions_scenarios", ("bench",), "scenarios"),
    ],
)
def test_a_program_names_the_extra_that_it_lacks(module: str, words: tuple[str, ...], extra: str) -> None:
    """One line with the command that puts it right; exit code 1."""
    ended = _run(module, *words)
    assert (ended.returncode, ended.stdout) == (1, "")
    (line,) = ended.stderr.splitlines()
    assert f"is not installed: run pip install 'esolutions[{extra}]'" in line


@pytest.mark.parametrize(
    ("module", "words"),
    [
        *(
            (f"esolutions_{name}", (word,))
            for name in ("client", "server", "simulators", "scenarios")
            for word in ("--help", "--version")
        ),
        ("esolutions_client", ("status", "--data-dir", "DIR")),
    ],
)
def test_what_needs_no_extra_works_without(
    module: str, words: tuple[str, ...], tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Help, versions, and the whole client."""
    folder = str(tmp_path_factory.mktemp("data"))
    ended = _run(module, *(folder if word == "DIR" else word for word in words))
    assert (ended.returncode, ended.stderr) == (0, "")
    assert ended.stdout


def test_what_lacks_nothing_works_without_the_extra() -> None:
    """Stories are listed from their texts."""
    ended = _run("esolutions_scenarios", "list")
    assert (ended.returncode, "reply_lost" in ended.stdout) == (0, True)
