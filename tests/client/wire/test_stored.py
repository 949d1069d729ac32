"""What was composed survives a restart, field by field."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from esolutions_client.wire.codec import operation_of
from esolutions_client.wire.stored import dump, load


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
