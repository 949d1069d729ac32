"""The life of a command is a table: what has ended stays as it is."""

from __future__ import annotations

from datetime import UTC, datetime
from string import Formatter

import pytest

from esolutions_server.domain.billing.commands import CommandState, CommandStep, CommandStepError, next_command_state
from esolutions_server.domain.mail import TEXTS, MailKind

ALLOWED = {
    (CommandState.OPEN, CommandStep.ANSWER): CommandState.ANSWERED,
    (CommandState.OPEN, CommandStep.HOLD): CommandState.HELD,
    (CommandState.OPEN, CommandStep.DECLINE): CommandState.DECLINED,
    (CommandState.OPEN, CommandStep.CANCEL): CommandState.CANCELLED,
    (CommandState.HELD, CommandStep.ANSWER): CommandState.ANSWERED,
    (CommandState.HELD, CommandStep.REJECT): CommandState.REJECTED,
    (CommandState.CANCELLED, CommandStep.ANSWER): CommandState.ANSWERED,
    (CommandState.CANCELLED, CommandStep.HOLD): CommandState.HELD,
}


@pytest.mark.parametrize("state", CommandState)
@pytest.mark.parametrize("step", CommandStep)
def test_a_command_takes_these_steps_and_no_others(state: CommandState, step: CommandStep) -> None:
    """Nothing reopens a command; one that was answered, declined or rejected is never decided upon again."""
    if (state, step) in ALLOWED:
        assert next_command_state(state, step) == ALLOWED[state, step]
    else:
        with pytest.raises(CommandStepError, match=f"{state} cannot {step}"):
            next_command_state(state, step)


def test_every_kind_of_mail_has_its_words() -> None:
    """Each names its device, and asks for nothing that no mail of its kind comes with."""
    values = {
        "serial": "ABC123456",
        "reason": "a reason",
        "command_id": "an id",
        "person": "bob@acme.example",
        "period_end": datetime(2026, 2, 1, tzinfo=UTC),
        "answer_by": datetime(2026, 2, 4, tzinfo=UTC),
    }
    assert set(TEXTS) == set(MailKind)
    for text in TEXTS.values():
        assert "ABC123456" in text.subject.format(**values)
        places = {name for part in text for _, name, _, _ in Formatter().parse(part) if name is not None}
        assert places <= set(values)
