"""What a steady poll of 35 OIDs costs: the client's CPU with each SNMP engine, and the bytes on the local network.

Printers are simulated ones in another process; only this
process's CPU counts. The bytes are those of UDP payloads, counted by a relay in
this process's own thread.
"""

from __future__ import annotations

import socket
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from esolutions_client.snmp.engines.native_port import NativePort
from esolutions_client.snmp.engines.pysnmp_port import PysnmpPort
from esolutions_client.snmp.ports import Target
from esolutions_client.snmp.rows.identify import Identified, identify
from esolutions_client.snmp.rows.layout import steady
from esolutions_scenarios.bench.figure import Figure
from esolutions_scenarios.live_servers import RunningPrinters

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from esolutions_client.snmp.ports import SnmpPort

__all__ = ["measure"]

_START = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)
_PRINTERS, _ROUNDS = 10, 30
# Thirty-five OIDs: a large multifunction, with all its meters and supplies.
_MODEL = "colour-a3-mfp"
_LARGEST_DATAGRAM = 65535


def measure(cpu: Callable[[], float]) -> Iterator[Figure]:
    """Yield the figures of a steady poll."""
    with (
        TemporaryDirectory(prefix="esolutions-bench-") as folder,
        RunningPrinters(Path(folder), _PRINTERS, _MODEL, seed=1, now=lambda: _START + timedelta()) as running,
    ):
        targets = [_target(endpoint) for endpoint in running.endpoints]
        cost, oids = _cost(NativePort(), targets, cpu)
        yield Figure("steady poll", cost * 1000, "CPU ms", 0.15, note=f"{oids} OIDs; goal 0.10")
        cost, oids = _cost(PysnmpPort(), targets, cpu)
        yield Figure("steady poll with pysnmp", cost * 1000, "CPU ms", note=f"{oids} OIDs; for comparison")
        yield Figure("steady poll on the local network, both ways", _bytes(targets[0]), "bytes", 2048)


def _cost(port: SnmpPort, targets: list[Target], cpu: Callable[[], float]) -> tuple[float, int]:
    """Return the CPU seconds of a poll, and of how many OIDs it is."""
    layouts = [_identified(port, target).layout for target in targets]
    began = cpu()
    for _ in range(_ROUNDS):
        for batch in port.converse([(t, steady(layout)) for t, layout in zip(targets, layouts, strict=True)]):
            for _, result in batch:
                if isinstance(result, Exception):
                    raise result
    return (cpu() - began) / (_ROUNDS * len(targets)), len(layouts[0].oids)


def _identified(port: SnmpPort, target: Target) -> Identified:
    for batch in port.converse([(target, identify(now=lambda: _START))]):
        for _, result in batch:
            if isinstance(result, Exception):
                raise result
            return result
    raise LookupError(f"{target.host} gave no answer")


def _bytes(target: Target) -> float:
    port = NativePort()
    layout = _identified(port, target).layout
    with _Relay(target) as relay:
        for _ in port.converse([(Target("127.0.0.1", relay.port), steady(layout))]):
            pass
        return float(relay.bytes)


def _target(endpoint: str) -> Target:
    host, _, port = endpoint.rpartition(":")
    return Target(host, int(port))


class _Relay:
    """Passes datagrams on to a printer and back, and counts their bytes."""

    def __init__(self, target: Target) -> None:
        self._target = (target.host, target.port)
        self._front = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._front.bind(("127.0.0.1", 0))
        self._front.settimeout(0.2)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._relay, daemon=True)
        self.port: int = self._front.getsockname()[1]
        self.bytes = 0

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._ended.set()
        self._thread.join()
        self._front.close()

    def _relay(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as back:
            back.settimeout(2.0)
            while not self._ended.is_set():
                try:
                    asked, asker = self._front.recvfrom(_LARGEST_DATAGRAM)
                except TimeoutError:
                    continue
                back.sendto(asked, self._target)
                answer = back.recv(_LARGEST_DATAGRAM)
                self.bytes += len(asked) + len(answer)
                self._front.sendto(answer, asker)
