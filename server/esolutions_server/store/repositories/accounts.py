"""Find and keep what the administrative systems know: accounts, people, equipment; and the mail sent to them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from esolutions_server.store.engine.prepared import Prepared
from esolutions_server.store.repositories.keyset import keyset
from esolutions_server.store.repositories.records import EquipmentRecord
from esolutions_server.store.schema import accounts, equipment, mail, people

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.engine import Connection, Row

__all__ = [
    "account_named",
    "account_of_person",
    "add_account",
    "add_person",
    "find_account",
    "find_equipment",
    "find_mail",
    "find_person",
    "keep_equipment",
    "key_user_of",
    "page_of_accounts",
    "page_of_equipment",
    "page_of_mail",
    "page_of_people",
    "set_person",
    "write_mail",
]

_EQUIPMENT = Prepared(select(equipment).where(equipment.c.serial == bindparam("serial")))
_PEOPLE: Select[Any] = select(people.c.email, accounts.c.name.label("account")).join(
    accounts, people.c.account_id == accounts.c.id
)
_KEY_USER = (
    select(accounts.c.key_user)
    .join(equipment, equipment.c.account_id == accounts.c.id)
    .where(equipment.c.serial == bindparam("serial"))
)


def add_account(connection: Connection, name: str, key_user: str) -> int:
    """Keep a new account and return its number."""
    statement = insert(accounts).returning(accounts.c.id)
    return int(connection.execute(statement, {"name": name, "key_user": key_user}).scalar_one())


def account_named(connection: Connection, name: str) -> int | None:
    """Return the number of the account of that name."""
    return connection.execute(select(accounts.c.id).where(accounts.c.name == name)).scalar()


def find_account(connection: Connection, name: str) -> Row[Any] | None:
    """Return the account of that name."""
    return connection.execute(select(accounts).where(accounts.c.name == name)).first()


def page_of_accounts(connection: Connection, *, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """Return so many accounts, those whose names follow `after`, by name."""
    return connection.execute(keyset(select(accounts), accounts.c.name, after, limit)).all()


def add_person(connection: Connection, email: str, account_id: int) -> None:
    """Keep a person of an account; one already known stays as they are."""
    if account_of_person(connection, email) is None:
        connection.execute(insert(people), {"email": email, "account_id": account_id})


def account_of_person(connection: Connection, email: str) -> int | None:
    """Return the number of the account a person belongs to."""
    return connection.execute(select(people.c.account_id).where(people.c.email == email)).scalar()


def find_person(connection: Connection, email: str) -> Row[Any] | None:
    """Return the person of that address, with the name of their account."""
    return connection.execute(_PEOPLE.where(people.c.email == email)).first()


def page_of_people(connection: Connection, *, after: str | None, limit: int) -> Sequence[Row[Any]]:
    """Return so many people, those whose addresses follow `after`, by address, with the names of their accounts."""
    return connection.execute(keyset(_PEOPLE, people.c.email, after, limit)).all()


def find_equipment(connection: Connection, serial: str) -> EquipmentRecord | None:
    """Return what the administrative systems know of a device."""
    row = _EQUIPMENT.first(connection, {"serial": serial})
    return None if row is None else EquipmentRecord(*row)


def page_of_equipment(connection: Connection, *, after: str | None, limit: int) -> list[EquipmentRecord]:
    """Return so many pieces of equipment, those whose serial numbers follow `after`, by serial number."""
    rows = connection.execute(keyset(select(equipment), equipment.c.serial, after, limit))
    return [EquipmentRecord(*row) for row in rows]


def keep_equipment(connection: Connection, values: dict[str, Any]) -> None:
    """Keep what is known of a device, in the place of what was known."""
    serial = values["serial"]
    if find_equipment(connection, serial) is None:
        connection.execute(insert(equipment), values)
    else:
        connection.execute(update(equipment).where(equipment.c.serial == serial), values)


def set_person(connection: Connection, serial: str, person: str) -> None:
    """Assign a device to a person."""
    connection.execute(update(equipment).where(equipment.c.serial == serial), {"person": person})


def key_user_of(connection: Connection, serial: str) -> str | None:
    """Return the address of the key user of the account a device belongs to."""
    return connection.execute(_KEY_USER, {"serial": serial}).scalar()


def write_mail(connection: Connection, sent_at: datetime, recipient: str, subject: str, body: str) -> None:
    """Keep a mail for delivery."""
    connection.execute(insert(mail), {"moment": sent_at, "recipient": recipient, "subject": subject, "body": body})


def find_mail(connection: Connection, number: int) -> Row[Any] | None:
    """Return the mail of that number."""
    return connection.execute(select(mail).where(mail.c.number == number)).first()


def page_of_mail(connection: Connection, *, after: int | None, limit: int) -> Sequence[Row[Any]]:
    """Return so many mails, those whose numbers follow `after`, oldest first."""
    return connection.execute(keyset(select(mail), mail.c.number, after, limit)).all()
