"""The commands `journal`: the exchanges that the server saw, one of them whole, and those that come."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.exchanges.exchange_list import Place, Wanted, list_exchanges
from esolutions_server.cli.exchanges.exchange_text import lines_of
from esolutions_server.cli.options import Database, DataDir, Json, OfProxy, Setting, Since, Until, serial_number
from esolutions_server.cli.output import print_json, say
from esolutions_server.cli.testbed_access import Namespace, running_testbed

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["add_commands"]


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    journal = typer.Typer(help="The exchanges that the server saw.")
    application.add_typer(journal, name="journal")

    @journal.callback(invoke_without_command=True)
    def every(
        context: typer.Context,
        *,
        last: Annotated[int | None, typer.Option(min=1, max=1000, help="Only the newest so many.")] = None,
        limit: Annotated[int | None, typer.Option(min=1, help="At most so many, from the oldest.")] = None,
        proxy: OfProxy = None,
        operation: Annotated[str | None, typer.Option(help="Only of this operation.")] = None,
        refused: Annotated[bool, typer.Option("--refused", help="Only those that got a fault.")] = False,
        serial: Annotated[
            str | None, typer.Option(parser=serial_number, help="Only those that name this device (running testbed).")
        ] = None,
        since: Since = None,
        until: Until = None,
        follow: Annotated[bool, typer.Option("--follow", help="Show those that come, too, until interrupted.")] = False,
        namespace: Namespace = "",
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List every exchange the server saw, with measured and published sizes, oldest first."""
        if context.invoked_subcommand is not None:
            return
        if last is not None and limit is not None:
            raise typer.BadParameter("--last counts from the newest and --limit from the oldest: give one of them")
        wanted = Wanted(
            last, limit, proxy, operation, is_refused=refused, serial=serial, since=since, until=until, follow=follow
        )
        place = Place(database, data_dir, namespace)
        with suppress(KeyboardInterrupt):  # that is how following ends
            list_exchanges(setting, place, wanted, as_json=as_json)

    @journal.command()
    def show(
        *,
        number: Annotated[int, typer.Argument(min=1, help="As `journal` has it.")],
        namespace: Namespace = "",
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Show the exchange NUMBER whole, as a running testbed keeps it: both messages, and what it changed."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            document = testbed.journal.document(number)
        if as_json:
            print_json(document)
            return
        from esolutions_server.client.journal import exchange_of

        for line in lines_of(exchange_of(document)):
            say(line)
