"""The settings of a client: each has its type, stands under the name it always had, and a damaged one is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from esolutions_client.errors import StoreError
from esolutions_client.store.settings import Setting, Settings

if TYPE_CHECKING:
    from esolutions_client.store.store import Store

MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
TEXTS = (
    *("proxy_id", "instance_id", "secret", "proxy_message_id", "last_receipt_id", "last_result", "clock_complaint"),
    *("server_url", "ca", "http_proxy"),
)
TIMESTAMPS = (
    *("installed_at", "registered_at", "rejected_at", "last_poll_at", "last_search_at", "last_sync_at"),
    *("first_failure_at", "last_failure_at", "unknown_since"),
)
# Attribute, its name in the table, what it is where nothing is kept, a value, and how that stands in the table.
SETTINGS: list[tuple[str, str, Any, Any, str]] = [
    *((name, name, None, "a text", "a text") for name in TEXTS),
    *((name, name, None, MOMENT, "2026-01-05T09:30:00+00:00") for name in TIMESTAMPS),
    ("failures", "failures", 0, 3, "3"),
    ("clock_ahead_seconds", "clock_ahead_seconds", 0, -12, "-12"),
    ("clock_confirmed", "clock_confirmed", None, 1_700_000_000, "1700000000"),
    ("clock_refused", "clock_refused", None, 1_700_000_000, "1700000000"),
    ("poll_interval", "poll_interval", timedelta(0), timedelta(hours=2), "7200"),
    ("allow_plain_http", "allow_plain_http", False, True, "yes"),
    ("enabled", "enabled", True, False, "no"),
    ("has_switch", "switch", False, True, "made"),
    ("has_room", "room", False, True, "checked"),
    ("searched", "searched", [], [{"port": 161}], '[{"port": 161}]'),
    ("at_work", "at_work", {}, {"command": "run"}, '{"command": "run"}'),
]


@pytest.mark.parametrize(
    ("attribute", "name", "nothing", "value", "text"), SETTINGS, ids=[setting[0] for setting in SETTINGS]
)
def test_a_fact_reads_back_and_stands_as_other_versions_wrote_it(
    store: Store, attribute: str, name: str, nothing: object, value: object, text: str
) -> None:
    """Nothing at first, then the value under its name, and nothing again when it is removed."""
    assert getattr(store.settings, attribute) == nothing
    setattr(store.settings, attribute, value)
    assert store._connection.execute("SELECT name, value FROM setting").fetchall() == [(name, text)]
    assert getattr(store.settings, attribute) == value
    setattr(store.settings, attribute, None)
    assert store._connection.execute("SELECT * FROM setting").fetchall() == []


def test_every_fact_is_in_the_table_above() -> None:
    """None is added without saying how it is kept."""
    assert {name for name, setting in vars(Settings).items() if isinstance(setting, Setting)} == {
        setting[0] for setting in SETTINGS
    }


def test_there_are_no_other_facts(store: Store) -> None:
    """A name that is spelled wrongly is an error, and keeps nothing."""
    with pytest.raises(AttributeError):
        store.settings.last_pol_at = MOMENT  # type: ignore[attr-defined]
    with pytest.raises(AttributeError):
        _ = store.settings.last_pol_at  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("attribute", "text"),
    [
        ("last_poll_at", "2026-13-41T99:00:00+00:00"),
        ("last_poll_at", "2026-01-05T09:00:00"),
        ("failures", "many"),
        ("clock_refused", ""),
        ("poll_interval", "86401"),
        ("poll_interval", "-1"),
        ("searched", "{"),
        ("proxy_id", b"\xff"),
    ],
)
def test_a_damaged_fact_is_an_error_of_the_store(store: Store, attribute: str, text: object) -> None:
    """It names the file and the table, and says what to do."""
    store._connection.execute("INSERT INTO setting VALUES (?, ?)", (attribute, text))
    with pytest.raises(StoreError, match=r"client\.sqlite is damaged: a row of its table setting cannot be read"):
        getattr(store.settings, attribute)
