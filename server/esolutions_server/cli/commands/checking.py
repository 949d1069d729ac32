"""The command `check`: what is wrong with a message, said offline."""

from __future__ import annotations

import sys
from datetime import datetime  # noqa: TC003 (typer reads the annotations)
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esolutions_server.cli.options import Json, moment
from esolutions_server.cli.output import print_json, say
from esolutions_server.service.errors import AdministrationError

if TYPE_CHECKING:
    from typer import Typer

    from esolutions_server.soap.checking.report import CheckReport

__all__ = ["add_command"]

LARGEST_FILE = 4 * 1024 * 1024


def add_command(application: Typer) -> None:
    """Add `check` to the command line."""

    @application.command()
    def check(
        *,
        file: Annotated[str, typer.Argument(help="A request or an answer as it crosses the wire; - is stdin.")],
        secret: Annotated[str | None, typer.Option(help="The proxy's secret: 88 characters.")] = None,
        now: Annotated[
            datetime | None, typer.Option(parser=moment, help="The moment at the server; without it no clock counts.")
        ] = None,
        as_json: Json = False,
    ) -> None:
        """Say what is wrong with the message in FILE, rule by rule; exit code 1 if anything is."""
        from esolutions_server.domain.policy import Policy
        from esolutions_server.soap.checking.check import check_message
        from esolutions_server.soap.checking.credentials import Evidence

        report = check_message(_read(file), Evidence(secret, now, Policy().freshness))
        if as_json:
            print_json(_document(file, report), indent=None)
        else:
            _say(report)
        if not report.holds:
            raise typer.Exit(1)


def _read(file: str) -> bytes:
    try:
        if file == "-":
            return sys.stdin.buffer.read(LARGEST_FILE + 1)
        with Path(file).open("rb") as opened:
            return opened.read(LARGEST_FILE + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise AdministrationError(f"{file} cannot be read: {reason}") from error


def _document(file: str, report: CheckReport) -> dict[str, Any]:
    rules = [{"rule": each.rule, "state": each.state, "findings": list(each.findings)} for each in report.results]
    return {"file": file, "message": report.message, "holds": report.holds, "rules": rules}


def _say(report: CheckReport) -> None:
    say(f"{report.message or 'no message'}: {'every rule holds' if report.holds else 'not as it should be'}")
    for result in report.results:
        first, *more = result.findings or ("",)
        say(f"{result.state:8}{result.rule:14}{first}".rstrip())
        for finding in more:
            say(f"{'':22}{finding}")
