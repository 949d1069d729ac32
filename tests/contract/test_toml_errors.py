"""Every program says the same of the same mistake in a file that a person wrote."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from esolutions_client.cli.config.config_file import ConfigError
from esolutions_client.cli.session import Options
from esolutions_server.cli.policy_file import PolicyFileError, read_policy
from esolutions_simulators.fleets.fleet_file import load_fleet
from esolutions_simulators.models.parser import parse_model
from esolutions_simulators.toml_files.toml_file import TomlFile, TomlFileError

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
MODEL = Path(__file__).parents[2] / "simulators" / "esolutions_simulators" / "models" / "nominal.toml"


@dataclass(frozen=True)
class Reader:
    """A program's way to read a file, a file that is right, and a key of it whose value is a whole number."""

    read: Callable[[Path], object]
    good: str
    number: str


READERS = {
    "fleet": Reader(
        lambda path: load_fleet(path, installed_at=AT), 'seed = 7\nprinters = [{ model = "nominal" }]\n', "seed"
    ),
    "model": Reader(
        lambda path: parse_model(path.stem, TomlFile.opened(path).text),
        "life_unit = 7\n" + MODEL.read_text(encoding="utf-8"),
        "life_unit",
    ),
    "policy": Reader(lambda path: read_policy(path, None), "contact_grace_minutes = 7\n", "contact_grace_minutes"),
    "client": Reader(lambda path: Options().with_config(path), "snmp_retries = 7\n", "snmp_retries"),
}


def told(reader: Reader, path: Path) -> dict[str, Any]:
    """Return what the error says of its file, in parts."""
    with pytest.raises((ConfigError, PolicyFileError, TomlFileError)) as raised:
        reader.read(path)
    error: Any = raised.value  # three errors of three packages, alike in these parts
    assert (
        str(error)
        == f"{error.file}:{error.line}: {error.key or 'the file'}: expected {error.expected}, found {error.found}"
    )
    assert Path(error.file).stem == path.stem
    return {"line": error.line, "key": error.key, "expected": error.expected, "found": error.found}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_file_without_a_mistake_is_read(reader: Reader, tmp_path: Path) -> None:
    """So that what follows tells of the mistake alone."""
    path = tmp_path / "file.toml"
    path.write_text(reader.good, encoding="utf-8")
    reader.read(path)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ('"seven"', '"seven"'),
        ("true", "true"),
        ("7.5", "7.5"),
        ("-7", "-7"),
        ("[7, 8]", "an array of 2"),
        ("{ a = 7 }", "a table"),
        ("2026-01-05", "2026-01-05"),
        ("1" + 30 * "0", "a number of more than 64 bits"),
        ('"' + 70 * "x" + '"', '"' + 60 * "x" + '..."'),
        ('"\\u001b[31m\\u202e"', '"\\u001b[31m\\u202e"'),
    ],
)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_wrong_value_is_the_same_mistake_everywhere(reader: Reader, value: str, found: str, tmp_path: Path) -> None:
    """The key, its range in the same words, and the value as it stands there."""
    path = tmp_path / "file.toml"
    path.write_text(reader.good.replace("= 7", f"= {value}", 1), encoding="utf-8")
    error = told(reader, path)
    assert (error["line"], error["key"], error["found"]) == (1, reader.number, found)
    assert error["expected"].startswith("a whole number from 0 to ")


@pytest.mark.parametrize("comment", ["# one\u2028 two\x85 three", "# one\r\n# two"])
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_lines_are_counted_as_an_editor_counts_them(reader: Reader, comment: str, tmp_path: Path) -> None:
    """Only LF, and CR with it, ends a line."""
    path = tmp_path / "file.toml"
    path.write_bytes(f"{comment}\n{reader.good.replace('= 7', '= true', 1)}".encode())
    assert told(reader, path)["line"] == comment.count("\n") + 2
    path.write_bytes(f"{comment}\nx =".encode())
    assert told(reader, path)["line"] == comment.count("\n") + 2


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_a_misspelt_key_is_the_same_mistake_everywhere(reader: Reader, tmp_path: Path) -> None:
    """With the nearest key that there is."""
    path = tmp_path / "file.toml"
    path.write_text(f"# first\n{reader.good.replace(reader.number, reader.number + 's', 1)}", encoding="utf-8")
    nearest = f'a known key (the nearest is "{reader.number}")'
    expected = {"line": 2, "key": f"{reader.number}s", "expected": nearest, "found": "an unknown one"}
    assert told(reader, path) == expected


@pytest.mark.parametrize(
    ("octets", "line", "expected", "found"),
    [
        (b"seven\n", 1, "TOML", "\"Expected '=' after a key in a key/value pair\""),
        (b"# \n\xff\n", 2, "text in UTF-8", "the octet 0xff"),
        (b"x = " + 5_000 * b"[", 1, "TOML", "arrays or tables nested too deeply"),
    ],
)
@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
def test_what_is_no_toml_is_the_same_mistake_everywhere(
    reader: Reader, octets: bytes, line: int, expected: str, found: str, tmp_path: Path
) -> None:
    """In the words of Python's own reader where it has some."""
    path = tmp_path / "file.toml"
    path.write_bytes(octets)
    assert told(reader, path) == {"line": line, "key": "", "expected": expected, "found": found}


@pytest.mark.parametrize("reader", READERS.values(), ids=READERS)
@pytest.mark.parametrize(("name", "found"), [("absent.toml", "no such file or directory"), (".", "is a directory")])
def test_a_file_that_cannot_be_read_is_the_same_mistake_everywhere(
    reader: Reader, name: str, found: str, tmp_path: Path
) -> None:
    """In the words of the system."""
    error = told(reader, tmp_path / name)
    assert error == {"line": 1, "key": "", "expected": "a file that can be read", "found": found}
