"""What every command needs: the options, the store, the ports, made when first asked for."""

from __future__ import annotations

import os
import re
from contextlib import ExitStack
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, time, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from platformdirs import user_data_path

from esolutions_client.cli.config.config_file import read_config
from esolutions_client.cli.config.config_keys import CONFIG_KEYS
from esolutions_client.cli.config.way import RememberingServer, Way
from esolutions_client.errors import UsageError
from esolutions_client.planning.schedule import Schedule
from esolutions_client.service.identity import Identity
from esolutions_client.service.printers.printer_state import SnmpTimeouts
from esolutions_client.service.switching import SwitchedProber, SwitchedSnmp, open_switch
from esolutions_client.store.database.marker import Marker
from esolutions_client.store.store import Store
from esolutions_client.store.switch import Switch, switch_path

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, tzinfo
    from pathlib import Path
    from random import Random

    from esolutions_client.service.agent import MeterAgent
    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.snmp.search.discovery import Prober

__all__ = ["Options", "Session"]

_TIME_OF_DAY = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True)
class Options:
    """The global options; what the command line leaves out comes from the configuration file."""

    data_dir: Path | None = None
    server_url: str | None = None
    ca: Path | None = None
    http_proxy: str | None = None
    allow_plain_http: bool = False
    gzip: bool = False
    poll_minutes: int = 120
    daily_sync_time: str = "00:00"
    sync_window_minutes: int = 540
    time_zone: str | None = None
    snmp_timeout_seconds: float = 2.0
    snmp_retries: int = 1
    snmp_engine: str = "native"

    def with_config(self, path: Path) -> Options:
        """Return the options with those of a TOML file under them.

        Raises:
            ConfigError: the file cannot be read, or sets something unknown or impossible.
        """
        configured = read_config(path, CONFIG_KEYS)
        known = {field.name: field for field in fields(Options)}
        given = {name: value for name, value in configured.items() if getattr(self, name) == known[name].default}
        for name in ("data_dir", "ca"):
            if name in given:
                given[name] = (path.parent / str(given[name])).resolve()
        return replace(self, **given)


@dataclass
class Session:
    """One run of the program."""

    options: Options
    now: Callable[[], datetime]
    rng: Random
    wait: Callable[[float], None] = field(repr=False)
    monotonic: Callable[[], float] = field(repr=False)
    zone: tzinfo = UTC
    _opened: ExitStack = field(default_factory=ExitStack, init=False, repr=False)

    def close(self) -> None:
        """Close what was opened."""
        self._opened.close()

    @property
    def store_path(self) -> Path:
        """Where the store is."""
        return (self.options.data_dir or user_data_path("esolutions-client", appauthor=False)) / "client.sqlite"

    @cached_property
    def store(self) -> Store:
        """The store in the data folder."""
        store = Store(self.store_path)
        self._opened.callback(store.close)
        return store

    @cached_property
    def switch(self) -> Switch:
        """The switch of all communication; the store is opened only where the switch must be made after it."""
        switch = Switch(switch_path(self.store_path))
        if not switch.is_there:
            if self.store_path.exists() or Marker(self.store_path).is_there:
                return open_switch(self.store)
            switch.make(on=True)
        self._opened.callback(switch.close)
        return switch

    @cached_property
    def identity(self) -> Identity:
        """Who this installation is."""
        return Identity(self.store, self.rng, self.switch)

    @cached_property
    def printers(self) -> SnmpPort:
        """The port to the printers, which the switch of communication stops."""
        return SwitchedSnmp(self.snmp, self.switch, self.monotonic)

    @cached_property
    def prober(self) -> Prober | None:
        """What tells which of many addresses answer, and which the switch stops, too."""
        from esolutions_client.snmp.engines.sweep import Sweep

        return SwitchedProber(Sweep(may_send=self.switch.may_send), self.switch)

    @cached_property
    def snmp(self) -> SnmpPort:
        """The port to the printers, with the engine that was chosen."""
        if self.options.snmp_engine == "pysnmp":
            from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort

            return PysnmpPort(may_send=self.switch.may_send)
        from esolutions_client.snmp.engines.native_port import NativePort

        return NativePort(may_send=self.switch.may_send)

    @cached_property
    def agent(self) -> MeterAgent:
        """The agent over real ports.

        Raises:
            UsageError: no server is known, or it may not be used.
        """
        from esolutions_client.service.agent import MeterAgent
        from esolutions_client.wire.soap_client import SoapClient

        sender = SoapClient(self.transport(), now=self.now, rng=self.rng)
        server = RememberingServer(sender, self.given_way, self.store.settings)
        return MeterAgent(
            self.store,
            self.printers,
            server,
            now=self.now,
            monotonic=self.monotonic,
            rng=self.rng,
            schedule=self.schedule,
            timeouts=self.snmp_timeouts,
            prober=self.prober,
            switch=self.switch,
        )

    @property
    def snmp_timeouts(self) -> SnmpTimeouts:
        """How patient to be with printers."""
        return SnmpTimeouts(self.options.snmp_timeout_seconds, self.options.snmp_retries)

    @property
    def schedule(self) -> Schedule:
        """The schedule of this installation."""
        options = self.options
        if _TIME_OF_DAY.fullmatch(options.daily_sync_time) is None:
            raise UsageError(f"daily_sync_time is {options.daily_sync_time!r}: give HH:MM, in local time")
        return Schedule.for_proxy(
            self.identity.proxy_id,
            poll_interval=timedelta(minutes=options.poll_minutes),
            daily_sync_time=time.fromisoformat(options.daily_sync_time),
            sync_window=timedelta(minutes=options.sync_window_minutes),
            time_zone=self._time_zone,
        )

    @property
    def _time_zone(self) -> tzinfo:
        """The site's time zone: the machine's, unless another one is configured."""
        name = self.options.time_zone
        if name is None:
            return self.zone
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise UsageError(f"time_zone is {name!r}: give a name such as Europe/Berlin") from None

    @cached_property
    def given_way(self) -> Way:
        """The way to the server as far as it was given this time."""
        return Way.given(self.options)

    @cached_property
    def way(self) -> Way:
        """The way to the server that is taken."""
        return Way.taken(self.options, os.environ, self.store.settings)

    def transport(self) -> Any:
        """Return the HTTPS port to the server.

        Raises:
            UsageError: no server is known, or it may not be used.
        """
        from esolutions_client.wire.http.transport import HttpsTransport, check_url

        way = self.way
        if not way.server_url:
            raise UsageError(
                "no Communication Server is known: add --server-url https://HOST[:PORT]/CommunicationServer"
            )
        check_url(way.server_url, allow_plain_http=way.allow_plain_http)
        transport = HttpsTransport(
            way.server_url,
            ca_file=way.ca_file,
            http_proxy=way.http_proxy,
            allow_plain_http=way.allow_plain_http,
            accept_gzip=self.options.gzip,
            may_send=self.switch.may_send,
            traffic=self.switch.traffic,
        )
        self._opened.callback(transport.close)
        return transport
