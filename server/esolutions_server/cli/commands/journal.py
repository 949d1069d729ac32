"""The commands `journal`: the exchanges that the server saw, one of them whole, and those that come."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.exchange_text import lines_of, sentence_of
from esolutions_server.cli.options import Database, DataDir, Json, Setting, Table, guid
from esolutions_server.cli.output import print_json, say
from esolutions_server.cli.testbed_access import Namespace, running_testbed

if TYPE_CHECKING:
    from pathlib import Path

    from typer import Typer

    from esolutions_server.client import ExchangeFilter

__all__ = ["add_commands"]

COLUMNS = (
    "number", "moment", "operation", "proxy_id", "attempt", "waited", "devices_in", "bytes_in", "published_in",
    "devices_out", "bytes_out", "published_out", "outcome", "note",
)  # fmt: skip


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    journal = typer.Typer(help="The exchanges that the server saw.")
    application.add_typer(journal, name="journal")

    @journal.callback(invoke_without_command=True)
    def every(
        context: typer.Context,
        *,
        since: Annotated[datetime | None, typer.Option(help="Only from this moment on (UTC).")] = None,
        limit: Annotated[int | None, typer.Option(min=1, help="At most so many, from the oldest.")] = None,
        proxy: Annotated[str | None, typer.Option(parser=guid, help="Only of this client.")] = None,
        follow: Annotated[bool, typer.Option("--follow", help="Show those that come, until interrupted.")] = False,
        namespace: Namespace = "",
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List every exchange the server saw, with measured and published sizes."""
        if context.invoked_subcommand is not None:
            return
        start = None if since is None else since.replace(tzinfo=UTC)
        if follow:
            from esolutions_server.client import ExchangeFilter

            _follow(setting, data_dir, namespace, ExchangeFilter(proxy=proxy, since=start), as_json=as_json)
            return
        with setting.server(database, data_dir) as server:
            listed = partial(server.administration.every.journal, start, proxy_id=proxy)
            setting.show(Table(lambda: islice(listed(), limit), COLUMNS), as_json=as_json)

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


def _follow(setting: Setting, data_dir: Path | None, namespace: str, wanted: ExchangeFilter, *, as_json: bool) -> None:
    from dataclasses import asdict

    with running_testbed(setting, data_dir, namespace) as testbed:
        try:
            for row in testbed.journal.follow(wanted):
                if as_json:
                    print_json({**asdict(row), "moment": row.moment.isoformat().replace("+00:00", "Z")}, indent=None)
                else:
                    for line in sentence_of(row):
                        say(line)
        except KeyboardInterrupt:
            return  # that is how it ends
