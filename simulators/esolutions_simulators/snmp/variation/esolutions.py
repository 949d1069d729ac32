# ruff: noqa: INP001 -- snmpsim loads every file of this folder, so there is no __init__.py
"""Be the variation module that snmpsim loads by its path.

snmpsim looks for these three names; what they do is in
esolutions_simulators.snmp.bridge.
"""

from typing import Any

from esolutions_simulators.snmp.bridge import Bridge, end_with_parent

_BRIDGES: dict[str, Bridge] = {}


def init(**context: Any) -> None:
    """Open the fleet that the options name."""
    end_with_parent()
    _BRIDGES["only"] = Bridge.opened(context["options"])


def variate(oid: Any, tag: str, value: Any, **context: Any) -> tuple[Any, str, Any]:
    """Answer one variable of a request."""
    return _BRIDGES["only"].answer(oid, tag, value, **context)


def shutdown(**_: Any) -> None:
    """Do nothing: the process ends, and nothing was written."""
