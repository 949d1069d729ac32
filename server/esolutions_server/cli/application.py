"""Put the commands together and turn errors into exit codes: 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import logging
import time
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.commands import (
    administration,
    billing,
    checking,
    clock,
    devices,
    faults,
    journal,
    lists,
    serving,
    snapshots,
)
from esolutions_server.cli.options import Setting
from esolutions_server.cli.output import PlainFormatter, complain, complain_of_usage, is_terminal, say

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence
    from datetime import datetime

__all__ = ["run"]


class LogFormatter(PlainFormatter):
    """Writes times in UTC, as everything that this server shows."""

    converter = time.gmtime  # type: ignore[assignment]  # typeshed has it for local time alone


def run(*, now: Callable[[], datetime], rng: random.Random, arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; logs and errors go to stderr."""
    _log_to_stderr()
    application = _build(Setting(now, rng))
    try:
        # typer returns the code of typer.Exit here, as `standalone_mode` is off.
        code = application(
            args=None if arguments is None else list(arguments), prog_name="esolutions-server", standalone_mode=False
        )
    except typer.Abort:
        return 1
    except Exception as error:
        # click's usage errors, which typer does not re-export, know how to show themselves.
        if hasattr(error, "exit_code") and hasattr(error, "show"):
            return complain_of_usage(error)
        if not isinstance(error, _foreseen()):
            raise
        for line in getattr(error, "lines", (str(error),)):
            complain("esolutions-server", line)
        return 1
    return code if isinstance(code, int) else 0


def _foreseen() -> tuple[type[Exception], ...]:
    # Here, as asking for help takes no database.
    from esolutions_server.service.errors import ServerError
    from esolutions_server.store.engine.errors import StoreError

    return ServerError, StoreError


def _log_to_stderr() -> None:
    handler = logging.StreamHandler()
    handler.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
    logging.basicConfig(handlers=[handler], level=logging.WARNING)
    # Its loggers would quote every refused document.
    logging.getLogger("spyne").setLevel(logging.CRITICAL)


def _build(setting: Setting) -> typer.Typer:
    application = typer.Typer(
        help="The reference Communication Server.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if is_terminal() else None,
    )

    @application.callback()
    def begin(
        *,
        version: Annotated[
            bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
        ] = False,
    ) -> None:
        """Run the reference Communication Server, and do what its administrator does."""
        del version

    serving.add_command(application, setting)
    administration.add_commands(application, setting)
    devices.add_commands(application, setting)
    lists.add_commands(application, setting)
    billing.add_commands(application, setting)
    checking.add_command(application)
    clock.add_commands(application, setting)
    faults.add_commands(application, setting)
    journal.add_commands(application, setting)
    snapshots.add_commands(application, setting)
    return application


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 - typer's form of a callback
    if is_asked:
        say(f"esolutions-server {version('esolutions')}")
        raise typer.Exit
