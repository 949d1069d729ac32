"""The commands about billing: requests, what came of them, and what a person decides about a reading that is held."""

from __future__ import annotations

from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.options import Database, DataDir, Json, OptionalSerial, Serial, Setting, Table

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["add_commands"]

VALUE_COLUMNS = ("serial", "meter", "value", "impressions", "read_at", "outcome", "reason", "command_id")


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    billing = typer.Typer(help="Billing requests and what was billed.", no_args_is_help=True)
    application.add_typer(billing, name="billing")
    _add_requests(billing, setting)
    _add_values(billing, setting)
    _add_decisions(billing, setting)


def _add_requests(billing: Typer, setting: Setting) -> None:
    @billing.command("request")
    def request(*, serial: Serial, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Ask for the meters of SERIAL now."""
        with setting.server(database, data_dir) as server:
            command_id = server.administration.request_billing(serial)
        setting.say(f"{serial} is asked at its next sync.", {"command_id": command_id}, as_json=as_json)

    @billing.command("list")
    def list_requests(*, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the billing requests, each with why it is not answered or not billed."""
        columns = ("id", "serial", "state", "period_end", "answer_by", "sent", "answered_at", "reason")
        with setting.server(database, data_dir) as server:
            setting.show(Table(server.administration.every.requests, columns), as_json=as_json)


def _add_values(billing: Typer, setting: Setting) -> None:
    @billing.command("values")
    def list_values(
        *,
        serial: OptionalSerial = None,
        held: Annotated[bool, typer.Option("--held", help="Those that wait for a person instead.")] = False,
        not_billed: Annotated[
            bool,
            typer.Option("--not-billed", help="All that is not billed instead, held or for good, with the reason."),
        ] = False,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List the meter values that were billed."""
        with setting.server(database, data_dir) as server:
            every = server.administration.every
            values = every.not_billed if not_billed else every.held if held else every.bills
            setting.show(Table(partial(values, serial), VALUE_COLUMNS), as_json=as_json)


def _add_decisions(billing: Typer, setting: Setting) -> None:
    @billing.command("accept")
    def accept(*, command_id: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Bill the held reading that answers the request COMMAND_ID, but for meters that could not be read."""
        with setting.server(database, data_dir) as server:
            decided = server.administration.accept_held(command_id)
        text = f"{len(decided.billed)} meters are billed."
        if decided.not_billed:
            text += f" Not billed, see `billing values --not-billed`: {', '.join(decided.not_billed)}."
        setting.say(text, {"command_id": command_id, **asdict(decided)}, as_json=as_json)

    @billing.command("reject")
    def reject(*, command_id: str, database: Database = None, data_dir: DataDir = None, as_json: Json = False) -> None:
        """Bill nothing of the held reading that answers the request COMMAND_ID, and ask for another one."""
        with setting.server(database, data_dir) as server:
            again = server.administration.reject_held(command_id)
        text = "The reading is not billed. No other one is asked for: the device left service, or the period is billed."
        if again is not None:
            text = "The reading is not billed; another one is asked for at the next sync."
        setting.say(text, {"command_id": command_id, "asked_again": again}, as_json=as_json)
