"""The tables of the client's store, and how an older store becomes a newer one.

`PRAGMA user_version` counts the steps that a store has taken. A step is never
edited once released; a change is a new step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from esolutions_client.errors import StoreError

if TYPE_CHECKING:
    from esolutions_client.store.database.connection import Connection

__all__ = ["STEPS", "upgrade"]

_FIRST = """
CREATE TABLE setting (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

CREATE TABLE device (
    device_id INTEGER PRIMARY KEY,
    serial_number TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,            -- discovered | registered | active | replaced | retired
    host TEXT NOT NULL,
    port INTEGER NOT NULL,
    community TEXT NOT NULL,
    snmp_version TEXT NOT NULL,
    vendor TEXT, model TEXT,
    layout_id INTEGER,
    discovered_at TEXT NOT NULL,
    registered_at TEXT, active_since TEXT,
    silent_since TEXT, silent_reason TEXT,
    held_since TEXT, held_reason TEXT,
    low_percent INTEGER NOT NULL DEFAULT 20,
    replaced_by TEXT
);

-- What the columns of a reading mean: meter names, OIDs and sources, supplies.
CREATE TABLE layout (layout_id INTEGER PRIMARY KEY, device_id INTEGER NOT NULL, body TEXT NOT NULL);

CREATE TABLE reading (
    device_id INTEGER NOT NULL,
    read_at INTEGER NOT NULL,       -- seconds since 1970, UTC
    layout_id INTEGER NOT NULL,
    uptime INTEGER,
    flag TEXT,                      -- NULL | rollover | backwards | accepted
    body TEXT NOT NULL,             -- meter values, levels, capacities in the order of the layout
    PRIMARY KEY (device_id, read_at)
) WITHOUT ROWID;

CREATE TABLE transmitted (
    serial_number TEXT NOT NULL, meter TEXT NOT NULL, value INTEGER NOT NULL, read_date TEXT NOT NULL,
    PRIMARY KEY (serial_number, meter)
) WITHOUT ROWID;

CREATE TABLE command (
    command_id TEXT PRIMARY KEY,
    serial_number TEXT NOT NULL,
    action TEXT NOT NULL,           -- TurnOn | Report
    received_at TEXT NOT NULL,
    read_not_before TEXT NOT NULL,
    answer_by TEXT NOT NULL,
    period_end TEXT NOT NULL,
    bounds TEXT NOT NULL,           -- JSON: meter name -> [last value, ceiling]
    state TEXT NOT NULL,            -- open | answering | answered
    note TEXT
) WITHOUT ROWID;
CREATE INDEX command_open ON command (state) WHERE state != 'answered';

CREATE TABLE outbox (
    position INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL UNIQUE,
    operation TEXT NOT NULL,
    composed_at TEXT NOT NULL,
    body TEXT NOT NULL,             -- JSON of the message
    state TEXT NOT NULL,            -- waiting | acknowledged | rejected
    attempts INTEGER NOT NULL DEFAULT 0,
    receipt_id TEXT
);
CREATE INDEX outbox_waiting ON outbox (position) WHERE state = 'waiting';

CREATE TABLE sent (
    sent_id INTEGER PRIMARY KEY,
    message_id TEXT NOT NULL,
    operation TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    sent_at TEXT NOT NULL,
    body BLOB NOT NULL,
    outcome TEXT,                   -- NULL: no answer was recorded
    answer BLOB
);

CREATE TABLE event (
    event_id INTEGER PRIMARY KEY, moment TEXT NOT NULL, kind TEXT NOT NULL, serial_number TEXT, text TEXT NOT NULL
);
"""

# `history SERIAL` and `accept` look for the events of one printer among years of all.
_SECOND = """
CREATE INDEX event_of_printer ON event (serial_number, event_id);
"""

# Readings in the order they were taken, which no clock can turn around: two that bear the same second are two.
_THIRD = """
ALTER TABLE reading RENAME TO reading_by_moment;
CREATE TABLE reading (
    position INTEGER PRIMARY KEY,
    device_id INTEGER NOT NULL,
    read_at INTEGER NOT NULL,       -- seconds since 1970, UTC, by the machine's clock
    layout_id INTEGER NOT NULL,
    uptime INTEGER,
    flag TEXT,                      -- NULL | rollover | backwards | accepted
    body TEXT NOT NULL              -- meter values, levels, capacities in the order of the layout
);
INSERT INTO reading (device_id, read_at, layout_id, uptime, flag, body)
    SELECT device_id, read_at, layout_id, uptime, flag, body FROM reading_by_moment ORDER BY read_at, device_id;
DROP TABLE reading_by_moment;
CREATE INDEX reading_of_device ON reading (device_id);
CREATE INDEX reading_accepted ON reading (device_id) WHERE flag = 'accepted';
"""

# Readings that wait to be sent know by which setting of the clock they were dated; NULL where the server has confirmed
# it, and for what an older version queued. A printer that a person chose is registered anew where its readings are not
# to be trusted.
_FOURTH = """
ALTER TABLE outbox ADD COLUMN clock_origin INTEGER;
ALTER TABLE device ADD COLUMN chosen_at TEXT;
"""

# Readings by round of polls: a round is written at the end of the table, and touches no page per printer.
_FIFTH = """
ALTER TABLE reading RENAME TO reading_by_position;
CREATE TABLE round (round_id INTEGER PRIMARY KEY);
CREATE TABLE reading (
    round_id INTEGER NOT NULL,
    device_id INTEGER NOT NULL,
    read_at INTEGER NOT NULL,       -- seconds since 1970, UTC, by the machine's clock
    layout_id INTEGER NOT NULL,
    uptime INTEGER,
    flag TEXT,                      -- NULL | rollover | backwards | accepted
    body TEXT NOT NULL,             -- meter values, levels, capacities in the order of the layout
    PRIMARY KEY (round_id, device_id)
) WITHOUT ROWID;
INSERT INTO reading
    SELECT sum(begins) OVER (ORDER BY position), device_id, read_at, layout_id, uptime, flag, body
    FROM (
        SELECT *, read_at IS NOT lag(read_at) OVER taken OR device_id <= lag(device_id) OVER taken AS begins
        FROM reading_by_position WINDOW taken AS (ORDER BY position)
    );
INSERT INTO round SELECT DISTINCT round_id FROM reading;
DROP TABLE reading_by_position;
CREATE INDEX reading_accepted ON reading (device_id) WHERE flag = 'accepted';
"""

# Several printers may answer at one address, each at an hrDeviceIndex of its own; NULL where it is the only one.
_DEVICE_INDEX = """
ALTER TABLE device ADD COLUMN device_index INTEGER;
"""

# Attempts by the receipt they got, to find what was acknowledged after it; messages that are offered again.
_RECEIPTS = """
ALTER TABLE sent ADD COLUMN receipt_id TEXT;
ALTER TABLE outbox ADD COLUMN offered INTEGER NOT NULL DEFAULT 0;
UPDATE sent SET receipt_id = substr(CAST(answer AS TEXT), instr(CAST(answer AS TEXT), ':ReceiptId>') + 11, 36)
    WHERE outcome = 'acknowledged' AND instr(CAST(answer AS TEXT), ':ReceiptId>') > 0;
CREATE INDEX sent_by_receipt ON sent (receipt_id) WHERE receipt_id IS NOT NULL;
"""

# Why the server refused to register a printer.
_REFUSED = """
ALTER TABLE device ADD COLUMN refused_reason TEXT;
"""

# What people ask for while another program of the client is at work.
_WISHES = """
CREATE TABLE wish (
    wish_id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,             -- poll | sync | register
    arguments TEXT NOT NULL,        -- JSON
    asked_at TEXT NOT NULL,
    state TEXT NOT NULL,            -- asked | taken | done
    attempts INTEGER NOT NULL DEFAULT 0,
    outcome TEXT                    -- JSON: the command's document, or its error
);
CREATE INDEX wish_open ON wish (wish_id) WHERE state != 'done';
"""

# What tells a printer from another machine that shows its serial number.
_IDENTITY = """
ALTER TABLE device ADD COLUMN hardware_addresses TEXT;  -- hexadecimal, blanks between; they stay at the site
ALTER TABLE device ADD COLUMN sighted TEXT;             -- JSON: its meters when it was found, before it is read
ALTER TABLE device ADD COLUMN doubt TEXT;               -- JSON: the machine that may be it, until a person accepts
ALTER TABLE device ADD COLUMN also_at TEXT;             -- JSON: where else its serial number is shown
"""

# What a request says of itself, for people, and in its bounds when the server has read each meter last; what the server
# calls silent, and since when a printer is called so.
_TERMS = """
ALTER TABLE command ADD COLUMN issued_at TEXT;
ALTER TABLE command ADD COLUMN frequency TEXT;
ALTER TABLE command ADD COLUMN period_start TEXT;
ALTER TABLE command ADD COLUMN repeat INTEGER;
ALTER TABLE device ADD COLUMN silent_after INTEGER NOT NULL DEFAULT 604800;  -- seconds without an answer
ALTER TABLE device ADD COLUMN called_silent_at TEXT;
"""

# The column is named by what it says.
_REREGISTER_SINCE = """
ALTER TABLE device RENAME COLUMN chosen_at TO reregister_since;
"""

STEPS: tuple[str, ...] = (
    _FIRST,
    _SECOND,
    _THIRD,
    _FOURTH,
    _FIFTH,
    _DEVICE_INDEX,
    _RECEIPTS,
    _REFUSED,
    _WISHES,
    _IDENTITY,
    _TERMS,
    _REREGISTER_SINCE,
)


def upgrade(connection: Connection) -> None:
    """Bring a store to the newest schema, each step in a transaction of its own.

    Raises:
        StoreError: the store was written by a newer version of this program.
    """
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(STEPS):
        raise StoreError(
            f"the store {connection.path} has schema {version}, this program knows {len(STEPS)}:"
            " install the newer version that wrote it"
        )
    for number, step in enumerate(STEPS[version:], start=version + 1):
        connection.executescript(f"BEGIN IMMEDIATE; {step}; PRAGMA user_version = {number}; COMMIT;")
