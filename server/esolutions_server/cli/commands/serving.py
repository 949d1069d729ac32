"""The command `serve`: the server behind a socket, until it is told to stop."""

from __future__ import annotations

import logging
import random
import signal
import threading
from dataclasses import dataclass
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, cast

import typer

from esolutions_server.cli.options import Database, DataDir, Json, Setting  # noqa: TC001 (typer reads the annotations)
from esolutions_server.cli.policy_file import read_policy
from esolutions_server.cli.virtual_clock import VirtualClock

if TYPE_CHECKING:
    from typer import Typer

    from esolutions_server.domain.policy import Policy, SignUp
    from esolutions_server.reference import ReferenceServer

__all__ = ["add_command"]

log = logging.getLogger(__name__)

SECONDS_BETWEEN_CHORES = 60
SECONDS_BETWEEN_VIRTUAL_CHORES = 1


def add_command(application: Typer, setting: Setting) -> None:
    """Add `serve` to the command line."""

    @application.command()
    def serve(
        *,
        host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8443,
        tls: Annotated[str, typer.Option(help="auto | off | CERT,KEY")] = "auto",
        signup: Annotated[
            str | None, typer.Option(help="required | automatic; required unless the policy says otherwise.")
        ] = None,
        policy: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help="TOML file with the terms of the server.")
        ] = None,
        public_url: Annotated[str | None, typer.Option(help="The address the WSDL gives.")] = None,
        gzip: Annotated[bool, typer.Option("--gzip", help="Compress answers for callers that accept it.")] = False,
        testbed: Annotated[bool, typer.Option("--testbed", help="Allow what only a testbed wants.")] = False,
        clock: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help="A virtual clock file (testbed).")
        ] = None,
        seed: Annotated[int | None, typer.Option(help="Make GUIDs from this seed (testbed).")] = None,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Serve the Communication Server; prints one line when it is ready."""
        if signup not in {None, "required", "automatic"}:
            raise typer.BadParameter("required or automatic", param_hint="--signup")
        if not testbed and (clock is not None or seed is not None):
            raise typer.BadParameter("--clock and --seed are for a --testbed")
        options = _Options(host, port, tls, public_url, gzip, testbed, clock, seed)
        terms = read_policy(policy, cast("SignUp | None", signup))
        url = setting.database_url(database, data_dir)
        with _opened(setting, url, terms, options) as server:
            _serve_until_stopped(server, setting, setting.data_dir(data_dir), url, options, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Options:
    host: str
    port: int
    tls: str
    public_url: str | None
    gzip: bool
    testbed: bool
    clock: Path | None
    seed: int | None


def _opened(setting: Setting, url: str, policy: Policy, options: _Options) -> ReferenceServer:
    from esolutions_server.reference import open_server

    now = setting.now if options.clock is None else VirtualClock(options.clock)
    rng = setting.rng if options.seed is None else random.Random(options.seed)  # noqa: S311 (a testbed's GUIDs)
    server = open_server(url, now=now, rng=rng, policy=policy, allow_gzip=options.gzip, is_testbed=options.testbed)
    server.keep_clock(None if options.clock is None else str(options.clock.resolve()))
    return server


def _serve_until_stopped(
    server: ReferenceServer, setting: Setting, data_dir: Path, url: str, options: _Options, *, as_json: bool
) -> None:
    from esolutions_server.http.serving import RunningServer
    from esolutions_server.store.engine.database import shown_url

    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    # Virtual days pass in real seconds.
    pause = SECONDS_BETWEEN_CHORES if options.clock is None else SECONDS_BETWEEN_VIRTUAL_CHORES
    running = RunningServer(
        server.wsgi,
        host=options.host,
        port=options.port,
        tls=options.tls,
        data_dir=data_dir,
        public_url=options.public_url,
        is_strict=False,
    )
    with running:
        ready = {"url": running.url, "ca_file": running.ca_file, "database": shown_url(url)}
        trust = f", to be trusted with {running.ca_file}" if running.ca_file else ""
        setting.say(f"Serving {running.url}{trust}", ready, as_json=as_json)
        while not stop.wait(pause):
            _do_chores(server)


def _do_chores(server: ReferenceServer) -> None:
    from esolutions_server.store.engine.database import StoreUnavailableError

    try:
        server.run_due_work()
    except StoreUnavailableError:
        return  # the store has said so, once
    except Exception:  # a server goes on serving when its database is busy or its disk full for a while
        log.exception("the chores were left undone")
