"""What the live page shows of messages, without script."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from esolutions_server.store.repositories.exchanges.journal import JournalQuery

if TYPE_CHECKING:
    from tests.server.admin.page.support.visitor import Visitor
    from tests.server.support.testbed import Bed

HOSTILE = "<script>alert(1)</script>&\"'"


def test_messages_are_shown_with_their_sizes_against_the_published_ones(bed: Bed, visitor: Visitor) -> None:
    """Each with its outcome, the newest first."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    proxy.sync()
    (row,) = bed.instrument.default.server.journal.last(JournalQuery(), 1)
    assert row.published_in is not None
    shown = visitor.get().text
    assert shown.index("SyncProxy") < shown.index("RegisterProxyDevices") < shown.index(">RegisterProxy<")
    assert f"{row.bytes_in:,} ({row.bytes_in - row.published_in:+,})" in shown
    assert f"{row.published_out:,} =" in shown


def test_what_strangers_write_is_text(bed: Bed, visitor: Visitor) -> None:
    """Where a note quotes them."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    evil = HOSTILE.replace("&", "&amp;").replace("<", "&lt;")
    answer = proxy.send(proxy.sync_payload().replace(">1</n:Attempt>", f">{evil}</n:Attempt>"))
    assert answer.is_fault
    (row,) = bed.instrument.default.server.journal.last(JournalQuery(), 1)
    assert "<script>alert" in row.note
    for shown in (visitor.get().text, visitor.get("/live/messages").text):
        assert "&lt;script&gt;alert" in shown
        assert "<script>alert" not in shown


def test_a_region_that_is_as_it_was_is_not_sent_again(bed: Bed, visitor: Visitor) -> None:
    """The page asks with what it has seen; something new is the whole region, and the next thing to ask with."""
    found = re.search(r"live/messages\?of=&amp;seen=(\w+)", visitor.get().text)
    assert found is not None
    assert visitor.get("/live/messages", seen=found[1]).status_code == 204
    bed.world().proxy().register("ABC123456")
    answer = visitor.get("/live/messages", seen=found[1])
    assert (answer.status_code, "RegisterProxyDevices" in answer.text) == (200, True)
    assert found[1] not in answer.text


def test_the_refused_ones_can_be_looked_at_alone(bed: Bed, visitor: Visitor) -> None:
    """By a link."""
    proxy = bed.world().proxy()
    proxy.register("ABC123456")
    proxy.send("<n:Nothing/>")
    shown = visitor.get(only="refused").text
    assert "RegisterProxyDevices" not in shown
    assert shown.count('<tr class="refused">') == 1
