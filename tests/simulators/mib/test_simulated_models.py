"""Every model is a whole printer, and each quirk is one."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

import esolutions_simulators
from esolutions_simulators.mib.encoded import Encoded
from esolutions_simulators.mib.row import oid_key
from esolutions_simulators.mib.site import Site
from esolutions_simulators.models import ModelError, load_model, model_names
from esolutions_simulators.models.parser import parse_model
from esolutions_simulators.models.schema import QUIRKS
from esolutions_simulators.printers.agent import SimulatedAgent
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.toml_files.toml_file import TomlFileError
from tests.support.seen import some

# DOMAIN of a reader: what any printer is asked for, as the beginnings of names.
EVERY_PRINTER_HAS = (
    *(f"1.3.6.1.2.1.1.{n}.0" for n in range(1, 7)),
    "1.3.6.1.2.1.25.3.2.1.2",
    "1.3.6.1.2.1.25.3.2.1.3",
    "1.3.6.1.2.1.25.3.2.1.5",
    "1.3.6.1.2.1.25.3.5.1.1",
    "1.3.6.1.2.1.25.3.5.1.2",
    "1.3.6.1.2.1.43.5.1.1.17",
    "1.3.6.1.2.1.43.10.2.1.3",
    "1.3.6.1.2.1.43.10.2.1.4",
    *(f"1.3.6.1.2.1.43.11.1.1.{n}" for n in range(3, 10)),
    "1.3.6.1.2.1.43.12.1.1.4",
)
XEROX_HAS = ("1.3.6.1.4.1.253.8.51.1.2.1.20.1", "1.3.6.1.4.1.253.8.53.3.2.1.3", "1.3.6.1.4.1.253.8.53.13.2.1.6")
NOMINAL_METERS = {"Total Impressions", "Black Impressions", "Color Impressions", "Large Impressions", "Fax Impressions"}
NOMINAL_SUPPLIES = {b"Black Toner", b"Cyan Toner", b"Magenta Toner", b"Yellow Toner", b"Transfer Belt"}


def walk(printer: SimulatedPrinter) -> dict[str, Any]:
    """Return every row of a printer on the day of its installation, by name."""
    return {oid: value for oid, _, value in SimulatedAgent(printer).rows_at(printer.installed_at.timestamp())}


@pytest.mark.parametrize("name", model_names())
def test_a_model_has_every_row_that_a_reader_asks_for(name: str, make_printer: Callable[..., SimulatedPrinter]) -> None:
    """Each row is there, unless the model says that it is missing."""
    model = load_model(name)
    rows = walk(make_printer(name))
    for prefix in EVERY_PRINTER_HAS:
        is_left_out = prefix in model.missing or (
            prefix.endswith(".43.5.1.1.17") and "printer-mib" not in model.serial_in
        )
        assert any(f"{oid}.".startswith(f"{prefix}.") for oid in rows) is not is_left_out, prefix


@pytest.mark.parametrize("name", ["nominal", "colour-a3-mfp", "mono-workgroup", "fuji-xerox"])
def test_a_xerox_model_has_its_own_rows(name: str, make_printer: Callable[..., SimulatedPrinter]) -> None:
    """IEEE 1284 id, Xerox serial number and meters; the two serial numbers are one."""
    rows = walk(make_printer(name))
    for prefix in XEROX_HAS:
        assert any(oid.startswith(prefix) for oid in rows), prefix
    assert rows["1.3.6.1.4.1.253.8.53.3.2.1.3.1"] == rows["1.3.6.1.2.1.43.5.1.1.17.1"] == b"ABC123456"


@pytest.mark.parametrize("name", model_names())
def test_rows_are_sorted_and_each_is_there_once(name: str, make_printer: Callable[..., SimulatedPrinter]) -> None:
    """The order is that of SNMP, number by number."""
    keys = [oid_key(oid) for oid in walk(make_printer(name))]
    assert keys == sorted(set(keys))


@pytest.mark.parametrize("name", [name for name in model_names() if load_model(name).lifetime_meters])
def test_each_meter_has_a_name_beside_its_value(name: str, make_printer: Callable[..., SimulatedPrinter]) -> None:
    """Column 8 names what column 6 counts."""
    rows = walk(make_printer(name))
    model = load_model(name)
    for meter in some(model.lifetime_meters):
        assert rows[meter.name_oid] == meter.name.encode(model.encoding)
        assert isinstance(rows[meter.value_oid], int)


def test_the_nominal_model_is_what_the_published_sizes_say(make_printer: Callable[..., SimulatedPrinter]) -> None:
    """Five lifetime meters and no other, five supplies in sheets, nothing said of a rollover."""
    rows = walk(make_printer("nominal"))
    meters = {value.decode() for oid, value in rows.items() if oid.startswith("1.3.6.1.4.1.253.8.53.13.2.1.8.")}
    supplies = {value for oid, value in rows.items() if oid.startswith("1.3.6.1.2.1.43.11.1.1.6.")}
    details = [oid for oid in rows if oid.startswith("1.3.6.1.4.1.253.8.53.13.2.1.")]
    assert meters == NOMINAL_METERS
    assert supplies == NOMINAL_SUPPLIES
    assert all(oid.split(".")[-2] == "20" for oid in some(details))
    assert {value for oid, value in rows.items() if oid.startswith("1.3.6.1.2.1.43.11.1.1.7.")} == {8}


@pytest.mark.parametrize("name", model_names())
def test_the_customers_own_values_are_canaries(name: str, make_printer: Callable[..., SimulatedPrinter]) -> None:
    """Name, place, contact and hardware address are there to be found wherever they leak, and nowhere else here."""
    printer = make_printer(name)
    rows = walk(printer)
    site = Site.invented(7)
    customers = ("1.3.6.1.2.1.1.4.0", "1.3.6.1.2.1.1.5.0", "1.3.6.1.2.1.1.6.0")
    assert [rows[oid] for oid in customers] == [t.encode() for t in (site.contact, site.host_name, site.location)]
    assert set(printer.canaries) == set(site.canaries)
    assert rows.get("1.3.6.1.2.1.2.2.1.6.1") in {None, site.hardware_address}
    assert {site.hardware_address, site.hardware_address.hex(":").upper().encode()} <= set(printer.canary_octets)
    theirs = {*customers, *(oid for oid in rows if oid.startswith("1.3.6.1.2.1.43.5.1.1."))}
    for oid in set(rows) - theirs:
        assert not isinstance(rows[oid], bytes) or b"anary" not in rows[oid]


def test_every_quirk_is_some_models() -> None:
    """No quirk is known that no printer shows."""
    assert {quirk for name in model_names() for quirk in load_model(name).quirks} == set(QUIRKS)


def test_every_quirk_is_acted_on() -> None:
    """Some line asks for each quirk, beside the one that describes it: it is more than a word."""
    package = Path(esolutions_simulators.__file__).parent
    code = "".join(module.read_text(encoding="utf-8") for module in package.rglob("*.py"))
    assert {quirk for quirk in QUIRKS if code.count(f'"{quirk}"') < 2} == set()


def test_a_model_is_asked_for_by_a_name_that_exists() -> None:
    """The error says which names there are."""
    with pytest.raises(ModelError, match="nominal"):
        load_model("no-such-printer")


GOOD: dict[str, Any] = {
    "title": "T",
    "vendor": "v",
    "serial_shape": "9",
    "system_description": "d",
    "system_object_id": "1.3",
    "devices": [{"index": 1, "role": "printer", "description": "p"}],
    "supplies": [{"index": 1, "description": "Toner", "kind": 3, "count": "total", "capacity": 100}],
    "usage": {"hours": [1] * 24, "per_weekday": {"printed_black": [1, 2]}, "start": {}},
}


def spelled(value: Any) -> str:
    """Write a value as TOML has it on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {spelled(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(spelled, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def toml(data: dict[str, Any]) -> str:
    """Write the keys that have a value, a line each."""
    return "\n".join(f"{key} = {spelled(value)}" for key, value in data.items() if value is not None)


@pytest.mark.parametrize(
    "change",
    [
        {"title": None, "colour": True},
        {"quirks": ["sings"]},
        {"quirks": ["too-big"]},
        {"device_index": 2},
        {"meters": [{"device": 1, "type": 20, "n": 1, "name": "Total", "count": "pages"}]},
        {"meters": [{"device": 9, "type": 20, "n": 1, "name": "Total", "count": "total"}]},
        {"supplies": [{"index": 1, "description": "Toner"}]},
        {"supplies": [{**GOOD["supplies"][0], "report": "soon"}]},
        {"supplies": [{**GOOD["supplies"][0], "refill_below": 100}]},
        {"system_description": "\u20ac"},
        {"usage": {**GOOD["usage"], "per_weekday": {"dreamt": [1, 2]}}},
        {"usage": {**GOOD["usage"], "per_weekday": {"printed_black": [10, 20], "sheets": [21, 30]}}},
        {"usage": {**GOOD["usage"], "start": {"copied_color": [10, 20], "sheets": [1, 4]}}},
    ],
)
def test_a_file_that_describes_no_printer_is_refused(change: dict[str, Any]) -> None:
    """Unknown words, missing rows and numbers that do not fit are errors that name the model."""
    assert parse_model("good", toml(GOOD)).title == "T"
    with pytest.raises(TomlFileError, match=r"^bad\.toml:\d+: \S+: expected .+, found .+"):
        parse_model("bad", toml({**GOOD, **change}))


def test_texts_may_hold_nuls_and_latin_1(make_printer: Callable[..., SimulatedPrinter], installed_at: datetime) -> None:
    """The odd texts reach the wire as the octets a printer would send."""
    rows = walk(make_printer("quirk-odd-text"))
    assert rows["1.3.6.1.2.1.25.3.2.1.3.1"] == b"Imprimante Xerox Phaser 6360DN (r\xe9seau)\x00"
    assert rows["1.3.6.1.2.1.43.11.1.1.6.1.5"] == b""


def test_a_model_may_give_values_as_octets(make_printer: Callable[..., SimulatedPrinter]) -> None:
    """They stand in the place of what would be there, or where nothing would; all other values are plain."""
    rows = walk(make_printer("quirk-odd-encoding"))
    given = dict(load_model("quirk-odd-encoding").encoded)
    uptime = "1.3.6.1.2.1.1.3.0"
    assert {oid: value.octets for oid, value in rows.items() if isinstance(value, Encoded)} == {
        **given,
        uptime: bytes.fromhex("43 04 00 00 00 00"),
    }


def test_octets_that_are_none_are_no_model() -> None:
    """A mistake in a model's file is told when it is read."""
    with pytest.raises(TomlFileError, match="octets in hexadecimal"):
        parse_model("odd", toml({**GOOD, "encoded": [{"oid": "1.3", "octets": "xyz"}]}))


@pytest.mark.parametrize(
    ("name", "charset", "supply"), [("quirk-gbk", 113, "感光鼓"), ("quirk-roman8", 2004, "Unité tambour noir")]
)
def test_a_model_declares_the_character_set_that_its_texts_are_in(
    name: str, charset: int, supply: str, make_printer: Callable[..., SimulatedPrinter]
) -> None:
    """Its current localization is the second of two; the first is plain ASCII."""
    rows = walk(make_printer(name))
    assert (rows["1.3.6.1.2.1.43.5.1.1.2.1"], rows["1.3.6.1.2.1.43.5.1.1.10.1"]) == (2, 2)
    assert (rows["1.3.6.1.2.1.43.7.1.1.4.1.1"], rows["1.3.6.1.2.1.43.7.1.1.4.1.2"]) == (3, charset)
    names = {value for oid, value in rows.items() if oid.startswith("1.3.6.1.2.1.43.11.1.1.6.")}
    assert supply.encode(load_model(name).encoding) in names
