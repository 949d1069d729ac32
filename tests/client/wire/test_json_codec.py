"""What was composed survives a restart, field by field."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.wire.codec import operation_of
from esolutions_client.wire.json_codec import dump, load
from esolutions_client.wire.messages import BillingTransaction


@given(data=st.data())
def test_a_stored_message_is_loaded_as_it_was(any_request: Any, data: st.DataObject) -> None:
    """Every kind, with every field; moments keep their zone."""
    request = data.draw(any_request)
    assert load(operation_of(request), dump(request)) == request


@given(data=st.data())
def test_a_message_is_stored_in_one_spelling(any_request: Any, data: st.DataObject) -> None:
    """Storing what was loaded changes nothing."""
    request = data.draw(any_request)
    assert dump(load(operation_of(request), dump(request))) == dump(request)


def test_a_message_of_an_older_version_has_what_was_added_since_by_default() -> None:
    """It waits in the outbox while the program is upgraded, and says nothing of the end of a period."""
    text = (
        '{"transaction_id":"id","devices":[{"serial_number":"ABC123456","command_id":"asked","read_date":'
        '"2026-01-05T09:00:00+00:00","meters":[{"name":"Total Impressions","value":1,"rollover_at":null}],"supplies":'
        "[]}]}"
    )
    loaded = load("SubmitBillingTransaction", text)
    assert isinstance(loaded, BillingTransaction)
    assert loaded.devices[0].period_end is None
    assert loaded.devices[0].meters[0].value == 1
