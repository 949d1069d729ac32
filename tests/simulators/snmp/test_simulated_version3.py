"""net-snmp's own tools read printers by version 3 on real UDP, at every level and with every protocol."""

import subprocess
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from esolutions_simulators.cli import build_app
from esolutions_simulators.fleets.directory import FleetDirectory
from esolutions_simulators.fleets.fleet_file import load_fleet
from esolutions_simulators.snmp import EngineName, PrinterServer
from esolutions_simulators.usm.users import AUTH_PROTOCOLS, PRIV_PROTOCOLS
from tests.support.system import Require

pytestmark = pytest.mark.wire

AT = datetime.fromisoformat("2026-01-05T08:00:00+00:00")
AUTH_PASSWORD, PRIV_PASSWORD = "proves who speaks", "hides what is said"
SERIAL = ".1.3.6.1.2.1.43.5.1.1.17.1"
# What snmpget calls the protocols.
AUTH = {"md5": "MD5", "sha": "SHA", "sha224": "SHA-224", "sha256": "SHA-256", "sha384": "SHA-384", "sha512": "SHA-512"}
PRIV = {"des": "DES", "aes128": "AES", "aes192": "AES-192", "aes256": "AES-256"}
COMBINATIONS: list[tuple[str | None, str | None]] = [
    (None, None),
    *((auth, None) for auth in AUTH_PROTOCOLS),
    *((auth, priv) for auth in AUTH_PROTOCOLS for priv in PRIV_PROTOCOLS),
]


def fleet_file() -> str:
    """Return a fleet of two printers whose users have every combination of protocols."""
    lines = ["installed_at = 2026-01-05T08:00:00Z", "[[printers]]", 'model = "nominal"', "count = 2"]
    for auth, priv in COMBINATIONS:
        lines += ["[[users]]", f'name = "{auth} {priv}"']
        lines += [f'auth = "{auth}"', f'auth_password = "{AUTH_PASSWORD}"'] if auth else []
        lines += [f'priv = "{priv}"', f'priv_password = "{PRIV_PASSWORD}"'] if priv else []
    return "\n".join(lines)


class Tools:
    """net-snmp's snmpget, asking the first printer of a fleet for its serial number."""

    def __init__(self, program: str, directory: FleetDirectory, server: PrinterServer) -> None:
        self.program, self.directory, self.server = program, directory, server
        self.serials = [printer.serial for printer in directory.read()]

    def get(
        self,
        auth: str | None,
        priv: str | None,
        *,
        auth_password: str = AUTH_PASSWORD,
        priv_password: str = PRIV_PASSWORD,
        name: str | None = None,
        level: str | None = None,
        printer: int = 0,
        wait_s: int = 10,
    ) -> str:
        """Return what it prints."""
        wanted = "authPriv" if priv else "authNoPriv" if auth else "noAuthNoPriv"
        command = [
            self.program,
            "-v3",
            f"-t{wait_s}",
            "-r0",
            "-Oqv",
            "-u",
            name or f"{auth} {priv}",
            "-l",
            level or wanted,
        ]
        command += ["-a", AUTH[auth], "-A", auth_password] if auth else []
        command += ["-x", PRIV[priv], "-X", priv_password] if priv else []
        command += [f"{self.server.addresses[printer]}:{self.server.port}", SERIAL]
        done = subprocess.run(command, capture_output=True, text=True, check=False, env={"MIBS": "", "PATH": ""})
        return done.stdout.strip().strip('"') or done.stderr.strip()


@pytest.fixture(scope="module")
def served(
    tmp_path_factory: pytest.TempPathFactory, engine: EngineName
) -> Iterator[tuple[FleetDirectory, PrinterServer]]:
    """Serve the fleet to all tests of this file."""
    folder = tmp_path_factory.mktemp("version3")
    (folder / "FLEET.toml").write_text(fleet_file(), encoding="utf-8")
    directory = FleetDirectory(folder / "served")
    directory.create(load_fleet(folder / "FLEET.toml", installed_at=AT), AT + timedelta(hours=3)).close()
    with PrinterServer(directory, port=0, engine=engine) as server:
        yield directory, server
        server.check()
        for log in server._logs:
            said = log.read_text()
            assert not any(word in said for word in (AUTH_PASSWORD, PRIV_PASSWORD, "Traceback"))


@pytest.fixture
def tools(served: tuple[FleetDirectory, PrinterServer], require: Require) -> Tools:
    """Find snmpget."""
    return Tools(require("snmpget"), *served)


@pytest.mark.parametrize(("auth", "priv"), COMBINATIONS)
def test_snmpget_reads_a_printer_by_version_3(tools: Tools, auth: str | None, priv: str | None) -> None:
    """Neither, one or both, with every protocol that net-snmp has."""
    assert tools.get(auth, priv) == tools.serials[0]


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"auth_password": "somebody else's"}, "Authentication failure"),
        # net-snmp drops what it cannot decrypt, and so do we.
        ({"priv_password": "somebody else's"}, "Timeout"),
        ({"name": "a stranger"}, "Unknown user name"),
        ({"level": "authNoPriv"}, "authorizationError"),
        ({"name": "sha None"}, "Unsupported security level"),
        ({"name": "None None"}, "Unsupported security level"),
    ],
)
def test_snmpget_is_told_what_is_wrong(tools: Tools, wrong: dict[str, str], said: str) -> None:
    """By what the RFC has reported, or by silence."""
    wait_s = 1 if said == "Timeout" else 10
    assert said in tools.get("sha", "aes128", wait_s=wait_s, **wrong)  # type: ignore[arg-type]  # all others are texts


def test_a_restart_is_noticed_and_read_through(tools: Tools) -> None:
    """The engine has booted once more; the manager finds out and goes on."""
    fleet = tools.directory.read()
    fleet.printers[1].power_off(AT + timedelta(hours=4))
    fleet.printers[1].power_on(AT + timedelta(hours=5))
    tools.directory.write(fleet)
    with tools.directory.clock() as clock:
        for hours, said in ((3, tools.serials[1]), (4, "Timeout"), (5, tools.serials[1])):
            clock.set(AT + timedelta(hours=hours))
            assert said in tools.get("sha", "aes128", printer=1, wait_s=1 if said == "Timeout" else 10)
        clock.set(AT + timedelta(hours=3))


def test_serve_says_no_password(tmp_path: Path) -> None:
    """Neither in its lines nor in complaints."""
    (tmp_path / "FLEET.toml").write_text(fleet_file(), encoding="utf-8")
    app = build_app(lambda: AT, lambda: lambda tick: tick())
    result = CliRunner().invoke(app, ["serve", str(tmp_path / "FLEET.toml"), "--port", "0"])
    assert result.exit_code == 0
    assert len(result.stdout.splitlines()) == 2
    assert AUTH_PASSWORD not in result.output
    assert PRIV_PASSWORD not in result.output
