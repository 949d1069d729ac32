"""The commands `fault`: what goes wrong with messages on their way to a running testbed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from esolutions_server.cli.options import DataDir, Json, Setting, guid
from esolutions_server.cli.output import print_json
from esolutions_server.cli.tables import print_table
from esolutions_server.cli.testbed_access import Namespace, running_testbed
from esolutions_server.domain.testbed_time import ClockError, parse_span

if TYPE_CHECKING:
    from datetime import timedelta

    from typer import Typer

    from esolutions_server.client import FaultReport

__all__ = ["add_commands"]

_PARAMETERS = ("again", "at", "code", "new", "old", "reason", "seconds", "status")


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    fault = typer.Typer(help="What goes wrong with messages on their way to a running testbed.", no_args_is_help=True)
    application.add_typer(fault, name="fault")
    _add_add(fault, setting)
    _add_lists(fault, setting)


def _add_add(fault: Typer, setting: Setting) -> None:
    @fault.command()
    def add(
        *,
        kind: Annotated[str, typer.Argument(help="Such as lose-reply or slow; docs/faults.md has all.")],
        seconds: Annotated[float | None, typer.Option(help="slow, drip, time-out: real ones.")] = None,
        at: Annotated[int | None, typer.Option(help="cut-request, cut-answer: after so many bytes.")] = None,
        status: Annotated[int | None, typer.Option(help="http-error, garbage: of HTTP.")] = None,
        code: Annotated[str | None, typer.Option(help="soap-fault: such as Server.")] = None,
        reason: Annotated[str | None, typer.Option(help="soap-fault: its text.")] = None,
        old: Annotated[str | None, typer.Option(help="alter-request, alter-answer: the first is replaced.")] = None,
        new: Annotated[str | None, typer.Option(help="alter-request, alter-answer: by this.")] = None,
        again: Annotated[int | None, typer.Option(help="repeat: so many times more.")] = None,
        operation: Annotated[list[str] | None, typer.Option(help="These operations only.")] = None,
        proxy: Annotated[str | None, typer.Option(parser=guid, help="This client only.")] = None,
        every: Annotated[int, typer.Option(help="Of those, each n-th.")] = 1,
        probability: Annotated[float, typer.Option(help="Of those, by chance: 0 to 1.")] = 1.0,
        seed: Annotated[int, typer.Option(help="Where the chance comes from.")] = 0,
        times: Annotated[int | None, typer.Option(help="It ends after so many.")] = None,
        lasting: Annotated[str | None, typer.Option(help="It ends after a span of the clock, such as 2h.")] = None,
        namespace: Namespace = "",
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Let the messages that meet it go wrong, until it ends or is cleared."""
        from esolutions_server.client import Meeting
        from esolutions_server.service.errors import AdministrationError
        from esolutions_server.testbed.faults.documents import fault_of

        given = {
            "again": again, "at": at, "code": code, "new": new, "old": old, "reason": reason, "seconds": seconds,
            "status": status,
        }  # fmt: skip
        try:
            made = fault_of(kind, {name: value for name, value in given.items() if value is not None})
        except AdministrationError as error:
            raise typer.BadParameter(str(error)) from None
        meeting = Meeting(tuple(operation or ()), proxy, every, probability, seed, times, _span(lasting))
        with running_testbed(setting, data_dir, namespace) as testbed:
            report = testbed.faults.lay(made, meeting)
        setting.say(f"Fault {report.number} is laid: {_described(report)}.", report.document, as_json=as_json)


def _add_lists(fault: Typer, setting: Setting) -> None:
    @fault.command("list")
    def list_(*, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """List the faults that have not ended, and how often each was met."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            reports = testbed.faults.every()
        if as_json:
            print_json([report.document for report in reports], indent=None)
            return
        rows = [(report.number, _described(report), _meeting(report.document), report.met) for report in reports]
        print_table(("number", "fault", "meets", "met"), [list(map(str, row)) for row in rows])

    @fault.command()
    def clear(*, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Take all faults away."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            testbed.faults.clear()
        setting.say("Nothing goes wrong any more.", {"cleared": True}, as_json=as_json)


def _span(text: str | None) -> timedelta | None:
    try:
        return None if text is None else parse_span(text)
    except ClockError as error:
        raise typer.BadParameter(str(error), param_hint="--lasting") from None


def _described(report: FaultReport) -> str:
    named = (f"{name}={report.document[name]}" for name in _PARAMETERS if name in report.document)
    return " ".join((report.document["kind"], *named))


def _meeting(document: dict[str, Any]) -> str:
    """Say which exchanges are met, where that are not all."""
    parts = [
        *document["operations"],
        document["proxy_id"] or "",
        f"one in {document['every']}" if document["every"] > 1 else "",
        f"probability {document['probability']:g}" if document["probability"] < 1 else "",
        f"{document['times']} times" if document["times"] else "",
        f"until {document['until']}" if document["until"] else "",
    ]
    return ", ".join(filter(None, parts)) or "all"
