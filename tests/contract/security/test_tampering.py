"""Whoever changes a signed answer on its way is refused, or has changed nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from esolutions_client.errors import DeliveryError, ProtocolError
from esolutions_client.wire import codec

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.contract.support.golden import Golden

_ANSWERS = ("3-sync-proxy-turn-on", "5-sync-proxy-report", "6-submit-billing-transaction")
_INSERTED = ("<!---->", "<!--x-->", "<?x?>", "<![CDATA[]]>", "<![CDATA[4]]>", "&#52;", "4", " ", "\n", "<x/>", "\u200b")


def _read(golden: Golden, name: str, text: str) -> Any:
    exchange = next(one for one in golden.exchanges if one.name == name)
    operation = {"3": "SyncProxy", "5": "SyncProxy", "6": "SubmitBillingTransaction"}[name[0]]
    message_id = exchange.request.partition(b"MessageId>")[2].partition(b"<")[0].decode()
    return codec.decode(operation, message_id, text.encode(), golden.credentials)


def _answer(golden: Golden, name: str) -> str:
    text: str = next(one for one in golden.exchanges if one.name == name).answer.decode()
    return text


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(name=st.sampled_from(_ANSWERS), at=st.floats(0, 1), cut=st.integers(0, 3), put=st.sampled_from(("", *_INSERTED)))
@example(name="5-sync-proxy-report", at=0.75, cut=0, put="<!---->")
def test_an_edit_is_refused_or_changes_nothing(golden: Golden, name: str, at: float, cut: int, put: str) -> None:
    """Characters taken out or put in anywhere: what is verified is what is read."""
    text = _answer(golden, name)
    place = int(at * len(text))
    edited = text[:place] + put + text[place + cut :]
    try:
        read = _read(golden, name, edited)
    except DeliveryError:
        return
    assert read == _read(golden, name, text)


@pytest.mark.parametrize("name", _ANSWERS)
@pytest.mark.parametrize("put", ["<!---->", "<?x?>"])
def test_a_comment_in_a_value_is_refused(golden: Golden, name: str, put: str) -> None:
    """A reader of text may stop there, which the signature does not see."""
    before, end, after = _answer(golden, name).rpartition("</tns:SerialNumber>")
    with pytest.raises(ProtocolError, match="comment"):
        _read(golden, name, f"{before[:-4]}{put}{before[-4:]}{end}{after}")


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("LowSupplyPercent>20<", f"LowSupplyPercent>1{'0' * 30}<", "LowSupplyPercent"),
        ("LowSupplyPercent>20<", "LowSupplyPercent>-5<", "LowSupplyPercent"),
        ("Action>Report<", "Action>SelfDestruct<", "Action"),
        ("Frequency>Monthly<", "Frequency>Hourly<", "Frequency"),
        ("PollInterval>PT7200S<", "PollInterval>PT0S<", "PollInterval"),
        ("SilentAfter>P7D<", "SilentAfter>P9999D<", "SilentAfter"),
        ("AnswerBy>2026-", "AnswerBy>0001-", "AnswerBy"),
        ("ReadNotBefore>2026-", "ReadNotBefore>9998-", "ReadNotBefore"),
        ("PeriodStart>2026-", "PeriodStart>1926-", "PeriodStart"),
        ("LastReadDate>2026-", "LastReadDate>2926-", "LastReadDate"),
        ("IssuedAt>2026-", "IssuedAt>0987-", "IssuedAt"),
    ],
)
def test_an_absurd_command_of_a_server_that_has_the_secret_is_refused(
    golden: Golden, signed_again: Callable[[str], str], old: str, new: str, said: str
) -> None:
    """Signed as it may be: it is a protocol error that names the value, and no part of it is obeyed."""
    text = _answer(golden, "5-sync-proxy-report")
    assert old in text
    with pytest.raises(ProtocolError, match=said):
        _read(golden, "5-sync-proxy-report", signed_again(text.replace(old, new)))


def test_a_command_is_what_its_ranges_allow(golden: Golden) -> None:
    """The bounds are checked wherever a command is made, not by the reader of XML alone."""
    (command,) = _read(golden, "5-sync-proxy-report", _answer(golden, "5-sync-proxy-report")).commands
    for wrong in ({"repeat": -1}, {"silent_after": timedelta(0)}, {"period_end": command.period_start - timedelta(1)}):
        with pytest.raises(ValueError, match=r"\w"):
            replace(command, **wrong)
