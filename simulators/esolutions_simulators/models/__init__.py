"""Load printer models, which are data: one TOML file each, in this folder.

Adding a printer is adding a file. The words of the file are named in
esolutions_simulators.models.keys and explained in models.schema.
"""

from functools import cache
from importlib.resources import files

from esolutions_simulators.models.parser import parse_model
from esolutions_simulators.models.schema import Device, MeterRow, Model, ModelError, Supply

__all__ = ["Device", "MeterRow", "Model", "ModelError", "Supply", "load_model", "model_names"]


@cache
def model_names() -> tuple[str, ...]:
    """Return the name of every model, in alphabetical order."""
    return tuple(sorted(file.name[:-5] for file in files(__name__).iterdir() if file.name.endswith(".toml")))


@cache
def load_model(name: str) -> Model:
    """Return the model called ``name``.

    Raises:
        ModelError: there is no such model.
        TomlFileError: its file does not describe one.
    """
    if name not in model_names():
        raise ModelError(name, (), f"one of {', '.join(model_names())}")
    text = (files(__name__) / f"{name}.toml").read_text(encoding="utf-8")
    return parse_model(name, text)
