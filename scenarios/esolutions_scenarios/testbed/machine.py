"""The customer's machine with the client on it: what a person does at it, and its power switch."""

from __future__ import annotations

from contextlib import closing, suppress
from datetime import UTC, timedelta
from random import Random
from typing import TYPE_CHECKING, Any

from esolutions_client.errors import DeliveryError, StoreError
from esolutions_client.service.agent import MeterAgent
from esolutions_client.service.printers.addresses.searches import Searched
from esolutions_client.service.printers.discovery import find_printers
from esolutions_client.service.switching import SwitchedSnmp, open_switch
from esolutions_client.store.store import Store
from esolutions_client.store.switch import Switch, switch_path
from esolutions_client.wire.soap_client import SoapClient
from esolutions_scenarios.faults.crash import Crash, CrashingStore, CrashPoint
from esolutions_scenarios.faults.net import FaultySnmp, FaultyTransport, Net

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime, tzinfo
    from pathlib import Path

    from esolutions_client.snmp.ports import SnmpPort
    from esolutions_client.wire.messages import SyncReason
    from esolutions_scenarios.worlds.world import World

__all__ = ["Machine"]

_ONE_SECOND = timedelta(seconds=1)
_AFTER_STORE_ERROR = timedelta(minutes=1)


class Machine:
    """One installed client.

    `agent` is the production client over the world's ports; it is gone while
    the machine is off, and made anew from its store when it comes on. `net` is
    what lies on its ways, `crash_point` where it dies, `skew` what its clock is
    ahead of true time; `disk_is_full` outlasts a restart.
    """

    def __init__(
        self,
        name: str,
        path: Path,
        world: World,
        *,
        now: Callable[[], datetime],
        seed: str,
        time_zone: tzinfo = UTC,
    ) -> None:
        self.name = name
        self.path = path
        self._time_zone = time_zone
        self.net = Net()
        self.crash_point = CrashPoint()
        self.skew = timedelta(0)
        self.disk_is_full = False
        self._switch = Switch(switch_path(path))
        self._world = world
        self._true_now = now
        self._rng = Random(seed)  # noqa: S311 - a simulation must be repeatable
        self._synchronous = "FULL" if world.name == "wire" else "OFF"
        self._reason: SyncReason = "Startup"
        self._not_before = self._started_at = now()
        self.agent: MeterAgent | None = None
        self.power_on()

    @property
    def is_on(self) -> bool:
        """Whether the machine runs."""
        return self.agent is not None

    @property
    def running(self) -> MeterAgent:
        """The client, as long as the machine is on.

        Raises:
            RuntimeError: it is off; the story is wrong.
        """
        if self.agent is None:
            raise RuntimeError(f"{self.name} is off")
        return self.agent

    @property
    def store(self) -> Store:
        """The client's store."""
        return self.running.store

    @property
    def proxy_id(self) -> str:
        """The GUID of this installation."""
        return self.running.identity.proxy_id

    def power_on(self) -> None:
        """Start the machine and the client on it; does nothing if it runs."""
        if self.agent is not None:
            return
        store = CrashingStore(self.path, synchronous=self._synchronous, point=self.crash_point)
        self._switch = open_switch(store)
        transport = FaultyTransport(self._world.transport(), self.net, self._switch.may_send)
        server = SoapClient(transport, now=self.now, rng=self._rng)
        self._started_at = self._true_now()
        if self.disk_is_full:
            store.fill_disk()
        self.agent = MeterAgent(
            store,
            self.snmp(),
            server,
            now=self.now,
            monotonic=self.monotonic,
            rng=self._rng,
            timeouts=self._world.snmp_timeouts,
            switch=self._switch,
            time_zone=self._time_zone,
        )
        # On a full disk the first round does it, as soon as there is room.
        with suppress(StoreError):
            self.agent.begin()
        self._reason = "Startup"

    def restart(self) -> None:
        """Switch the machine off and on again."""
        self.power_off()
        self.power_on()

    def restart_client(self) -> None:
        """Stop the client wherever it is, and start it again; the machine stays on."""
        started_at = self._started_at
        self.restart()
        self._started_at = started_at

    def now(self) -> datetime:
        """Return what this machine's clock shows."""
        return self._true_now() + self.skew

    def monotonic(self) -> float:
        """Return the seconds since this machine was switched on."""
        return (self._true_now() - self._started_at).total_seconds()

    def power_off(self) -> None:
        """Cut the power: whatever was not committed is gone."""
        if self.agent is not None:
            self.agent.store.close()
            self._switch.close()
            self.agent = None

    def due_at(self) -> datetime | None:
        """Return when this machine has something to do; None while it has not."""
        try:
            due = None if self.agent is None else self.agent.next_due_at()
        except StoreError:
            # As the real loop does: the next round meets it, and says so.
            due = self.now() + _AFTER_STORE_ERROR
        return None if due is None else max(due - self.skew, self._not_before)

    def wake(self) -> None:
        """Do what is due; a machine that dies on the way is off afterwards."""
        try:
            done = self.running.run_due(self._reason)
        except Crash:
            self.power_off()
        else:
            if done.trouble is None:
                self._reason = "Scheduled"
        # As in the real loop, there is at least a second between two rounds.
        self._not_before = self._true_now() + _ONE_SECOND

    def discover(self, addresses: Sequence[str], *, version: str = "2c") -> list[str]:
        """Look for printers at addresses and return the serial numbers found, as the wizard does."""
        searched = Searched(tuple(addresses), port=self._world.printer_port, snmp_version=version)
        identity = self.running.identity
        report = find_printers(
            self.store, self.snmp(), identity, searched, now=self.now, timeouts=self._world.snmp_timeouts
        )
        # The wizard is another program: the client at work notices what it changed.
        self.running.polling.forget()
        return sorted(printer.device.serial_number for printer in report.found if printer.device is not None)

    def register(self, serial_numbers: Sequence[str]) -> None:
        """Register printers; what the server does not take now waits in the outbox."""
        try:
            self.running.register(serial_numbers)
        except DeliveryError:
            # The story goes on; the message is in the outbox and the transcript shows the failure.
            return

    def ask(self, kind: str, arguments: dict[str, Any]) -> int:
        """Ask the client that runs for something, as a command of another program does; return the wish's id."""
        with closing(Store(self.path, synchronous=self._synchronous)) as store:
            return store.wishes.put(kind, arguments, self.now())

    def turn(self, *, on: bool) -> None:
        """Turn communication on or off."""
        self.running.turn(on=on)

    def fill_disk(self) -> None:
        """Leave no room on the machine's disk."""
        self.disk_is_full = True
        if isinstance(self.running.store, CrashingStore):
            self.running.store.fill_disk()

    def free_disk(self) -> None:
        """Make room on the machine's disk again."""
        self.disk_is_full = False
        if self.agent is not None and isinstance(self.agent.store, CrashingStore):
            self.agent.store.free_disk()

    def snmp(self) -> SnmpPort:
        """Return a port to the printers, with whatever lies on the way to them."""
        may_send = self._switch.may_send
        return SwitchedSnmp(FaultySnmp(self._world.snmp(may_send), self.net, may_send), self._switch)
