"""A client of another making lives a year in virtual time, beside our own."""

from __future__ import annotations

import os
import random
import re
import subprocess
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.story_runner import open_testbed
from esolutions_scenarios.testbed.office import ACCOUNT, KEY_USER, ONE_HOUR, START, enrol, old_fleet, open_account
from esolutions_server.admin.running_testbed import RunningTestbed
from esolutions_server.client import TestbedClient
from esolutions_server.domain.policy import Policy
from esolutions_server.domain.verification import Count, Follows, Matcher, Rate
from esolutions_server.http.serving import RunningServer
from esolutions_server.service.people.enrolment import EquipmentRow
from esolutions_server.testbed.opening import open_instrument
from esolutions_server.testbed.routes import NamespacedApplication
from tests.support.seen import some

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_server.service.people.administration import Administration
    from esolutions_server.testbed.instrument import Instrument
    from tests.support.system import Require

YEAR = timedelta(days=365)
HERE = Path(__file__).parent
Row = tuple[datetime, str | None, int, int, str]


@pytest.mark.wire
@pytest.mark.slow
def test_a_year_of_a_foreign_client_is_a_year_of_ours(
    pytestconfig: pytest.Config, tmp_path: Path, require: Require
) -> None:
    """An unmodified program on libfaketime, over HTTPS: the same messages at the same virtual times, and 12 bills."""
    require("faketime")
    node, npm = require("node"), require("npm")
    own, serial = _own_year(tmp_path)
    _install(npm, pytestconfig.rootpath / "docs" / "clients" / "node.md", tmp_path)
    folder = tmp_path / "foreign"
    folder.mkdir()
    instrument = open_instrument(
        "sqlite://", folder, real=lambda: START, rng=random.Random(1), policy=Policy(), sqlite_synchronous="OFF"
    )
    listener = RunningServer(NamespacedApplication(instrument), data_dir=folder)
    with RunningTestbed(instrument, listener, is_strict=True) as running:
        environment = {
            "PATH": os.environ["PATH"],
            "LD_PRELOAD": _libfaketime(),
            "FAKETIME_TIMESTAMP_FILE": str(folder / "faketime"),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "TZ": "UTC",
            "NODE_EXTRA_CA_CERTS": str(listener.ca_file),
            "URL": listener.url,
            "SERIAL": serial,
            "SYNC_AT": f"{own[2][0]:%H:%M:%S}",
            "METERS": "Total Impressions,Black Impressions",
        }
        with TestbedClient(running.admin_url, running.admin_token) as testbed:
            testbed.freeze(START)
            _live(testbed, instrument, [node, "year.js"], environment, tmp_path, own)
            once = Follows(Matcher("SyncProxyStatus"), Matcher("TurnOn"), ONE_HOUR, then_never=True, per="device")
            bills = Count(Matcher("SubmitBillingTransaction"), 12, 12)
            verdicts = testbed.verify(once, bills, Rate(Matcher("SyncProxy"), 1, timedelta(hours=20)))
    administration = instrument.default.server.administration
    assert all(verdict.passed for verdict in some(verdicts)), "\n".join(map(str, verdicts))
    assert _rows(administration) == own
    instrument.close()


def _own_year(tmp_path: Path) -> tuple[list[Row], str]:
    """Return what a server saw of a year of our client with one printer, and the printer's serial number."""
    (tmp_path / "own").mkdir()
    bed = open_testbed(Setting(fleet=old_fleet(1, "nominal"), start=START), "memory", seed=1, folder=tmp_path / "own")
    serial = bed.fleet.printers[0].serial
    open_account(bed, {serial: "monthly"})
    office = bed.install()
    office.discover(bed.fleet.addresses)
    enrol(bed, office, [serial])
    bed.run_for(START + YEAR - bed.now)
    rows = _rows(bed.administration)
    bed.close()
    return rows, serial


def _install(npm: str, page: Path, folder: Path) -> None:
    """Put the client of the page, what it needs, and the program that runs it into a folder."""
    program = re.search(
        r"^`client\.js`:\n\n```js\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert program is not None
    (folder / "client.js").write_text(program[1], encoding="utf-8")
    (folder / "year.js").write_text((HERE / "year.js").read_text(encoding="utf-8"), encoding="utf-8")
    packages = ["soap", "@xmldom/xmldom", "xml-crypto"]
    command = [npm, "install", "--silent", "--no-fund", "--no-audit", *packages]
    subprocess.run(command, cwd=folder, check=True, timeout=120)


def _live(
    testbed: TestbedClient,
    instrument: Instrument,
    command: list[str],
    environment: dict[str, str],
    folder: Path,
    own: list[Row],
) -> None:
    """Let the program run, and move the clock to each time at which our client called."""
    administration = instrument.default.server.administration
    serial = environment["SERIAL"]
    with subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True) as program:
        said = _lines(program)
        assert next(said) == "registered"
        administration.add_account(ACCOUNT, KEY_USER)
        installed_on = (START - timedelta(days=180)).date()
        administration.import_equipment([EquipmentRow(serial, installed_on, ACCOUNT, KEY_USER, "monthly", 1, "UTC")])
        testbed.set_clock(START + ONE_HOUR)
        administration.sign_up(serial)
        for moment in some(sorted({row[0] for row in own if row[1] == "SyncProxy"})):
            testbed.set_clock(moment)
            assert next(said) == f"{moment:%Y-%m-%dT%H:%M:%SZ}"
        program.terminate()


def _lines(program: subprocess.Popen[str]) -> Iterator[str]:
    assert program.stdout is not None
    for line in program.stdout:
        yield line.strip()


def _rows(administration: Administration) -> list[Row]:
    """Return what a server saw: when, what, about how many devices both ways, with what outcome."""
    exchanges = administration.every.journal()
    return [(row.moment, row.operation, row.devices_in, row.devices_out, row.outcome) for row in some(exchanges)]


def _libfaketime() -> str:
    """Return the library, which comes with the program of that name."""
    (found,) = some(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))
    return str(found)
