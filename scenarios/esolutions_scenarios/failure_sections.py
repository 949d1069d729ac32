"""What a failing test shows of its server: the virtual time, the end of the journal, the newest mail."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from esolutions_server.service.people.administration import Administration
    from esolutions_server.service.people.presentation.views import ExchangeView

__all__ = ["sections_of"]

_LINES = 20


def sections_of(administration: Administration, now: datetime) -> list[tuple[str, str]]:
    """Return the sections of a test report, each a heading and its text."""
    exchanges = deque(administration.every.journal(), maxlen=_LINES)
    mails = deque(administration.every.mails(), maxlen=_LINES)
    sections = [
        (f"Communication Server at {_spelled(now)}: the last exchanges", "\n".join(map(_line, exchanges)) or "none")
    ]
    if mails:
        lines = [f"{_spelled(mail.moment)}  {mail.recipient}  {mail.subject}" for mail in mails]
        sections.append(("Communication Server: the newest mail", "\n".join(lines)))
    return sections


def _line(exchange: ExchangeView) -> str:
    size = f"{exchange.bytes_in} bytes in, {exchange.bytes_out} out"
    who = exchange.proxy_id or "a stranger"
    note = f"  {exchange.note}" if exchange.note else ""
    operation = exchange.operation or "no operation"
    return f"{exchange.number:5}  {_spelled(exchange.moment)}  {operation}  {exchange.outcome}  {who}  {size}{note}"


def _spelled(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
