"""Put the commands together and turn errors into exit codes: 0 done, 1 failed, 2 wrong usage."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

import typer

from esolutions_server.cli import administration, billing, devices, serving
from esolutions_server.cli.setting import Setting
from esolutions_server.service.errors import ServerError
from esolutions_server.store.database import StoreError

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence
    from datetime import datetime

__all__ = ["run"]


def run(*, now: Callable[[], datetime], rng: random.Random, arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; logs and errors go to stderr."""
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    # Its loggers would quote every refused document.
    logging.getLogger("spyne").setLevel(logging.CRITICAL)
    application = typer.Typer(help="The reference Communication Server.", no_args_is_help=True, add_completion=False)
    setting = Setting(now, rng)
    serving.add_command(application, setting)
    administration.add_commands(application, setting)
    devices.add_commands(application, setting)
    billing.add_commands(application, setting)
    try:
        application(args=None if arguments is None else list(arguments))
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    except (ServerError, StoreError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0
