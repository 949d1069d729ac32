"""One client on a testbed's machine, before a real server and simulated printers, in one process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_scenarios.stories.registry import Setting
from esolutions_scenarios.testbed.office import ONE_HOUR, START, old_fleet, open_account, printers, sign_up
from esolutions_scenarios.testbed.testbed import Testbed
from esolutions_scenarios.virtual_time.timeline import Timeline
from esolutions_scenarios.worlds.memory import MemoryWorld

if TYPE_CHECKING:
    from datetime import datetime, timedelta
    from pathlib import Path

    from esolutions_client.fleet.device import Device
    from esolutions_client.service.agent import MeterAgent
    from esolutions_client.store.store import Store
    from esolutions_scenarios.faults.http import HttpFault
    from esolutions_scenarios.faults.net import Net
    from esolutions_server.service.people.administration import Administration
    from esolutions_simulators.fleets.fleet import Fleet

__all__ = ["Line", "Office"]


class Line:
    """The machine's way to the server: keeps what goes out, and does to it what a test says, one fault at a time."""

    def __init__(self, net: Net) -> None:
        self._net = net
        self._fault: HttpFault | None = None
        self.sent: list[bytes] = []
        net.taps.append(lambda _operation, body: self.sent.append(body))

    @property
    def fault(self) -> HttpFault | None:
        """What every message meets."""
        return self._fault

    @fault.setter
    def fault(self, fault: HttpFault | None) -> None:
        if self._fault is not None:
            self._net.lift(self._fault)
        self._fault = fault
        if fault is not None:
            self._net.break_server(fault)


class Office:
    """A machine with the client on it, its printers and its server; virtual time moves only when told."""

    def __init__(self, folder: Path, count: int = 2) -> None:
        setting = Setting(fleet=old_fleet(count, "nominal"), start=START)
        self.fleet: Fleet = setting.fleet(1)
        self.world = MemoryWorld(folder, start=START, seed=1, policy=setting.policy)
        self.world.show_fleet(self.fleet)
        self.testbed = Testbed(self.world, Timeline(START), folder, 1, self.fleet)
        self.serials = printers(self.testbed)
        self.machine = self.testbed.install()
        self.line = Line(self.machine.net)

    @property
    def now(self) -> datetime:
        """The virtual time."""
        return self.testbed.now

    @property
    def agent(self) -> MeterAgent:
        """The client."""
        return self.machine.running

    @property
    def store(self) -> Store:
        """The client's store."""
        return self.machine.store

    @property
    def administration(self) -> Administration:
        """The server's operator."""
        return self.testbed.administration

    @property
    def skew(self) -> timedelta:
        """What the machine's clock is ahead of true time."""
        return self.machine.skew

    @skew.setter
    def skew(self, skew: timedelta) -> None:
        self.machine.skew = skew

    def restart(self) -> None:
        """Stop the client wherever it is, and start it again; the machine stays on."""
        self.machine.restart_client()

    def reboot(self) -> None:
        """Switch the machine off and on again."""
        self.machine.restart()

    def pass_time(self, span: timedelta) -> None:
        """Let time pass without anything that is due being done."""
        self.testbed.timeline.move_to(self.now + span)
        self.world.set_clock(self.now)

    def run_for(self, span: timedelta) -> None:
        """Let time pass; the client does what is due, as its loop does, and so does the server."""
        self.testbed.run_for(span)

    def device(self, serial: str) -> Device:
        """Return a printer as the client knows it."""
        found = self.store.devices.get(serial)
        assert found is not None
        return found

    def discover(self) -> None:
        """Find the printers and list them, as the wizard does."""
        self.machine.discover(self.fleet.addresses)

    def enrol(self) -> None:
        """Discover, register and sign up everything, and let the server turn it on."""
        open_account(self.testbed, dict.fromkeys(self.serials, "monthly"))
        self.discover()
        self.agent.register(self.serials)
        self.run_for(ONE_HOUR)
        sign_up(self.testbed, self.serials)
        self.agent.sync()

    def open_requests(self) -> list[str]:
        """Return the printers with a billing request that the server has no answer to."""
        return [request.serial for request in self.administration.every.requests() if request.state == "open"]

    def close(self) -> None:
        """Switch everything off."""
        self.testbed.close()
