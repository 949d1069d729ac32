"""Clients and devices on the live page, and the sequence diagram of a client."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.server.admin.page.support.visitor import Visitor
    from tests.server.support.testbed import Bed


def test_devices_are_shown_with_their_states_and_taken_to_others(bed: Bed, visitor: Visitor) -> None:
    """By a form for each."""
    bed.world().proxy().register("ABC123456")
    assert '<span class="badge registered">registered</span>' in visitor.get("/devices").text
    answer = visitor.post("/devices/state", serial="ABC123456", state="active", back="/testbed/devices")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/testbed/devices")
    assert bed.world().states() == {"ABC123456": "active"}
    assert '<span class="badge active">active</span>' in visitor.get("/devices").text


def test_what_cannot_become_of_a_device_is_refused_with_the_reason(bed: Bed, visitor: Visitor) -> None:
    """On a page."""
    bed.world().proxy().register("ABC123456")
    assert visitor.post("/devices/state", serial="ABC123456", state="on fire").status_code == 422
    assert visitor.post("/devices/state", serial="NONE12345", state="active").status_code == 404


def test_a_client_is_drawn_as_a_sequence_of_its_messages(bed: Bed, visitor: Visitor) -> None:
    """The oldest at the top; what was refused is marked, and each leads to its message."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    proxy.sync()
    bed.world().proxy(2).register("ABC123457")
    proxy.post(proxy.envelope(proxy.sync_payload(), created="2020-01-01T00:00:00Z"))
    shown = visitor.get(f"/clients/{proxy.guid}").text
    drawn = shown[shown.index("<svg") : shown.index("</svg>")]
    assert drawn.index(">RegisterProxy<") < drawn.index("RegisterProxyDevices") < drawn.index("SyncProxy")
    assert re.findall(r"/testbed/messages/(\d+)", drawn) == ["1", "2", "3", "6"]
    assert drawn.count('<g class="refused">') == 1
    assert visitor.get("/live/sequence", of=proxy.guid).status_code == 200


def test_a_client_that_nobody_knows_has_no_page(visitor: Visitor) -> None:
    """It says so, and a region of it does."""
    assert visitor.get("/clients/99999999-2222-4333-8444-555555555555").status_code == 404
    assert visitor.get("/clients/nobody").status_code == 422
    assert visitor.get("/live/nothing").status_code == 404
