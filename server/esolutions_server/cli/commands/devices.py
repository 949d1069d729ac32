"""The commands about one device: end its enrolment or its service, or assign it to another person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from esolutions_server.cli.options import Database, DataDir, Json, Serial, Setting  # noqa: TC001 (typer reads the annotations)

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["add_commands"]


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    device = typer.Typer(help="The service of one device, and whose it is.", no_args_is_help=True)
    application.add_typer(device, name="device")
    _add_endings(device, setting)
    _add_reassign(device, setting)


def _add_endings(device: Typer, setting: Setting) -> None:
    @device.command("cancel")
    def cancel(*, serial: Serial, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """End the enrolment of SERIAL: it stays registered, and can be signed up again."""
        with setting.server(database, data_dir) as server:
            state = server.administration.cancel(serial)
        text = f"{serial} is not enrolled any more; `signup {serial}` enrols it again."
        setting.say(text, {"serial": serial, "state": state}, as_json=as_json)

    @device.command("retire")
    def retire(*, serial: Serial, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Take SERIAL out of service: nothing is asked about it any more."""
        with setting.server(database, data_dir) as server:
            state = server.administration.retire(serial)
        text = f"{serial} is retired; a client that registers it again gives it a new life."
        setting.say(text, {"serial": serial, "state": state}, as_json=as_json)

    @device.command("replace")
    def replace(*, serial: Serial, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Note that another device stands in the place of SERIAL: nothing is asked about it any more."""
        with setting.server(database, data_dir) as server:
            state = server.administration.retire(serial, is_replaced=True)
        text = f"{serial} is replaced; the device in its place is registered and signed up like a new one."
        setting.say(text, {"serial": serial, "state": state}, as_json=as_json)


def _add_reassign(device: Typer, setting: Setting) -> None:
    @device.command("reassign")
    def reassign(
        *, serial: Serial, person: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False
    ) -> None:
        """Assign SERIAL to PERSON, an e-mail address of its account; who had it before gets mail."""
        with setting.server(database, data_dir) as server:
            previous = server.administration.reassign(serial, person)
        text = f"{serial} is assigned to {person}."
        text += f" {previous} gets mail." if previous != person else " It was before."
        setting.say(text, {"serial": serial, "person": person, "previous": previous}, as_json=as_json)
