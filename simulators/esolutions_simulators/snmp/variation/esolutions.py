# ruff: noqa: INP001 -- snmpsim loads every file of this folder, so there is no __init__.py
"""Be the variation module that snmpsim loads by its path.

snmpsim looks for these three names; what they do is in
esolutions_simulators.snmp.bridge.
"""

import traceback
from typing import Any

from pysnmp.smi.error import SmiError
from snmpsim.error import NoDataNotification

from esolutions_simulators.snmp.bridge import Bridge, end_with_parent

_BRIDGES: dict[str, Bridge] = {}


def init(**context: Any) -> None:
    """Open the fleet that the options name, or end the process."""
    end_with_parent()
    try:
        _BRIDGES["only"] = Bridge.opened(context["options"])
    except Exception as error:
        # snmpsim would log this and answer without us.
        raise SystemExit(f"cannot open the fleet: {error!r}") from error


def variate(oid: Any, tag: str, value: Any, **context: Any) -> tuple[Any, str, Any]:
    """Answer one variable of a request, or end the process."""
    try:
        return _BRIDGES["only"].answer(oid, tag, value, **context)
    except (NoDataNotification, SmiError):
        raise
    except Exception as error:
        # snmpsim would say that there is no such variable: a broken printer must not look like an empty one.
        traceback.print_exc()
        raise SystemExit(1) from error


def shutdown(**_: Any) -> None:
    """Do nothing: the process ends, and nothing was written."""
