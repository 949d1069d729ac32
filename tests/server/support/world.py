"""A server on a clock that tests move, and the proxies that talk to it."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from esolutions_server.service.people.enrolment import EquipmentRow
from tests.server.support.proxy import Proxy

if TYPE_CHECKING:
    from esolutions_server import ReferenceServer
    from tests.server.support.clock import Clock


@dataclass
class World:
    """A server, a clock, and proxies."""

    server: ReferenceServer
    clock: Clock

    def proxy(self, number: int = 1, **fields: Any) -> Proxy:
        """Make a proxy; nobody knows it yet."""
        guid = f"{number:08d}-2222-4333-8444-555555555555"
        return Proxy(self.server, self.clock, guid=guid, rng=random.Random(number), **fields)

    def know(self, *serials: str, **row: Any) -> None:
        """Let the administrative systems know devices, installed long ago."""
        admin = self.server.administration
        if not admin.pages.accounts(limit=1).rows:
            admin.add_account("Acme", "key@acme.example")
        values: dict[str, Any] = {
            "installed_on": date(2025, 1, 1),
            "account": "Acme",
            "person": "bob@acme.example",
            "frequency": "monthly",
        }
        admin.import_equipment([EquipmentRow(serial=serial, **values | row) for serial in serials])

    def active_proxy(self, *serials: str, **row: Any) -> Proxy:
        """Take devices of one proxy all the way to active."""
        proxy = self.proxy()
        proxy.register(*serials)
        self.know(*serials, **row)
        self.clock.move(hours=1)
        for serial in serials:
            self.server.administration.sign_up(serial)
        for command in proxy.sync().commands:
            assert proxy.status(command["SerialNumber"], command["CommandId"]) == "Accepted"
        return proxy

    def states(self) -> dict[str, str]:
        """Return the state of every device."""
        return {device.serial: device.state for device in self.server.administration.every.devices()}

    def snapshot(self) -> dict[str, list[Any]]:
        """Return everything that a refused message must not change: all but the journal."""
        admin = self.server.administration
        return {
            "devices": list(admin.every.devices()),
            "proxies": list(admin.every.proxies()),
            "commands": list(admin.every.commands()),
            "bills": list(admin.every.bills()),
            "held": list(admin.every.held()),
            "mails": list(admin.every.mails()),
        }
