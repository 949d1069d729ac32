"""Write a printer down as plain data, and make a printer of what was written: its definition and its incidents."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from esolutions_simulators.life.incidents import Incident
from esolutions_simulators.printers.printer import SimulatedPrinter
from esolutions_simulators.usm.users import User

__all__ = ["printer_from_json", "printer_to_json"]


def printer_to_json(printer: SimulatedPrinter) -> dict[str, Any]:
    """Return plain data of a printer, with the passwords of users: for the fleet's own file alone."""
    data: dict[str, Any] = {
        "model": printer.model.name,
        "serial": printer.serial,
        "seed": printer.seed,
        "installed_at": printer.installed_at.astimezone(UTC).isoformat(),
        "address": printer.address,
        "community": printer.community,
        "incidents": [incident.to_json() for incident in printer.incidents],
    }
    if printer.users:
        data["users"] = [user.to_json() for user in printer.users]
    return data


def printer_from_json(data: Mapping[str, Any]) -> SimulatedPrinter:
    """Return the printer that ``data`` describes."""
    return SimulatedPrinter(
        data["model"],
        data["serial"],
        data["seed"],
        datetime.fromisoformat(data["installed_at"]),
        data["address"],
        data.get("community", "public"),
        [Incident.from_json(incident) for incident in data.get("incidents", ())],
        [User.from_json(user) for user in data.get("users", ())],
    )
