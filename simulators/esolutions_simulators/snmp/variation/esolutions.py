# ruff: noqa: INP001 -- snmpsim loads every file of this folder, so there is no __init__.py
"""Be the variation module that snmpsim loads by its path.

snmpsim looks for these three names. It calls init before it reads any record,
which is the time to put our controller in the place of its own: that one
searches a record file for each variable, and takes 3.0 ms for a GET of sixteen
where ours takes 1.9.
"""

from functools import partial
from typing import Any

from snmpsim.controller import MIB_CONTROLLERS
from snmpsim.datafile import DataFile

from esolutions_simulators.snmp.bridge import Bridge, Controller, end_with_parent


def init(**context: Any) -> None:
    """Open the fleet that the options name, or end the process."""
    end_with_parent()
    try:
        bridge = Bridge.opened(context["options"])
    except Exception as error:
        # snmpsim would log this and answer without us.
        raise SystemExit(f"cannot open the fleet: {error!r}") from error
    MIB_CONTROLLERS[DataFile.layout] = partial(Controller, bridge)


def variate(*_: Any, **__: Any) -> None:
    """End the process: a record was looked up, so our controller is not in its place."""
    raise SystemExit("snmpsim does not use our controller")


def shutdown(**_: Any) -> None:
    """Do nothing: the process ends, and nothing was written."""
