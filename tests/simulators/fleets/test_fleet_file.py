"""A fleet's file is read whole, or refused with the file, the line, the key, what was expected and what was found."""

import re
import stat
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import NODEFAULT, Struct, inspect
from typer.testing import CliRunner

from esolutions_simulators.cli import build_app
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet_file import load_fleet
from esolutions_simulators.fleets.fleet_keys import FleetKeys, IncidentKeys, PrinterKeys, UserKeys
from esolutions_simulators.life.incidents import KINDS
from esolutions_simulators.models import model_names
from esolutions_simulators.models.parser import parse_model
from esolutions_simulators.toml_files.toml_file import TomlFile, TomlFileError
from esolutions_simulators.toml_files.toml_types import expected_at
from tests.support.seen import some

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
ROOT = Path(__file__).parents[3]
MODELS = ROOT / "simulators" / "esolutions_simulators" / "models"
FLEET = """\
installed_at = 2026-01-05T08:00:00Z
seed = 7
base_address = "127.0.0.50"

[[printers]]
model = "colour-a3-mfp"
count = 3

# A printer of its own.
[[printers]]
model = "mono-workgroup"
serial = "3350187204"
address = "127.0.0.77"
community = "secret"
seed = 4
incidents = [
    { at = 2026-02-01T09:00:00Z, kind = "power_off" },
    { at = 2026-02-02, kind = "power_on" },
]

[[printers.users]]
name = "boss"

[[users]]
name = "meter"
auth = "sha256"
auth_password = "hidden from all"
priv = "aes128"
priv_password = "hidden as well"
"""
GOOD = FLEET.replace("2026-02-02,", "2026-02-02T09:00:00,")
A_MISTAKE = re.compile(r".+?:(\d+): .+?: expected .+, found .+", re.DOTALL)


def read(folder: Path, text: str) -> Any:
    """Read a fleet from a file of this text."""
    path = folder / "FLEET.toml"
    path.write_text(text, encoding="utf-8")
    return load_fleet(path, installed_at=AT)


@pytest.mark.parametrize(
    ("change", "line", "key", "expected", "found"),
    [
        (("2026-02-02T09:00:00,", "2026-02-02,"), 18, "printers[2].incidents[2].at", "a date and time", "2026-02-02"),
        (("2026-01-05T08:00:00Z", '"2026-01-05"'), 1, "installed_at", "a date and time", '"2026-01-05"'),
        (("2026-01-05T08:00:00Z", "1066-01-05T08:00:00Z"), 1, "installed_at", "from 1970 to 2099", "1066"),
        (("seed = 7", "seed = -7"), 2, "seed", "a whole number from 0 to", "-7"),
        (("seed = 7", "sead = 7"), 2, "sead", 'the nearest is "seed"', "an unknown one"),
        (("count = 3", "count = -2"), 7, "printers[1].count", "a whole number from 1 to 1000000", "-2"),
        (("count = 3", "count = 3.0"), 7, "printers[1].count", "a whole number", "3.0"),
        (("count = 3", "count = true"), 7, "printers[1].count", "a whole number", "true"),
        (("count = 3", 'serial = "3350187204"'), 12, "printers[2].serial", "of its own", "printers[1]"),
        (("count = 3", 'address = "127.0.0.77"'), 13, "printers[2].address", "of its own", "printers[1]"),
        (('"127.0.0.77"', '"127.0.0.777"'), 13, "printers[2].address", "an IPv4 address of one host", '"127.0.0.777"'),
        (('"127.0.0.77"', '"0.0.0.0"'), 13, "printers[2].address", "an IPv4 address of one host", '"0.0.0.0"'),
        (('"127.0.0.77"', "127"), 13, "printers[2].address", "an IPv4 address of one host", "127"),
        (('"mono-workgroup"', '"mono-workgruop"'), 11, "printers[2].model", 'the nearest is "mono-workgroup"', "gruop"),
        (('"mono-workgroup"', '"../models/nominal"'), 11, "printers[2].model", "the name of a model", "../models"),
        (('model = "mono-workgroup"\n', ""), 10, "printers[2].model", "the name of a model", "nothing"),
        (('"secret"', '""'), 14, "printers[2].community", "text in quotes of 1 to 255 characters", '""'),
        (('"power_on"', '"explode"'), 18, "printers[2].incidents[2].kind", "wake_up", '"explode"'),
        (('"power_off"', '"jump"'), 17, "printers[2].incidents[1].total", "a whole number", "nothing"),
        (('"power_off"', '"jump", totel = 3'), 17, "printers[2].incidents[1].totel", 'nearest is "total"', "unknown"),
        (("2026-02-01T09", "2025-02-01T09"), 17, "printers[2].incidents[1].at", "before the installation", "2025"),
        (("seed = 4", "count = 2"), 15, "printers[2].count", "1 where there is one serial", "2"),
        (("seed = 4", "seed = 4\nseed = 4"), 16, "the file", "TOML", "overwrite"),
        (("seed = 4", "seed 4"), 15, "the file", "TOML", "Expected '='"),
        (('"boss"', '"boss"\nauth = "md5"'), 21, "printers[2].users[1].auth_password", "beside auth", "nothing"),
        (('"meter"', f'"{33 * "m"}"'), 25, "users[1].name", "at most 32 octets", "mmm"),
        (('"sha256"', '"sha3"'), 26, "users[1].auth", 'one of "md5"', "not shown"),
        (('auth = "sha256"\n', ""), 24, "users[1].auth", "beside auth_password", "nothing"),
        (('"hidden as well"', '"hidden"'), 29, "users[1].priv_password", "of 8 to 255 characters", "not shown"),
        (('"hidden as well"', "1234567890"), 29, "users[1].priv_password", "text in quotes", "not shown"),
        (('priv = "aes128"\n', ""), 24, "users[1].priv", "beside priv_password", "nothing"),
        (('auth = "sha256"\nauth_password = "hidden from all"\n', ""), 24, "users[1].auth", "beside priv", "nothing"),
        (
            ('[[printers.users]]\nname = "boss"', '[[users]]\nname = "meter"'),
            25,
            "users[2].name",
            "of its own",
            "meter",
        ),
        (('"127.0.0.50"', '"127.255.255.255"'), 5, "printers[1]", "room for its printers", "none"),
    ],
)
def test_a_mistake_is_told_with_line_key_expected_and_found(
    tmp_path: Path, change: tuple[str, str], line: int, key: str, expected: str, found: str
) -> None:
    """Of a file that is right but for one thing."""
    assert len(read(tmp_path, GOOD)) == 4
    assert GOOD.count(change[0]) == 1
    with pytest.raises(TomlFileError) as raised:
        read(tmp_path, GOOD.replace(*change))
    error = raised.value
    assert (error.line, error.key or "the file") == (line, key)
    assert expected in error.expected
    assert found in error.found
    assert str(error) == f"{tmp_path / 'FLEET.toml'}:{line}: {key}: expected {error.expected}, found {error.found}"


@pytest.mark.parametrize("key", ["name", "auth", "auth_password", "priv", "priv_password"])
@pytest.mark.parametrize(
    "value", ['"hidden"', '"hidden\\u0000from everyone" ""', "[[0]]", '["hidden"]', '{hidden = "hidden"}']
)
def test_no_password_is_in_an_error_wherever_it_was_put(tmp_path: Path, key: str, value: str) -> None:
    """Too short, behind the wrong key, in the wrong brackets; of the values of users only a name is told."""
    assert len(read(tmp_path, GOOD)) == 4
    before, users = GOOD.rsplit("[[users]]", 1)
    text = before + "[[users]]" + re.sub(rf"^{key} = .*$", lambda _: f"{key} = {value}", users, flags=re.MULTILINE)
    error = mistake(lambda: read(tmp_path, text))
    assert text != GOOD
    assert "hidden" not in str(error)


def test_printers_have_their_own_users_or_the_fleets(tmp_path: Path) -> None:
    """None where the file names none; passwords are in the fleet's own file alone, which nobody else can read."""
    fleet = read(tmp_path, GOOD)
    assert [[user.name for user in printer.users] for printer in fleet] == [["meter"]] * 3 + [["boss"]]
    assert "hidden" not in repr(fleet.printers[0].users)
    assert [printer.users for printer in read(tmp_path, GOOD.partition("[[printers.users]]")[0])] == [()] * 4
    directory = FleetDirectory(tmp_path / "served")
    directory.path.mkdir()
    # What a crash left behind is no door.
    directory.fleet_path.with_suffix(".draft").touch(0o666)
    directory.create(fleet, AT).close()
    assert [printer.users for printer in directory.read()] == [printer.users for printer in fleet]
    assert stat.S_IMODE(directory.fleet_path.stat().st_mode) == 0o600
    directory.write(fleet)
    assert stat.S_IMODE(directory.fleet_path.stat().st_mode) == 0o600


ODD = ["[", "]", "{", '"', "'", "=", "\n", ".", "-", "#", "\x00", "\u202e", "9" * 5000, "[" * 3000, "\\", "é", "nan"]
VALUES = ["-1", "0", "1.5", "1e999", "true", '"x"', "[]", "{}", "[[1]]", "{a = 1}", "2026-01-05", "10:00:00"]
cuts = st.tuples(st.integers(0, 2_000), st.integers(0, 40), st.one_of(st.sampled_from(ODD), st.text(max_size=5)))
values = st.sampled_from([*VALUES, "9999-12-31T23:59:59-12:00"])


def mutated(text: str, edits: list[tuple[int, int, str]], value: str | None, place: int) -> str:
    """Cut parts out of a text and put others in; give another value to one of its keys."""
    if value is not None:
        lines = text.split("\n")
        place %= len(lines)
        name, equals, _ = lines[place].partition("=")
        lines[place] = f"{name}={value}" if equals else lines[place]
        text = "\n".join(lines)
    for somewhere, length, instead in edits:
        start = somewhere % (len(text) + 1)
        text = text[:start] + instead + text[start + length :]
    return text.encode("utf-8", "replace").decode()


def mistake(reading: Callable[[], object]) -> TomlFileError | None:
    """Return our error, if reading meets one; any other escapes."""
    try:
        reading()
    except TomlFileError as error:
        return error
    return None


mutations = st.tuples(st.lists(cuts, max_size=3), st.none() | values, st.integers(0, 10_000))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(mutations)
def test_any_mutation_of_a_fleet_is_read_or_told(
    tmp_path: Path, mutation: tuple[list[tuple[int, int, str]], str | None, int]
) -> None:
    """With the file and a line that it has; never with a traceback."""
    text = mutated(GOOD, *mutation)
    error = mistake(lambda: read(tmp_path, text))
    assert error is None or A_MISTAKE.fullmatch(str(error))
    assert error is None or 1 <= error.line <= max(len(text.splitlines()), text.count("\n") + 1)


@settings(deadline=None)
@given(st.sampled_from(model_names()), mutations)
def test_any_mutation_of_a_model_is_read_or_told(
    name: str, mutation: tuple[list[tuple[int, int, str]], str | None, int]
) -> None:
    """The same for models."""
    text = mutated((MODELS / f"{name}.toml").read_text(encoding="utf-8"), *mutation)
    error = mistake(lambda: parse_model(name, text))
    assert error is None or A_MISTAKE.fullmatch(str(error))


@pytest.mark.parametrize("name", model_names())
def test_every_place_of_a_model_is_on_its_line(name: str) -> None:
    """In arrays and tables of one line or of many, whatever stands between them."""
    text = (MODELS / f"{name}.toml").read_text(encoding="utf-8")
    lines = text.splitlines()
    file = TomlFile(name, text)
    for table in some({"meters", "supplies", "devices"} & file.data.keys()):
        for number, row in some(enumerate(file.data[table])):
            line = lines[file.error((table, number), "").line - 1]
            assert (row.get("name") or row["description"].partition("\x00")[0]) in line
    for table in ("per_weekday", "start"):
        for stream in some(file.data["usage"][table]):
            line_number = file.error(("usage", table, stream), "").line
            assert lines[line_number - 1].startswith(stream)
            assert f"[usage.{table}]" in lines[:line_number]


def test_nothing_is_written_before_the_whole_file_is_valid(tmp_path: Path) -> None:
    """Neither the fleet nor the clock, and what was there before stays as it was."""
    path, clock = tmp_path / "FLEET.toml", tmp_path / "served" / "clock"
    clock.parent.mkdir()
    path.write_text(FLEET, encoding="utf-8")
    app = build_app(lambda: AT, lambda: lambda tick: tick())
    result = CliRunner().invoke(app, ["serve", str(path), "--clock", str(clock)])
    assert result.exit_code == 2
    assert "incidents[2].at" in "".join(result.stderr.split())
    assert list(clock.parent.iterdir()) == []


def table_of(kind: type[Struct]) -> Iterator[str]:
    """Yield the rows of the documentation that the keys of a table call for."""
    table = inspect.type_info(kind)
    assert isinstance(table, inspect.StructType)
    if table.tag_field:
        yield f"| `{table.tag_field}` | {expected_kinds()} | | needed | what happens |"
    for field in some(table.fields):
        assert isinstance(field.type, inspect.Metadata)
        extra = field.type.extra or {}
        description = (field.type.extra_json_schema or {})["description"]
        expected, unit = expected_at(kind, {}, [field.encode_name]), unit_of(field.type)
        default = "needed" if field.required else extra.get("default") or spelled(field.default)
        yield f"| `{field.encode_name}` | {expected} |{unit} | {default} | {description} |"


def expected_kinds() -> str:
    """Return the words for the kinds of incidents."""
    return "one of " + ", ".join(f'"{kind}"' for kind in sorted(KINDS))


def unit_of(kind: inspect.Type) -> str:
    """Return the unit that a key or its type names."""
    members = kind.types if isinstance(kind, inspect.UnionType) else ()
    if isinstance(kind, inspect.Metadata):
        if kind.extra and "unit" in kind.extra:
            return f" {kind.extra['unit']}"
        members = (kind.type,)
    return next(filter(None, map(unit_of, members)), "")


def spelled(default: Any) -> str:
    """Return a default as the file would say it."""
    if default is NODEFAULT or default == ():
        return "none"
    return f'`"{default}"`' if isinstance(default, str) else f"`{default}`"


@pytest.mark.parametrize("kind", [FleetKeys, PrinterKeys, UserKeys, *IncidentKeys.__subclasses__()])
def test_the_documentation_has_every_key_with_type_unit_and_default(kind: type[Struct]) -> None:
    """Each row of docs/fleet-file.md is what the schema says."""
    page = (ROOT / "docs" / "fleet-file.md").read_text(encoding="utf-8").splitlines()
    rows = [row for row in table_of(kind) if not row.startswith(("| `kind`", "| `at`"))]
    if issubclass(kind, IncidentKeys):
        tag = str(kind.__struct_config__.tag)
        rows = [f"| `{tag}` {row}" for row in rows] or [f"| `{tag}` | | | | | |"]
    assert [row for row in rows if row not in page] == []


def test_the_documentation_has_no_other_key() -> None:
    """Its tables are these and nothing else."""
    page = (ROOT / "docs" / "fleet-file.md").read_text(encoding="utf-8").splitlines()
    known = {row for kind in (FleetKeys, PrinterKeys, UserKeys) for row in table_of(kind)} | set(table_of(IncidentKeys))
    for kind in IncidentKeys.__subclasses__():
        rows = [row for row in table_of(kind) if not row.startswith(("| `kind`", "| `at`"))]
        tag = str(kind.__struct_config__.tag)
        known |= {f"| `{tag}` {row}" for row in rows} or {f"| `{tag}` | | | | | |"}
    assert {row for row in page if row.startswith("| `")} == known
