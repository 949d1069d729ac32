"""Put the commands together and turn what goes wrong into exit codes: 1 it failed, 2 it was asked wrongly."""

from __future__ import annotations

import logging
import time
from datetime import UTC
from functools import partial
from pathlib import Path  # noqa: TC003 - typer reads the annotations when it runs
from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_client import __version__
from esolutions_client.cli.commands import control, inspect, printers
from esolutions_client.cli.console.output import PlainFormatter, complain, complain_of_usage, is_terminal, say
from esolutions_client.cli.session import Options, Session
from esolutions_client.errors import ClientError, UsageError
from esolutions_client.wire.http.masking import masked

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, tzinfo
    from random import Random

__all__ = ["LogFormatter", "run"]

_VALUED = ("--data-dir", "--config", "--server-url", "--ca", "--http-proxy")
_FLAGS = ("--allow-plain-http", "--verbose")


class LogFormatter(PlainFormatter):
    """Writes times in UTC, like every other one that this client shows, and no password of a URL."""

    converter = time.gmtime  # type: ignore[assignment]  # typeshed has it for local time alone

    def format(self, record: logging.LogRecord) -> str:
        """Return a record as its line, and the lines of its traceback."""
        return masked(super().format(record))


def run(
    arguments: Sequence[str],
    *,
    now: Callable[[], datetime],
    monotonic: Callable[[], float],
    rng: Random,
    wait: Callable[[float], None],
    zone: tzinfo = UTC,
) -> int:
    """Run one command and return its exit code.

    Args:
        arguments: what stands on the command line after the program's name.
        now: the clock, aware and in UTC.
        monotonic: seconds since the machine started, which no setting of the clock moves.
        rng: where ids, nonces and the secret come from.
        wait: lets so many seconds pass.
        zone: the local time of this machine, in which the sync window lies.
    """
    app = _build(partial(Session, now=now, monotonic=monotonic, rng=rng, wait=wait, zone=zone))
    try:
        # typer returns the code of typer.Exit here, as `standalone_mode` is off.
        code = app(_globals_first(arguments), prog_name="esolutions-client", standalone_mode=False)
    except typer.Abort:
        return 1
    except UsageError as error:
        return _complain(error, 2)
    except ClientError as error:
        return _complain(error, 1)
    except Exception as error:
        # click's usage errors, which typer does not re-export, know how to show themselves.
        if not hasattr(error, "exit_code") or not hasattr(error, "show"):
            raise
        return complain_of_usage(error)
    return code if isinstance(code, int) else 0


def _build(begin_session: Callable[[Options], Session]) -> typer.Typer:
    app = typer.Typer(
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode="rich" if is_terminal() else None,
    )

    @app.callback()
    def begin(
        context: typer.Context,
        *,
        data_dir: Annotated[Path | None, typer.Option(help="Folder of the client's store.")] = None,
        config: Annotated[Path | None, typer.Option(help="TOML file with any of these options.")] = None,
        server_url: Annotated[
            str | None, typer.Option(help="https://HOST[:PORT]/CommunicationServer; remembered once it has worked.")
        ] = None,
        ca: Annotated[Path | None, typer.Option(help="Authorities to trust instead of the system's (PEM).")] = None,
        http_proxy: Annotated[
            str | None,
            typer.Option(
                help="Proxy server URL, or none; the system's by default, none for loopback; remembered once it worked."
            ),
        ] = None,
        allow_plain_http: Annotated[bool, typer.Option(help="Accept http:// for a loopback address.")] = False,
        verbose: Annotated[bool, typer.Option(help="Log more to stderr.")] = False,
        version: Annotated[
            bool, typer.Option("--version", callback=_say_version, is_eager=True, help="Say which version this is.")
        ] = False,
    ) -> None:
        """Read printer meters by SNMP and report them once a billing cycle."""
        del version
        level = logging.INFO if verbose else logging.WARNING
        handler = logging.StreamHandler()
        handler.setFormatter(LogFormatter("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%SZ"))
        logging.basicConfig(handlers=[handler], level=level)
        options = Options(data_dir, server_url, ca, http_proxy, allow_plain_http)
        session = context.obj = begin_session(options.with_config(config) if config else options)
        context.call_on_close(session.close)

    for module in (printers, control, inspect):
        module.add_to(app)
    app.command("version")(lambda: say(__version__))
    return app


def _say_version(is_asked: bool) -> None:  # noqa: FBT001 - typer's form of a callback
    if is_asked:
        say(f"esolutions-client {__version__}")
        raise typer.Exit


def _globals_first(arguments: Sequence[str]) -> list[str]:
    """Let the global options stand anywhere on the command line."""
    first: list[str] = []
    rest: list[str] = []
    words = iter(arguments)
    for word in words:
        if word in _FLAGS:
            first.append(word)
        elif word in _VALUED:
            first += [word, *[value for value in [next(words, None)] if value is not None]]
        elif word.startswith(tuple(f"{option}=" for option in _VALUED)):
            first.append(word)
        else:
            rest.append(word)
    return first + rest


def _complain(error: Exception, code: int) -> int:
    complain("esolutions-client", masked(str(error)))
    return code
