"""Find the recordings that come with the package: of each model what a new printer answers, as a ``.snmprec`` file.

They are made of the models, and a test keeps them equal:

    esolutions-printers snmprec MODEL --at 2026-01-05T08:00:00 > MODEL.snmprec

snmpsim serves them as they are, here and elsewhere. What is encoded as no agent
should has no line in one: the format knows values, not octets.
"""

from importlib.resources import files
from pathlib import Path

from esolutions_simulators.models import ModelError

__all__ = ["RECORDED_AT", "recording_names", "recording_path"]

# The time of all of them, in UTC: when the recorded printers were installed.
RECORDED_AT = "2026-01-05T08:00:00"
_SUFFIX = ".snmprec"


def recording_names() -> tuple[str, ...]:
    """Return the name of every recording, which is that of its model, in alphabetical order."""
    found = (file.name for file in files(__name__).iterdir())
    return tuple(sorted(name.removesuffix(_SUFFIX) for name in found if name.endswith(_SUFFIX)))


def recording_path(name: str) -> Path:
    """Return where the recording called ``name`` lies.

    Raises:
        ModelError: there is no such recording.
    """
    if name not in recording_names():
        raise ModelError(name, (), f"one of {', '.join(recording_names())}")
    return Path(str(files(__name__) / f"{name}{_SUFFIX}"))
