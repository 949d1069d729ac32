"""Look at a testbed before it is closed, and note everything a report shows of it."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from esolutions_scenarios.report.content import Bill, Happening, Observed
from esolutions_scenarios.report.observing.envelopes import Envelopes
from esolutions_scenarios.report.observing.exchanges import observe_exchanges
from esolutions_scenarios.report.observing.histories import observe_printers

if TYPE_CHECKING:
    from collections.abc import Iterator

    from esolutions_scenarios.testbed.testbed import Testbed

__all__ = ["observe"]


def observe(testbed: Testbed) -> Observed:
    """Return what happened, without any secret of any machine."""
    printers, left_out, reads = observe_printers(testbed)
    secrets = (machine.store.settings.secret or "" for machine in testbed.machines)
    exchanges = observe_exchanges(testbed, Envelopes(secrets))
    happenings = tuple(sorted(_happenings(testbed), key=lambda happening: happening.at))
    times = [*(exchange.at for exchange in exchanges), *(happening.at for happening in happenings)]
    return Observed(
        began=min([*times, testbed.now]),
        ended=max([*times, testbed.now]),
        machines=tuple(machine.name for machine in testbed.machines),
        exchanges=exchanges,
        happenings=happenings,
        printers=printers,
        printers_left_out=left_out,
        reads=reads,
        bills=tuple(_bills(testbed)),
    )


def _happenings(testbed: Testbed) -> Iterator[Happening]:
    for noted_at, text in testbed.notes:
        yield Happening(noted_at, "story", "note", "", text)
    for machine in testbed.machines:
        for at, kind, serial, text in reversed(machine.store.events(-1)):
            yield Happening(datetime.fromisoformat(at), machine.name, kind, serial or "", text)
    for mail in testbed.administration.every.mails():
        yield Happening(mail.moment, "server", "mail", mail.recipient, mail.subject)


def _bills(testbed: Testbed) -> Iterator[Bill]:
    billed = defaultdict(list)
    for bill in testbed.administration.every.bills():
        billed[bill.command_id].append(bill)
    for request in testbed.administration.every.requests():
        own = billed[request.id]
        yield Bill(
            serial_number=request.serial,
            frequency=request.frequency,
            period_start=request.period_start,
            period_end=request.period_end,
            asked_at=request.issued_at,
            answered_at=request.answered_at,
            read_at=own[0].read_at if own else None,
            state=request.state,
            asked_times=request.sent,
            values=tuple((bill.meter, bill.value, bill.impressions) for bill in own),
        )
