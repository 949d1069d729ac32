"""Name every key of the configuration file, with what may stand behind it.

The keys are the fields of `Options`; no file is read here.
"""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from esolutions_client.cli.config.config_file import Key

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["CONFIG_KEYS"]

_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def _is_text(value: Any) -> bool:
    # NUL ends the names of files and hosts wherever they are used.
    return isinstance(value, str) and value != "" and "\0" not in value


def _is_zone(value: Any) -> bool:
    try:
        return _is_text(value) and bool(ZoneInfo(value))
    except (OSError, ValueError, LookupError):
        return False


def _whole(lowest: int, highest: int) -> Key:
    # Not isinstance: true is no number.
    return Key(
        f"a whole number from {lowest} to {highest}", lambda value: type(value) is int and lowest <= value <= highest
    )


_TEXT = Key("text in quotes, not empty", _is_text)
_FLAG = Key("true or false", lambda value: isinstance(value, bool))

CONFIG_KEYS: Mapping[str, Key] = MappingProxyType(
    {
        "data_dir": _TEXT,
        "server_url": _TEXT,
        "ca": _TEXT,
        "http_proxy": _TEXT,
        "allow_plain_http": _FLAG,
        "gzip": _FLAG,
        "poll_minutes": _whole(1, 1440),
        "daily_sync_time": Key(
            'a time of day such as "02:00", in quotes',
            lambda value: isinstance(value, str) and _TIME_OF_DAY.fullmatch(value) is not None,
        ),
        "sync_window_minutes": _whole(0, 1440),
        "time_zone": Key('the name of a time zone such as "Europe/Berlin", in quotes', _is_zone),
        "snmp_timeout_seconds": Key(
            "a number from 0.05 to 60", lambda value: type(value) in (int, float) and 0.05 <= value <= 60
        ),
        "snmp_retries": _whole(0, 10),
        "snmp_engine": Key('one of "native", "pysnmp"', lambda value: value in ("native", "pysnmp")),
    }
)
