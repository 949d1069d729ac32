"""The commands of an administrator: accounts, equipment, sign-up, billing requests, and the lists."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.setting import Database, DataDir, Json, Setting, Table

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["add_commands"]

JOURNAL_COLUMNS = (
    "moment", "operation", "proxy_id", "devices_in", "bytes_in", "published_in",
    "devices_out", "bytes_out", "published_out", "outcome", "note",
)  # fmt: skip


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    _add_account(application, setting)
    _add_equipment(application, setting)
    _add_enrolment(application, setting)
    _add_billing(application, setting)
    _add_lists(application, setting)


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
            setting.show(Table(server.administration.accounts(), ("name", "key_user")), as_json=as_json)


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
            setting.show(Table(server.administration.equipment(), columns), as_json=as_json)


def _add_enrolment(application: Typer, setting: Setting) -> None:
    @application.command()
    def signup(
        *,
        serial: str,
        person: Annotated[str | None, typer.Option(help="Sign up as this person of the account.")] = None,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Sign the device SERIAL up for automatic meter reads."""
        with setting.server(database, data_dir) as server:
            server.administration.sign_up(serial, person)
        setting.say(f"{serial} is signed up.", {"serial": serial}, as_json=as_json)

    @application.command()
    def devices(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the registered devices."""
        columns = ("serial", "state", "proxy_id", "registered_at", "activated_at")
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.devices(), columns), as_json=as_json)

    @application.command()
    def proxies(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the installed clients."""
        columns = ("id", "last_heard_at", "next_contact_at", "is_silent", "queue")
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.proxies(), columns), as_json=as_json)


def _add_billing(application: Typer, setting: Setting) -> None:
    billing = typer.Typer(help="Billing requests and what was billed.", no_args_is_help=True)
    application.add_typer(billing, name="billing")

    @billing.command("request")
    def request(*, serial: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Ask for the meters of SERIAL now."""
        with setting.server(database, data_dir) as server:
            command_id = server.administration.request_billing(serial)
        setting.say(f"{serial} is asked at its next sync.", {"command_id": command_id}, as_json=as_json)

    @billing.command("list")
    def list_requests(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the billing requests."""
        columns = ("id", "serial", "state", "period_end", "answer_by", "sent", "answered_at")
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.requests(), columns), as_json=as_json)

    @billing.command("values")
    def list_values(
        *,
        serial: Annotated[str | None, typer.Argument()] = None,
        held: Annotated[bool, typer.Option("--held", help="Those that wait for a person instead.")] = False,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List the meter values that were billed."""
        columns = ("serial", "meter", "value", "impressions", "read_at", "outcome", "reason")
        with setting.server(database, data_dir) as server:
            values = server.administration.held if held else server.administration.bills
            setting.show(Table(values(serial), columns), as_json=as_json)

    @billing.command("accept")
    def accept(*, command_id: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Bill the held reading that answers the request COMMAND_ID."""
        with setting.server(database, data_dir) as server:
            server.administration.accept_held(command_id)
        setting.say("The reading is billed.", {"command_id": command_id}, as_json=as_json)


def _add_lists(application: Typer, setting: Setting) -> None:
    @application.command()
    def journal(
        *,
        since: Annotated[datetime | None, typer.Option(help="Only from this moment on (UTC).")] = None,
        limit: Annotated[int | None, typer.Option(min=1, help="At most so many, from the oldest.")] = None,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List every exchange the server saw, with measured and published sizes."""
        start = None if since is None else since.replace(tzinfo=UTC)
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.journal(start, limit=limit), JOURNAL_COLUMNS), as_json=as_json)

    @application.command()
    def mail(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the mail to key users and others."""
        columns = ("moment", "recipient", "subject")
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.mails(), columns), as_json=as_json)

    @application.command()
    def wsdl(
        *,
        url: Annotated[str, typer.Option(help="The address of the service.")] = "https://localhost/CommunicationServer",
    ) -> None:
        """Print the WSDL."""
        from esolutions_server.soap.contract.application import Contract
        from esolutions_server.soap.contract.wsdl import wsdl_document

        sys.stdout.write(wsdl_document(Contract(), url).decode())
