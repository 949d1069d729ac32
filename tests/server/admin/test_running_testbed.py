"""A testbed on sockets, while it ends and while a namespace of it is removed."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import requests

from esolutions_server.admin.running_testbed import RunningTestbed
from esolutions_server.domain.occasions import Occasions
from esolutions_server.http.serving import RunningServer
from esolutions_server.store.engine.errors import StoreUnavailableError
from esolutions_server.testbed.faults.breakpoints import Stage
from esolutions_server.testbed.routes import NamespacedApplication

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.server.support.testbed import Bed

_PATIENCE = 20.0
_LONG = 600.0


def _until(is_so: Callable[[], object]) -> None:
    tick = threading.Event()
    for _ in range(2_000):
        if is_so():
            return
        tick.wait(0.01)
    pytest.fail("it never became so")


@pytest.mark.wire
@pytest.mark.parametrize("stage", list(Stage))
def test_what_is_held_is_answered_when_a_testbed_ends(bed: Bed, stage: Stage) -> None:
    """At once, by a server that is still there: nobody waits until the breakpoint lets go, or is cut off."""
    answers: list[requests.Response] = []
    breakpoints = bed.instrument.default.interference.breakpoints
    breakpoints.add(stage, _LONG, Occasions())
    proxy = bed.world().proxy()
    message = proxy.envelope(proxy.register_payload())
    application = NamespacedApplication(bed.instrument)
    with RunningTestbed(bed.instrument, RunningServer(application), is_strict=True) as running:

        def send() -> None:
            with requests.Session() as session:
                session.trust_env = False
                session.verify = str(running.listener.ca_file)
                headers = {"Content-Type": "text/xml; charset=utf-8"}
                answers.append(session.post(running.listener.url, message, headers=headers, timeout=_PATIENCE))

        sending = threading.Thread(target=send)
        sending.start()
        _until(breakpoints.held)
    sending.join(_PATIENCE)
    assert [answer.status_code for answer in answers] == [200]


def test_a_namespace_that_is_removed_ends_what_is_on_its_way_first(bed: Bed) -> None:
    """Whoever comes later is told that it is gone, and whatever goes on with it is turned away: no error unforeseen."""
    removed = bed.instrument.add("a")
    order: list[str] = []
    is_inside, may_go_on = threading.Event(), threading.Event()
    wsgi = removed.server.wsgi
    inner = wsgi.__call__

    def slowly(environ: object, start_response: object) -> object:
        is_inside.set()
        assert may_go_on.wait(_PATIENCE)
        answer = inner(environ, start_response)  # type: ignore[arg-type]
        order.append("answered")
        return answer

    def ask() -> list[str]:
        statuses: list[str] = []
        environ = {"PATH_INFO": "/ns/a/CommunicationServer", "REQUEST_METHOD": "GET", "QUERY_STRING": "wsdl"}
        list(NamespacedApplication(bed.instrument)(environ, lambda status, _: statuses.append(status)))
        return statuses

    def remove() -> None:
        bed.instrument.remove("a")
        order.append("removed")

    removed.server.wsgi = slowly  # type: ignore[assignment]
    asking = threading.Thread(target=ask)
    asking.start()
    assert is_inside.wait(_PATIENCE)
    removing = threading.Thread(target=remove)
    removing.start()
    _until(lambda: not bed.instrument.names())
    may_go_on.set()
    removing.join(_PATIENCE)
    asking.join(_PATIENCE)
    assert order == ["answered", "removed"]
    assert ask() == ["404 Not Found"]
    uses: list[Callable[[], None]] = [lambda: removed.advance(timedelta(days=1)), removed.reset]
    for use in uses:
        with pytest.raises(StoreUnavailableError):
            use()
