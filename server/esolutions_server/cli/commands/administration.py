"""The commands of an administrator: accounts, people, equipment, sign-up, and the WSDL."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.options import (
    Database,
    DataDir,
    Json,
    Serial,
    Setting,
    Table,
)
from esolutions_server.cli.output import print_document

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["add_commands"]


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    _add_account(application, setting)
    _add_person(application, setting)
    _add_equipment(application, setting)
    _add_enrolment(application, setting)
    _add_wsdl(application)


def _add_account(application: Typer, setting: Setting) -> None:
    account = typer.Typer(help="Accounts of customers.", no_args_is_help=True)
    application.add_typer(account, name="account")

    @account.command("add")
    def add(
        *, name: str, key_user: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False
    ) -> None:
        """Add the account NAME, whose key user has the e-mail address KEY_USER."""
        with setting.server(database, data_dir) as server:
            server.administration.add_account(name, key_user)
        setting.say(f"{name} was added.", {"name": name, "key_user": key_user}, as_json=as_json)

    @account.command("list")
    def list_accounts(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the accounts."""
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.every.accounts, ("name", "key_user")), as_json=as_json)


def _add_person(application: Typer, setting: Setting) -> None:
    person = typer.Typer(help="People who report meter reads.", no_args_is_help=True)
    application.add_typer(person, name="person")

    @person.command("add")
    def add(
        *, account: str, email: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False
    ) -> None:
        """Add a person with the address EMAIL to ACCOUNT, so that devices can be assigned to them."""
        with setting.server(database, data_dir) as server:
            server.administration.add_person(account, email)
        setting.say(f"{email} was added.", {"account": account, "email": email}, as_json=as_json)


def _add_equipment(application: Typer, setting: Setting) -> None:
    equipment = typer.Typer(help="What the administrative systems know of devices.", no_args_is_help=True)
    application.add_typer(equipment, name="equipment")

    @equipment.command("import")
    def import_file(*, file: Path, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Import FILE: CSV with serial, installed_on, account, person, frequency, anchor_day, time_zone."""
        with setting.server(database, data_dir) as server:
            count = server.administration.import_equipment(file)
        setting.say(f"{count} devices were imported.", {"imported": count}, as_json=as_json)

    @equipment.command("list")
    def list_equipment(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the equipment."""
        columns = ("serial", "person", "installed_on", "frequency", "anchor_day", "time_zone")
        with setting.server(database, data_dir) as server:
            narrow = ("serial", "person", "installed_on", "frequency")
            setting.show(Table(server.administration.every.equipment, columns, narrow), as_json=as_json)


def _add_enrolment(application: Typer, setting: Setting) -> None:
    @application.command()
    def signup(
        *,
        serial: Serial,
        person: Annotated[str | None, typer.Option(help="Sign up as this person of the account.")] = None,
        at_once: Annotated[
            bool, typer.Option("--now", help="Do not wait for the hour after the registration, nor for the 30 days.")
        ] = False,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Sign the device SERIAL up for automatic meter reads."""
        with setting.server(database, data_dir) as server:
            server.administration.sign_up(serial, person, at_once=at_once)
        setting.say(f"{serial} is signed up.", {"serial": serial}, as_json=as_json)


def _add_wsdl(application: Typer) -> None:
    @application.command()
    def wsdl(
        *,
        url: Annotated[str, typer.Option(help="The address of the service.")] = "https://localhost/CommunicationServer",
    ) -> None:
        """Print the WSDL."""
        from esolutions_server.soap.contract.application import Contract
        from esolutions_server.soap.contract.wsdl import wsdl_document

        print_document(wsdl_document(Contract(), url).decode())
