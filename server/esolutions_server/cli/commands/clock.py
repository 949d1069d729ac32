"""The commands `clock`: what a running testbed takes for the time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.options import DataDir, Json, Setting  # noqa: TC001 (typer reads the annotations)
from esolutions_server.cli.testbed_access import Namespace, running_testbed
from esolutions_server.domain.testbed_time import ClockError, parse_span

if TYPE_CHECKING:
    from typer import Typer

    from esolutions_server.client import ClockReading

__all__ = ["add_commands"]


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    clock = typer.Typer(help="The clock of a running testbed.", no_args_is_help=True)
    application.add_typer(clock, name="clock")

    def tell(reading: ClockReading, *, as_json: bool) -> None:
        text = f"{reading.now.isoformat(timespec='seconds').replace('+00:00', 'Z')}  {reading.mode}"
        text += f", {reading.speed:g} times as fast as real time" if reading.mode == "running" else ""
        document = {"now": reading.now, "mode": reading.mode, "speed": reading.speed}
        setting.say(text, document, as_json=as_json)

    @clock.command()
    def show(*, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Say what the clock shows, and how it goes."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            tell(testbed.clock(), as_json=as_json)

    @clock.command()
    def freeze(*, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Stop the clock where it is."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            tell(testbed.freeze(), as_json=as_json)

    @clock.command("set")
    def set_(*, when: _When, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Show WHEN; what falls due before it happens in order, and nothing is undone."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            tell(testbed.set_clock(when), as_json=as_json)

    @clock.command()
    def advance(
        *,
        span: Annotated[str, typer.Argument(help="Such as 90s, 2h, 30d or 1d12h.")],
        namespace: Namespace = "",
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Let SPAN pass at once; what falls due on the way happens in order."""
        try:
            passed = parse_span(span)
        except ClockError as error:
            raise typer.BadParameter(str(error)) from None
        with running_testbed(setting, data_dir, namespace) as testbed:
            tell(testbed.advance(passed), as_json=as_json)

    @clock.command()
    def speed(
        *,
        factor: Annotated[float, typer.Argument(help="How many times as fast as real time.")],
        namespace: Namespace = "",
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Let the clock go on, FACTOR times as fast as real time."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            tell(testbed.run_clock(factor), as_json=as_json)

    @clock.command()
    def real(*, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Let the clock show the real time."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            tell(testbed.let_clock_go(), as_json=as_json)


def moment(text: str) -> datetime:
    """Read a time that was typed; the name of this function is what `--help` shows."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"a moment is written 2026-01-31T09:00:00Z: {text}") from None
    return read if read.tzinfo else read.replace(tzinfo=UTC)


_When = Annotated[datetime, typer.Argument(parser=moment, help="Such as 2026-01-31T09:00:00Z; without a zone UTC.")]
