"""The commands that list what a server knows: devices, proxies, mail; all of them, some, or one of them whole."""

from __future__ import annotations

from collections import deque
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esolutions_server.cli.options import (
    Database,
    DataDir,
    Json,
    OfProxy,
    OptionalSerial,
    Setting,
    Since,
    Table,
    Until,
    guid,
    time_text,
)
from esolutions_server.domain.devices.states import DeviceState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from typer import Typer

    from esolutions_server.service.people.presentation.views import MailView

__all__ = ["add_commands"]


def state(text: str) -> str:
    """Read the state of a device that was typed; the name of this function is what `--help` shows."""
    found = text.lower().replace("-", " ").replace("_", " ")
    if found not in set(DeviceState):
        raise typer.BadParameter(f"{text!r} is none of {', '.join(each.replace(' ', '-') for each in DeviceState)}")
    return found


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    _add_devices(application, setting)
    _add_proxies(application, setting)
    _add_mail(application, setting)


def _add_devices(application: Typer, setting: Setting) -> None:
    @application.command()
    def devices(
        *,
        serial: OptionalSerial = None,
        in_state: Annotated[str | None, typer.Option("--state", parser=state, help="Only those in this state.")] = None,
        proxy: OfProxy = None,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List the registered devices, or show all that is known of SERIAL."""
        with setting.server(database, data_dir) as server:
            if serial is not None:
                shown = asdict(server.administration.one.device(serial))
                setting.show_one(shown, _device_lines(shown), as_json=as_json)
                return
            every = server.administration.every.devices
            rows = _filtered(
                every,
                lambda device: in_state in {None, device.state} and proxy in {None, device.proxy_id},
            )
            columns = ("serial", "state", "proxy_id", "registered_at", "activated_at")
            narrow = ("serial", "state", "registered_at", "activated_at")
            setting.show(Table(rows, columns, narrow), as_json=as_json)


def _add_proxies(application: Typer, setting: Setting) -> None:
    @application.command()
    def proxies(
        *,
        proxy: Annotated[str | None, typer.Argument(parser=guid)] = None,
        silent: Annotated[bool, typer.Option("--silent", help="Only those that did not call in time.")] = False,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List the installed clients, or show all that is known of PROXY."""
        with setting.server(database, data_dir) as server:
            if proxy is not None:
                shown = asdict(server.administration.one.proxy(proxy))
                setting.show_one(shown, _proxy_lines(shown), as_json=as_json)
                return
            rows = _filtered(server.administration.every.proxies, lambda each: each.is_silent or not silent)
            columns = ("id", "last_heard_at", "next_contact_at", "state", "queue")
            narrow = ("id", "last_heard_at", "state", "queue")
            setting.show(Table(rows, columns, narrow), as_json=as_json)


def _add_mail(application: Typer, setting: Setting) -> None:
    @application.command()
    def mail(
        *,
        to: Annotated[str | None, typer.Option(help="Only to this address.")] = None,
        since: Since = None,
        until: Until = None,
        last: Annotated[int | None, typer.Option(min=1, help="Only the newest so many, the newest last.")] = None,
        database: Database = None,
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """List the mail to key users and others, oldest first."""
        with setting.server(database, data_dir) as server:
            wanted = _filtered(server.administration.every.mails, lambda each: _is_wanted(each, to, since, until))
            rows = wanted if last is None else lambda: iter(deque(wanted(), maxlen=last))
            setting.show(Table(rows, ("moment", "recipient", "subject")), as_json=as_json)


def _is_wanted(mail: MailView, to: str | None, since: datetime | None, until: datetime | None) -> bool:
    is_to = to is None or mail.recipient.lower() == to.lower()
    return is_to and (since is None or mail.moment >= since) and (until is None or mail.moment < until)


def _filtered(every: Callable[[], Iterator[Any]], is_wanted: Callable[[Any], bool]) -> Callable[[], Iterator[Any]]:
    """Return what reads those rows of a list that are wanted."""
    return lambda: filter(is_wanted, every())


def _proxy_lines(proxy: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a client by the words of its lines: spans with their unit."""
    return {name: f"{value} s" if name in {"sync_window", "poll_interval"} else value for name, value in proxy.items()}


def _device_lines(device: dict[str, Any]) -> dict[str, Any]:
    """Return what is known of a device by the words of its lines: a meter and a supply have one each."""
    lines = {name: value for name, value in device.items() if name not in {"meters", "supplies"}}
    for meter in device["meters"]:
        lines[f"meter {meter['name']}"] = f"{meter['last_value']} of {time_text(meter['last_read_at'])}"
    for supply in device["supplies"]:
        amount = f"{supply['level']} of {supply['capacity']} {supply['unit']}"
        lines[f"supply {supply['name']}"] = f"{supply['state']}, {amount}, of {time_text(supply['read_at'])}"
    return lines
