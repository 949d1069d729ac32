"""A configuration file is read, or refused with the file, the line, the key, what was expected and what was found."""

import json
import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from esolutions_client.cli.config.config_file import ConfigError
from esolutions_client.cli.config.config_keys import CONFIG_KEYS
from esolutions_client.cli.session import Options

GOOD = """\
# Where things are.
data_dir = "kept"
server_url = "https://meters.example/CommunicationServer"
ca = '''
authorities.pem'''
http_proxy = "none"

allow_plain_http = false
gzip = true
poll_minutes = 120
daily_sync_time = "02:00"
sync_window_minutes = 60
time_zone = "Europe/Berlin"
snmp_timeout_seconds = 2
snmp_retries = 1
snmp_engine = "native"
"""


def read(folder: Path, text: str) -> Options:
    """Read a configuration from a file of this text."""
    path = folder / "client.toml"
    path.write_text(text, encoding="utf-8")
    return Options().with_config(path)


def test_the_keys_are_the_options() -> None:
    """Each option may be configured, and nothing else may."""
    assert set(CONFIG_KEYS) == {field.name for field in fields(Options)}


def test_the_documentation_has_every_key_with_type_and_default(pytestconfig: pytest.Config) -> None:
    """Each row of docs/client-configuration.md, and no other."""
    page = (pytestconfig.rootpath / "docs" / "client-configuration.md").read_text(encoding="utf-8")
    rows = [tuple(cell.strip() for cell in row.split("|")[1:4]) for row in re.findall(r"^\| `.*", page, re.MULTILINE)]
    usual = Options()
    defaults = {name: getattr(usual, name) for name in CONFIG_KEYS}
    assert rows == [
        (f"`{name}`", key.expected, "none" if defaults[name] is None else f"`{json.dumps(defaults[name])}`")
        for name, key in CONFIG_KEYS.items()
    ]


def test_a_configuration_may_set_everything(tmp_path: Path) -> None:
    """The values are those of the file."""
    options = read(tmp_path, GOOD)
    assert (options.gzip, options.time_zone, options.snmp_timeout_seconds) == (True, "Europe/Berlin", 2)


@pytest.mark.parametrize(
    ("change", "line", "key", "expected", "found"),
    [
        (("poll_minutes = 120", "pol_minutes = 120"), 10, "pol_minutes", 'nearest is "poll_minutes"', "an unknown one"),
        (("poll_minutes = 120", "poll_minutes = 0"), 10, "poll_minutes", "a whole number from 1 to 1440", "0"),
        (("poll_minutes = 120", "poll_minutes = true"), 10, "poll_minutes", "a whole number from 1 to 1440", "true"),
        (("= 2\n", "= nan\n"), 14, "snmp_timeout_seconds", "a number from 0.05 to 60", "nan"),
        (('"02:00"', '"soon"'), 11, "daily_sync_time", "a time of day", '"soon"'),
        (("Europe/Berlin", "Europe"), 13, "time_zone", "the name of a time zone", '"Europe"'),
        (("Europe/Berlin", "../../etc/passwd"), 13, "time_zone", "the name of a time zone", '"../../etc/passwd"'),
        (('"kept"', '"ke\\u0000pt"'), 2, "data_dir", "text in quotes", '"ke\\u0000pt"'),
        (('"native"', '"quick"'), 16, "snmp_engine", '"pysnmp"', '"quick"'),
        (("gzip = true", "[gzip]\nlevel = 3"), 9, "gzip", "true or false", "a table"),
        (("gzip = true", "gzip = true\ngzip = true"), 10, "the file", "TOML", "overwrite"),
        (("gzip = true", "gzip"), 9, "the file", "TOML", "Expected"),
    ],
)
def test_a_mistake_is_told_with_line_key_expected_and_found(
    tmp_path: Path, change: tuple[str, str], line: int, key: str, expected: str, found: str
) -> None:
    """Of a file that is right but for one thing."""
    assert GOOD.count(change[0]) == 1
    with pytest.raises(ConfigError) as raised:
        read(tmp_path, GOOD.replace(*change))
    error = raised.value
    assert (error.line, error.key or "the file") == (line, key)
    assert expected in error.expected
    assert found in error.found
    assert str(error) == f"{tmp_path / 'client.toml'}:{line}: {key}: expected {error.expected}, found {error.found}"


def mistake(reading: Callable[[], object]) -> ConfigError | None:
    """Return our error, if reading meets one; any other escapes."""
    try:
        reading()
    except ConfigError as error:
        return error
    return None


VALUES = [
    "-1",
    "0",
    "1.5",
    "nan",
    "true",
    '"x"',
    "[]",
    "{}",
    "[[1]]",
    "2026-01-05",
    "9" * 5000,
    "[" * 3000,
    '"\\u0000"',
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.integers(0, 400), st.integers(0, 30) | st.none(), st.sampled_from(VALUES) | st.text(max_size=5))
def test_any_mutation_of_a_configuration_is_read_or_told(
    tmp_path: Path, start: int, length: int | None, instead: str
) -> None:
    """With the file and a line; never with a traceback."""
    if length is None:
        lines = GOOD.split("\n")
        place = start % len(lines)
        lines[place] = f"{lines[place].partition('=')[0]}= {instead}"
        text = "\n".join(lines)
    else:
        text = GOOD[:start] + instead + GOOD[start + length :]
    error = mistake(lambda: read(tmp_path, text.encode("utf-8", "replace").decode()))
    assert error is None or re.fullmatch(r".+?:\d+: .+?: expected .+, found .+", str(error))
