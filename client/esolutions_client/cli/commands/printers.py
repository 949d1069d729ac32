"""Commands that talk to printers: read, discover, poll."""

from __future__ import annotations

import logging
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_client.cli.asking import ask
from esolutions_client.cli.console.output import print_json, say
from esolutions_client.cli.console.tables import print_table
from esolutions_client.errors import UsageError
from esolutions_client.snmp.ports import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from esolutions_client.cli.console.progress import ProgressBar
    from esolutions_client.cli.session import Session
    from esolutions_client.readings import PrinterReading
    from esolutions_client.snmp.rows.identify import Identified

__all__ = ["add_to", "show_reading", "split_host"]

_LOG = logging.getLogger(__name__)

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Community = Annotated[str, typer.Option(help="SNMP community.")]
_Version = Annotated[str, typer.Option(help="1, 2c or 3.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    app.command()(read)
    app.command()(discover)
    app.command()(poll)


def read(
    context: typer.Context,
    host: Annotated[str | None, typer.Argument(metavar="HOST[:PORT]")] = None,
    *,
    from_walk: Annotated[Path | None, typer.Option(help="Replay a .snmprec or `snmpwalk -On` file.")] = None,
    community: _Community = "public",
    snmp_version: _Version = "2c",
    timeout: Annotated[float, typer.Option(min=0.05, help="Seconds to wait for each answer.")] = 2.0,
    retries: Annotated[int, typer.Option(min=0, help="How often to ask again.")] = 1,
    device: Annotated[
        int | None, typer.Option(min=0, metavar="INDEX", help="Which of several printers there (hrDeviceIndex).")
    ] = None,
    json: _Json = False,
) -> None:
    """Read one printer and store nothing; of several at one address the first, or the one at an hrDeviceIndex."""
    from esolutions_client.snmp.read_once import meet_printer, meet_walk

    session: Session = context.obj
    if (host is None) == (from_walk is None):
        raise UsageError("give either HOST[:PORT] or --from-walk FILE")
    if from_walk is not None:
        found = meet_walk(from_walk, now=session.now, device_index=device)
    else:
        name, port = split_host(host or "")
        target = Target(
            name,
            port,
            version=_version(snmp_version),
            community=community,
            timeout_seconds=timeout,
            retries=retries,
            device_index=device,
        )
        found = meet_printer(session.printers, target, now=session.now)
    _tell_of_others(found, host or str(from_walk))
    reading = found.reading
    if json:
        print_json(reading.as_json())
    else:
        show_reading(reading)


def discover(
    context: typer.Context,
    targets: Annotated[list[str], typer.Argument(metavar="TARGET...", help="Hosts, CIDR, ranges a.b.c.d-e.")],
    *,
    exclude: Annotated[list[str] | None, typer.Option(help="Targets to leave out.")] = None,
    community: _Community = "public",
    snmp_version: _Version = "2c",
    port: Annotated[int, typer.Option(min=1, max=65535, help="SNMP port of the printers.")] = 161,
    timeout: Annotated[float, typer.Option(min=0.05)] = 1.0,
    retries: Annotated[int, typer.Option(min=0)] = 1,
    json: _Json = False,
) -> None:
    """Find printers and list them; none of them is registered.

    Ends with 1 where something answered that could not be read.
    """
    from esolutions_client.cli.commands.search import search_json, show_search
    from esolutions_client.cli.console.progress import ProgressBar
    from esolutions_client.service.printers.addresses.searches import Searched
    from esolutions_client.service.printers.discovery import find_printers
    from esolutions_client.service.printers.printer_state import SnmpTimeouts
    from esolutions_client.snmp.search.discovery import expand_targets

    session: Session = context.obj
    specs, port = _with_port(targets, port)
    searched = Searched(tuple(specs), tuple(exclude or ()), port, community, _version(snmp_version))
    asked = sum(1 for _ in expand_targets(searched.targets, searched.exclude))
    with ProgressBar(stays=True) as bar:
        report = find_printers(
            session.store,
            session.printers,
            session.identity,
            searched,
            now=session.now,
            timeouts=SnmpTimeouts(timeout, retries),
            prober=session.prober,
            on_progress=_shown_by(bar, asked),
        )
    if json:
        print_json(search_json(report))
    else:
        show_search(report)
    if report.unreadable:
        raise typer.Exit(1)


def poll(context: typer.Context, *, json: _Json = False) -> None:
    """Read the meters of all registered printers now."""
    session: Session = context.obj
    document = ask(session, "poll", {})
    answered, silent = document["answered"], document["silent"]
    if json:
        print_json(document)
    elif not answered and not silent:
        say("no printer is registered yet: run `esolutions-client discover` and `register`")
    else:
        say(f"{len(answered)} printers answered" + "".join(f"; {serial} does not answer" for serial in silent))


def split_host(text: str, default_port: int = 161) -> tuple[str, int]:
    """Split HOST[:PORT]; an IPv6 address with a port is written [address]:port.

    Raises:
        UsageError: the port is no port.
    """
    host, colon, port = text.rpartition(":")
    if not colon or text.endswith("]") or (":" in host and not host.startswith("[")):
        return text.strip("[]"), default_port
    if not port.isascii() or not port.isdecimal() or not 0 < int(port) < 65536 or not host:
        raise UsageError(f"{text!r} is not HOST[:PORT]: the port is a number from 1 to 65535")
    return host.strip("[]"), int(port)


def show_reading(reading: PrinterReading) -> None:
    """Print a reading as two tables."""
    say(f"{reading.vendor or 'unknown maker'} {reading.model or ''}  serial {reading.serial_number or 'unknown'}")
    if reading.conditions:
        say(f"it says: {', '.join(reading.conditions)}")
    print_table(
        ["METER", "VALUE", "UNIT", "SOURCE"],
        [(meter.name, meter.value, meter.unit, meter.source) for meter in reading.meters],
        empty="it shows no meters",
    )
    print_table(
        ["SUPPLY", "STATE", "PERCENT", "LEVEL", "CAPACITY", "UNIT"],
        [(s.name, s.state, s.percent_in_words, s.level, s.capacity, s.unit) for s in reading.supplies],
        empty="it shows no supplies",
    )


def _tell_of_others(found: Identified, place: str) -> None:
    """Say on stderr that further printers answer at an address, and how they are read."""
    for index, serial in found.others.items():
        _LOG.warning(
            "another printer, %s, answers at %s: read it with --device %d", serial or "no serial", place, index
        )


def _version(text: str) -> str:
    if text not in {"1", "2c", "3"}:
        raise UsageError(f"--snmp-version is {text!r}: give 1, 2c or 3")
    return text


def _with_port(targets: list[str], port: int) -> tuple[list[str], int]:
    """Take `127.0.0.10:1161` as well: the port of one target is the port of all."""
    specs = []
    for target in targets:
        spec, found = split_host(target, port)
        specs.append(spec)
        port = found
    return specs, port


def _shown_by(bar: ProgressBar, total: int) -> Callable[[int, int], None]:
    """Return what shows how far a search is."""
    return lambda asked, found: bar.show(f"{asked} of {total} addresses asked, {found} printers found", asked / total)
