"""List exchanges and follow those that come: from a server's database, or from a running testbed that knows more.

A testbed knows which devices the messages named; the database of any server has all else.
"""

from __future__ import annotations

import threading
from dataclasses import asdict, dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from esolutions_server.cli.exchanges.exchange_text import sentence_of
from esolutions_server.cli.options import Table, time_text
from esolutions_server.cli.output import is_terminal, print_json, say
from esolutions_server.cli.testbed_access import running_testbed, serves_testbed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from esolutions_server.cli.options import Setting
    from esolutions_server.client import ExchangeFilter, TestbedClient
    from esolutions_server.service.journal_reader import JournalReader
    from esolutions_server.service.people.presentation.views import ExchangeView
    from esolutions_server.store.repositories.exchanges.journal import JournalQuery

__all__ = ["Place", "Wanted", "list_exchanges"]

COLUMNS = (
    "number", "moment", "operation", "proxy_id", "attempt", "waited", "devices_in", "bytes_in", "published_in",
    "devices_out", "bytes_out", "published_out", "outcome", "note",
)  # fmt: skip
# How often a database is asked whether there is anything new.
SECONDS_BETWEEN_LOOKS = 0.5


@dataclass(frozen=True, slots=True)
class Place:
    """Where the journal is: as the options of a command have it."""

    database: str | None
    data_dir: Path | None
    namespace: str

    @property
    def is_of_a_testbed(self) -> bool:
        """Whether only a running testbed has it."""
        return bool(self.namespace)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which exchanges are wanted; None wants all.

    Attributes:
        last: the newest so many; `limit` counts from the oldest.
        is_refused: those that got a fault alone.
        follow: those that come, too.
    """

    last: int | None = None
    limit: int | None = None
    proxy: str | None = None
    operation: str | None = None
    is_refused: bool = False
    serial: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    follow: bool = False

    def query(self) -> JournalQuery:
        """Return it as a database is asked, but for the device."""
        from esolutions_server.store.repositories.exchanges.journal import JournalQuery

        is_refused = True if self.is_refused else None
        return JournalQuery(
            proxy_id=self.proxy, operation=self.operation, is_refused=is_refused, since=self.since, until=self.until
        )

    def filter(self) -> ExchangeFilter:
        """Return it as a testbed is asked."""
        from esolutions_server.client import ExchangeFilter

        outcome = "refused" if self.is_refused else None
        return ExchangeFilter(self.proxy, self.operation, outcome, self.serial, self.since, self.until)


def list_exchanges(setting: Setting, place: Place, wanted: Wanted, *, as_json: bool) -> None:
    """Print the exchanges that are wanted, and with `follow` those that come, until it is interrupted."""
    # What a testbed streams comes at once; any other database is looked at twice a second.
    is_streamed = wanted.follow and place.database is None and serves_testbed(setting, place.data_dir)
    if wanted.serial is not None or place.is_of_a_testbed or is_streamed:
        with running_testbed(setting, place.data_dir, place.namespace) as testbed:
            _print(setting, _of_testbed(testbed, wanted), wanted, as_json=as_json)
        return
    with setting.server(place.database, place.data_dir) as server:
        _print(setting, _of_database(server.journal, wanted), wanted, as_json=as_json)


def _print(setting: Setting, rows: Iterator[ExchangeView], wanted: Wanted, *, as_json: bool) -> None:
    if wanted.follow:
        for row in rows:
            if as_json:
                print_json({name: _in_json(value) for name, value in asdict(row).items()}, indent=None)
            else:
                _say(row)
    elif is_terminal() and not as_json:
        # Two or three lines each, with whole ids: so many columns have no room in any terminal.
        for row in rows:
            _say(row)
    else:
        found = list(rows) if not as_json else rows
        setting.show(Table(lambda: iter(found), COLUMNS), as_json=as_json)


def _say(row: ExchangeView) -> None:
    for line in sentence_of(row):
        say(line)


def _in_json(value: Any) -> Any:
    return time_text(value) if hasattr(value, "isoformat") else value


def _of_database(journal: JournalReader, wanted: Wanted) -> Iterator[ExchangeView]:
    query = wanted.query()
    found: Iterable[ExchangeView] = journal.every(query)
    newest = journal.newest() if wanted.follow else 0
    if wanted.last is not None:
        found = journal.last(query, wanted.last)
    elif wanted.follow and wanted.limit is None and wanted.since is None:
        found = ()
    for row in islice(found, wanted.limit):
        newest = max(newest, row.number)
        yield row
    pause = threading.Event()
    while wanted.follow:
        for row in journal.every(replace(query, after=newest)):
            newest = row.number
            yield row
        pause.wait(SECONDS_BETWEEN_LOOKS)


def _of_testbed(testbed: TestbedClient, wanted: Wanted) -> Iterator[ExchangeView]:
    chosen = wanted.filter()
    newest: int | None = None
    if not wanted.follow or wanted.last is not None or wanted.limit is not None or wanted.since is not None:
        for row in _listed(testbed, wanted, chosen):
            newest = row.number
            yield row
    if wanted.follow:
        yield from testbed.journal.follow(replace(chosen, after=newest))


def _listed(testbed: TestbedClient, wanted: Wanted, chosen: ExchangeFilter) -> Iterable[ExchangeView]:
    if wanted.last is None:
        return islice(testbed.journal.search(chosen), wanted.limit)
    return list(islice(testbed.journal.search(chosen, newest_first=True), wanted.last))[::-1]
