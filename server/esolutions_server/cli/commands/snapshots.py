"""The commands `snapshot`, `restore`, `fork` and `reset`: everything in a running testbed at once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from esolutions_server.cli.options import DataDir, Json, Setting  # noqa: TC001 (typer reads the annotations)
from esolutions_server.cli.testbed_access import Namespace, running_testbed

if TYPE_CHECKING:
    from typer import Typer

__all__ = ["add_commands"]


def add_commands(application: Typer, setting: Setting) -> None:
    """Add the commands to the command line."""
    _add_copies(application, setting)
    _add_reset(application, setting)


def _add_copies(application: Typer, setting: Setting) -> None:
    @application.command()
    def snapshot(*, name: str, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Keep everything of a running testbed as NAME, with what its clock shows."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            testbed.take_snapshot(name)
        setting.say(f"Kept; `restore {name}` goes back to it.", {"snapshot": name}, as_json=as_json)

    @application.command()
    def restore(*, name: str, namespace: Namespace = "", data_dir: DataDir = None, as_json: Json = False) -> None:
        """Go back to the snapshot NAME of a running testbed; its clock shows what it showed then."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            testbed.restore(name)
        setting.say(f"Everything is as it was in {name}.", {"snapshot": name}, as_json=as_json)

    @application.command()
    def fork(
        *,
        name: str,
        snapshot: Annotated[str | None, typer.Option(help="Begin from this one; from the present without it.")] = None,
        namespace: Namespace = "",
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Make the namespace NAME of a running testbed, which begins where this one is."""
        with running_testbed(setting, data_dir, namespace) as testbed:
            url, made = testbed.fork(name, snapshot)
            made.close()
        setting.say(f"{name} is at {url}", {"name": name, "url": url}, as_json=as_json)


def _add_reset(application: Typer, setting: Setting) -> None:
    @application.command()
    def reset(
        *,
        yes: Annotated[bool, typer.Option("--yes", help="It cannot be undone: say that you mean it.")] = False,
        namespace: Namespace = "",
        data_dir: DataDir = None,
        as_json: Json = False,
    ) -> None:
        """Empty a running testbed: database, faults, breakpoints, captured messages; its clock shows the real time."""
        if not yes:
            raise typer.BadParameter("everything in it is lost: say --yes", param_hint="--yes")
        with running_testbed(setting, data_dir, namespace) as testbed:
            testbed.reset()
        setting.say("The testbed is as new; its snapshots are there.", {"reset": True}, as_json=as_json)
