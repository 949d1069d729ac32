"""Commands that change something: register, sync, run, enable, disable, retire, accept."""

from __future__ import annotations

import logging
import signal
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_client.cli.asking import ask
from esolutions_client.cli.console.output import print_json, say, timestamp
from esolutions_client.cli.daemon import work
from esolutions_client.errors import ClientError, StoreError, UsageError
from esolutions_client.service.exchanges.reasons import UNKNOWN
from esolutions_client.service.identity import Identity
from esolutions_client.service.switching import wait_until_quiet
from esolutions_client.store.switch import Switch, switch_path
from esolutions_client.wire.http.masking import masked

if TYPE_CHECKING:
    from esolutions_client.cli.session import Session

__all__ = ["add_to"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_LOG = logging.getLogger(__name__)


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (register, sync, run, disable, enable, retire, accept):
        app.command()(command)


def register(
    context: typer.Context,
    serials: Annotated[list[str] | None, typer.Argument(metavar="[SERIAL...]")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every printer that was discovered.")] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Anew, with a server that has lost this client: sends the secret again.")
    ] = False,
    json: _Json = False,
) -> None:
    """Register this client and printers that were discovered."""
    session: Session = context.obj
    wanted = list(serials or [])
    if (everything and wanted) or not (everything or wanted or again):
        raise UsageError("give the serial numbers to register, or --all; `esolutions-client devices` lists them")
    if again and not json:
        url = session.options.server_url or session.store.settings.server_url
        shown = masked(url or "the server")
        say(f"the registration of this client, with its secret, is sent to {shown}, whose certificate is checked")
    document = ask(session, "register", {"serials": wanted, "all": everything, "again": again})
    chosen, waiting = document.pop("wanted"), document.pop("waiting")
    if json:
        print_json(document)
    else:
        _say_registered(document["registered"], document["unreachable"], document["refused"])
        if document["failure"]:
            unknown = session.identity.unknown_since is not None
            say(UNKNOWN if unknown else f"the server was not reached: {document['failure']}")
            say(f"the registration of {waiting} printers waits and is sent again by `run` or `sync`")
            if session.options.server_url not in {None, session.store.settings.server_url}:
                say("give --server-url again until the server was reached: it is remembered from then on")
    if document["failure"] or len(document["registered"]) < len(chosen):
        raise typer.Exit(1)


def _say_registered(registered: list[str], unreachable: dict[str, str], refused: dict[str, str]) -> None:
    for serial in registered:
        say(f"{serial} is registered")
    for serial, reason in unreachable.items():
        say(f"{serial} is not registered: {reason}")
    for serial, reason in refused.items():
        say(f"{serial} is not registered, the server refused it: {reason}")


def sync(context: typer.Context, *, json: _Json = False) -> None:
    """Ask the server what is due, and do it now."""
    session: Session = context.obj
    document = ask(session, "sync", {})
    commands = document["commands"]
    if json:
        print_json(document)
    else:
        say(f"the server asked for {len(commands)} things" if commands else "nothing is due")
        for command in commands:
            say(f"  {command['action']} {command['serial_number']}")


def run(
    context: typer.Context,
    *,
    once: Annotated[bool, typer.Option(help="Do what is due now, then end.")] = False,
) -> None:
    """Poll and sync on schedule until stopped."""
    session: Session = context.obj
    # The administrator of a service wants to see when it began, ended, and reached the server again.
    logging.getLogger("esolutions_client").setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        work(session, once=once)
    except KeyboardInterrupt:
        # Ctrl-C and SIGTERM are how this command ends; typer would make a failure of them.
        _LOG.info("stopped")


def disable(context: typer.Context) -> None:
    """Turn all communication off: when this has ended not one packet is sent."""
    session: Session = context.obj
    # This needs no store: it may be damaged, or its disk full.
    switch = Switch(switch_path(session.store_path))
    switch.turn(on=False)
    is_quiet = wait_until_quiet(switch, session.wait, lambda: say("waiting for what is under way to be broken off"))
    _note_turn(session, switch, on=False)
    if not is_quiet:
        raise StoreError(
            "communication is turned off, but a program of this data folder does not confirm that it has stopped"
            " sending: it may be suspended or hung; end it, and run `esolutions-client disable` again"
        )
    say("communication is turned off; `esolutions-client enable` turns it on again")


def enable(context: typer.Context) -> None:
    """Turn communication on again."""
    session: Session = context.obj
    switch = Switch(switch_path(session.store_path))
    switch.turn(on=True)
    _note_turn(session, switch, on=True)
    say("communication is turned on")


def _note_turn(session: Session, switch: Switch, *, on: bool) -> None:
    """Keep for people that it happened, where that is possible."""
    try:
        Identity(session.store, session.rng, switch).note_turn(on=on, at=session.now())
    except ClientError as error:
        _LOG.warning("that communication was turned %s is not noted: %s", "on" if on else "off", error)


def retire(context: typer.Context, serial: str) -> None:
    """Stop reading a printer for good."""
    session: Session = context.obj
    device = session.agent.retire(serial)
    say(f"{device.serial_number} is retired")


def accept(context: typer.Context, serial: str, *, json: _Json = False) -> None:
    """Accept the newest reading of a printer that is held, or whose reading is not credible as a bill.

    Where another machine may show its serial number, the machine that was seen is the printer from then on.
    """
    session: Session = context.obj
    device = session.store.devices.get(serial)
    doubted = {command.serial_number for command in session.store.commands.open_reports() if command.note}
    if device is None or (device.held_since is None and device.serial_number not in doubted):
        raise UsageError(f"{serial} is not held; `esolutions-client status` shows which are, and what waits for them")
    serial, since, taken_over = device.serial_number, device.held_since, device.doubted_at
    session.agent.polling.accept(serial)
    if json:
        print_json({"serial_number": serial, "held_since": timestamp(since), "accepted": True})
    else:
        where = "" if taken_over is None else f": it is the machine at {taken_over}"
        say(f"the newest reading of {serial} is accepted{where}")
