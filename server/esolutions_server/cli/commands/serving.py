"""The command `serve`: the server behind a socket, until it is told to stop."""

from __future__ import annotations

import logging
import signal
import threading
from contextlib import ExitStack
from dataclasses import asdict, dataclass, replace
from pathlib import Path  # noqa: TC003 (typer reads the annotations)
from typing import TYPE_CHECKING, Annotated, cast

import typer

from esolutions_server.admin.access import FILE_NAME, ServingFile
from esolutions_server.cli.options import Database, DataDir, Json, Setting  # noqa: TC001 (typer reads the annotations)
from esolutions_server.cli.policy_file import read_policy
from esolutions_server.cli.virtual_clock import VirtualClock

if TYPE_CHECKING:
    from collections.abc import Callable

    from typer import Typer

    from esolutions_server.domain.policy import Policy, SignUp
    from esolutions_server.http.serving import Application, RunningServer
    from esolutions_server.testbed.journal.messages import BodyLimit

__all__ = ["add_command"]

log = logging.getLogger(__name__)

SECONDS_BETWEEN_CHORES = 60
# Virtual days pass in real seconds.
SECONDS_BETWEEN_VIRTUAL_CHORES = 0.2
# Ctrl-C, the system's way to stop a service, and a terminal that is closed; Windows has no SIGHUP.
_ENDING = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))


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
        public_url: Annotated[
            str | None, typer.Option(help="The address the WSDL gives who came by a name that is not allowed.")
        ] = None,
        allowed_host: Annotated[
            list[str] | None, typer.Option(help="A name by which callers may come, beside --host and --public-url.")
        ] = None,
        gzip: Annotated[bool, typer.Option("--gzip", help="Compress answers for callers that accept it.")] = False,
        testbed: Annotated[bool, typer.Option("--testbed", help="Allow what only a testbed wants.")] = False,
        strict: Annotated[
            bool, typer.Option("--strict", help="Refuse what a client can hardly have meant, instead of noting it.")
        ] = False,
        clock: Annotated[
            Path | None, typer.Option(exists=True, dir_okay=False, help="A virtual clock file (testbed).")
        ] = None,
        seed: Annotated[int | None, typer.Option(help="Make GUIDs from this seed (testbed).")] = None,
        admin_port: Annotated[
            int, typer.Option(min=0, max=65535, help="The admin listener's, on loopback; 0 takes a free one (testbed).")
        ] = 0,
        journal_bodies: Annotated[
            str | None,
            typer.Option(
                metavar="N[MB]", help="Keep the messages of so many exchanges, or so many MB; 20MB (testbed)."
            ),
        ] = None,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Serve the Communication Server; prints one line when it is ready."""
        if signup not in {None, "required", "automatic"}:
            raise typer.BadParameter("required or automatic", param_hint="--signup")
        if not testbed and (clock is not None or seed is not None or admin_port or journal_bodies is not None):
            raise typer.BadParameter("--clock, --seed, --admin-port and --journal-bodies are for a --testbed")
        hosts = (host, *(allowed_host or ()))
        bodies = _body_limit(journal_bodies)
        options = _Options(host, port, tls, public_url, hosts, gzip, strict, testbed, clock, seed, admin_port, bodies)
        terms = read_policy(policy, cast("SignUp | None", signup))
        place = _Place(setting.data_dir(data_dir), setting.database_url(database, data_dir))
        with ExitStack() as opened:
            serving = _opened_testbed if testbed else _opened_server
            ready, run_due_work = serving(opened, setting, place, terms, options)
            opened.callback(ready.write(place.data_dir))
            trust = f", to be trusted with {ready.ca_file}" if ready.ca_file else ""
            stop = _signalled()
            setting.say(f"Serving {ready.url}{trust}{_admin(ready, place)}", asdict(ready), as_json=as_json)
            _wait(stop, run_due_work, SECONDS_BETWEEN_VIRTUAL_CHORES if testbed else SECONDS_BETWEEN_CHORES)


@dataclass(frozen=True, slots=True)
class _Options:
    host: str
    port: int
    tls: str
    public_url: str | None
    allowed_hosts: tuple[str, ...]
    gzip: bool
    strict: bool
    testbed: bool
    clock: Path | None
    seed: int | None
    admin_port: int
    bodies: BodyLimit


def _body_limit(typed: str | None) -> BodyLimit:
    from esolutions_server.testbed.journal.messages import DEFAULT_BODIES, BodyLimit

    try:
        return DEFAULT_BODIES if typed is None else BodyLimit.parse(typed)
    except ValueError as error:
        raise typer.BadParameter(str(error), param_hint="--journal-bodies") from None


@dataclass(frozen=True, slots=True)
class _Place:
    data_dir: Path
    database_url: str


def _admin(ready: ServingFile, place: _Place) -> str:
    if ready.page_url is None:
        return ""
    return f"; live page at {ready.page_url}; admin API at {ready.admin_url}, token in {place.data_dir / FILE_NAME}"


# What is said when the server is ready, and what it does from time to time.
Serving = tuple[ServingFile, "Callable[[], None]"]


def _opened_server(opened: ExitStack, setting: Setting, place: _Place, policy: Policy, options: _Options) -> Serving:
    from esolutions_server.reference import open_server

    server = opened.enter_context(
        open_server(
            place.database_url,
            now=setting.now,
            rng=setting.rng,
            policy=policy,
            allow_gzip=options.gzip,
            is_strict=options.strict,
            allowed_hosts=options.allowed_hosts,
        )
    )
    server.keep_clock(None)
    running = opened.enter_context(_listening(server.wsgi, place, options))
    return _ready(running, place), server.run_due_work


def _opened_testbed(opened: ExitStack, setting: Setting, place: _Place, policy: Policy, options: _Options) -> Serving:
    from esolutions_server.admin.running_testbed import RunningTestbed
    from esolutions_server.testbed.clock import ForeignClock
    from esolutions_server.testbed.opening import open_instrument
    from esolutions_server.testbed.routes import THREADS, NamespacedApplication

    instrument = open_instrument(
        place.database_url,
        place.data_dir,
        real=setting.now,
        rng=setting.rng,
        policy=policy,
        seed=options.seed,
        bodies=options.bodies,
        allow_gzip=options.gzip,
        is_strict=options.strict,
        allowed_hosts=options.allowed_hosts,
        clock=None if options.clock is None else ForeignClock(VirtualClock(options.clock)),
    )
    opened.callback(instrument.close)
    instrument.default.server.keep_clock(None if options.clock is None else str(options.clock.resolve()))
    application = NamespacedApplication(instrument)
    running = RunningTestbed(
        instrument, _listening(application, place, options, threads=THREADS), admin_port=options.admin_port
    )
    opened.enter_context(running)
    admin = {"admin_url": running.admin_url, "admin_token": running.admin_token, "page_url": running.page_url}
    return replace(_ready(running.listener, place), **admin), instrument.run_due_work


def _listening(application: Application, place: _Place, options: _Options, threads: int | None = None) -> RunningServer:
    from esolutions_server.http.serving import RunningServer

    return RunningServer(
        application,
        host=options.host,
        port=options.port,
        tls=options.tls,
        data_dir=place.data_dir,
        public_url=options.public_url,
        threads=threads,
        is_strict=False,
    )


def _ready(running: RunningServer, place: _Place) -> ServingFile:
    from esolutions_server.store.engine.urls import shown_url

    ca_file = None if running.ca_file is None else str(running.ca_file)
    return ServingFile(running.url, ca_file, shown_url(place.database_url), None, None)


def _signalled() -> threading.Event:
    """Return what a signal to end sets from now on."""
    stop = threading.Event()
    for number in _ENDING:
        # One that `nohup` ignores stays ignored.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    return stop


def _wait(stop: threading.Event, run_due_work: Callable[[], None], seconds: float) -> None:
    """Do the chores from time to time, until it is told to stop."""
    from esolutions_server.store.engine.errors import StoreUnavailableError

    while not stop.wait(seconds):
        try:
            run_due_work()
        except StoreUnavailableError:
            continue  # the store has said so, once
        except Exception:  # a server goes on serving when its database is busy or its disk full for a while
            log.exception("the chores were left undone")
