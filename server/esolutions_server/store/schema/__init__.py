"""The tables of the server's database, a module for each of their subjects.

Datetimes are kept as the wire spells them, so that they sort as text and read
the same in a database shell. No queries here, and nothing that only one kind
of database has.
"""

from __future__ import annotations

from esolutions_server.store.schema.billing import bills, commands
from esolutions_server.store.schema.customers import accounts, equipment, mail, people
from esolutions_server.store.schema.devices import devices, meters, proxies, supplies
from esolutions_server.store.schema.exchanges import journal, messages, nonces, settings
from esolutions_server.store.schema.types import UtcTime, metadata

__all__ = [
    "UtcTime",
    "accounts",
    "bills",
    "commands",
    "devices",
    "equipment",
    "journal",
    "mail",
    "messages",
    "metadata",
    "meters",
    "nonces",
    "people",
    "proxies",
    "settings",
    "supplies",
]
