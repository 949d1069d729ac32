"""The network of one machine: the faults on its way to the server and to its printers, and the packets that left."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from esolutions_client.errors import TurnedOffError
from esolutions_client.snmp.errors import SnmpError
from esolutions_client.snmp.ports import always
from esolutions_scenarios.faults.http import Chain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from esolutions_client.snmp.pdus import Conversation, Reply, Request
    from esolutions_client.snmp.ports import SnmpPort, Target
    from esolutions_client.wire.http.transport import HttpResponse, Transport
    from esolutions_scenarios.faults.http import HttpFault
    from esolutions_scenarios.faults.snmp import SnmpFault

__all__ = ["FaultySnmp", "FaultyTransport", "Net"]

T = TypeVar("T")


@dataclass(slots=True)
class _Laid:
    """A fault on the way; `left` is how often it is still met (None: until it is lifted)."""

    fault: HttpFault
    left: int | None
    operations: frozenset[str] | None


class Net:
    """What lies on one machine's ways, and how many packets and messages went out.

    `taps` are called with the operation and the bytes of each message as it leaves, whatever it meets then. `packets`
    are the requests to printers and the messages to the server; requests count from `count_packets` on, as counting
    has its price.
    """

    def __init__(self) -> None:
        self.taps: list[Callable[[str, bytes], None]] = []
        self.messages_sent = 0
        self.conversations_begun = 0
        self.packets = 0
        self.counts_packets = False
        self._action: Callable[[], None] | None = None
        self._action_at = 0
        self._http: list[_Laid] = []
        self._snmp: list[tuple[SnmpFault, frozenset[str] | None]] = []

    def count_packets(self) -> None:
        """Count every request to a printer from now on."""
        self.counts_packets = True

    def after_packets(self, count: int, action: Callable[[], None]) -> None:
        """Do something when so many more packets have left, in the middle of whatever sends them."""
        self.count_packets()
        self._action, self._action_at = action, self.packets + count

    def cancel_action(self) -> None:
        """Do nothing after all."""
        self._action = None

    def packet_left(self) -> None:
        """Take note that a packet has left."""
        self.packets += 1
        action = self._action
        if action is not None and self.packets >= self._action_at:
            self._action = None
            action()

    def break_server(
        self, fault: HttpFault, *, times: int | None = None, operations: Sequence[str] | None = None
    ) -> None:
        """Put a fault on the way to the server, for some messages or until it is lifted."""
        self._http.append(_Laid(fault, times, None if operations is None else frozenset(operations)))

    def break_printers(self, fault: SnmpFault, hosts: Sequence[str] | None = None) -> None:
        """Put a fault on the way to all printers, or to those at some addresses."""
        self._snmp.append((fault, None if hosts is None else frozenset(hosts)))

    def lift(self, fault: object) -> None:
        """Take a fault away; does nothing if it is gone already."""
        self._http = [laid for laid in self._http if laid.fault is not fault]
        self._snmp = [pair for pair in self._snmp if pair[0] is not fault]

    def mend(self) -> None:
        """Take all faults away."""
        self._http.clear()
        self._snmp.clear()

    @contextmanager
    def server_broken(self, fault: HttpFault) -> Iterator[None]:
        """Put a fault on the way to the server until the block ends."""
        self.break_server(fault)
        try:
            yield
        finally:
            self.lift(fault)

    def http_faults(self, operation: str) -> list[HttpFault]:
        """Return the faults that a message of this operation meets now, and count them down."""
        met = [laid for laid in self._http if laid.operations is None or operation in laid.operations]
        for laid in met:
            if laid.left is not None:
                laid.left -= 1
        self._http = [laid for laid in self._http if laid.left is None or laid.left > 0]
        return [laid.fault for laid in met]

    def snmp_faults(self, host: str) -> list[SnmpFault]:
        """Return the faults on the way to an address."""
        return [fault for fault, hosts in self._snmp if hosts is None or host in hosts]

    @property
    def has_snmp_faults(self) -> bool:
        """Whether any lies on the way to printers."""
        return bool(self._snmp)


class FaultyTransport:
    """A way to the server, with whatever lies on it; `may_send` is asked as the HTTPS port asks it."""

    def __init__(self, inner: Transport, net: Net, may_send: Callable[[], bool] = always) -> None:
        self._inner = inner
        self._net = net
        self._may_send = may_send

    def post(self, body: bytes, *, operation: str) -> HttpResponse:
        """Carry one request through every fault; an exchange in which communication is turned off is broken off."""
        self._require_on()
        self._net.messages_sent += 1
        for tap in self._net.taps:
            tap(operation, body)
        self._net.packet_left()
        faults = self._net.http_faults(operation)
        try:
            return Chain(*faults)(body, lambda sent: self._inner.post(sent, operation=operation))
        finally:
            self._require_on()

    def _require_on(self) -> None:
        if not self._may_send():
            raise TurnedOffError


class FaultySnmp:
    """A way to the printers, with whatever lies on it; `may_send` is asked before a request that will be lost."""

    def __init__(self, inner: SnmpPort, net: Net, may_send: Callable[[], bool] = always) -> None:
        self._inner = inner
        self._net = net
        self._may_send = may_send

    def converse(self, tasks: Sequence[tuple[Target, Conversation[T]]]) -> Iterator[list[tuple[int, T | SnmpError]]]:
        """Run all conversations, each through the faults on its own way."""
        self._net.conversations_begun += len(tasks)
        if not self._net.has_snmp_faults and not self._net.counts_packets:
            return self._inner.converse(tasks)
        return self._inner.converse(
            [
                (target, self._through(self._net.snmp_faults(target.host), target, conversation))
                for target, conversation in tasks
            ]
        )

    def _through(self, faults: list[SnmpFault], target: Target, conversation: Conversation[T]) -> Conversation[T]:
        """Run a conversation whose requests are counted, and whose answers are changed on their way."""
        # A request that is lost has no answer that other faults could change.
        losing = [fault for fault in faults if fault.loses_request]
        try:
            request = next(conversation)
            while True:
                try:
                    reply: Reply | None = None
                    if losing:
                        self._lose()
                    else:
                        reply = yield from self._asked(request)
                    for fault in losing or faults:
                        reply = fault(target, request, reply)
                except SnmpError as error:
                    request = conversation.throw(error)
                else:
                    request = conversation.send(reply)  # type: ignore[arg-type]  # a fault that loses requests raises
        except StopIteration as finished:
            return finished.value  # type: ignore[no-any-return]

    def _asked(self, request: Request) -> Conversation[Reply | None]:
        """Let the port ask; a request that it does not send, as communication is off, is not counted."""
        try:
            reply = yield request
        except SnmpError:
            self._net.packet_left()
            raise
        self._net.packet_left()
        return reply

    def _lose(self) -> None:
        """Count a request that leaves and gets lost."""
        if not self._may_send():
            raise TurnedOffError
        self._net.packet_left()
