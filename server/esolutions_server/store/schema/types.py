"""The column types of the tables, and the metadata that all of them belong to."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Integer, MetaData, String, TypeDecorator

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect

__all__ = ["RowNumber", "UtcTime", "metadata"]


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime, to the second, as text of the form 2026-01-31T09:00:00Z."""

    impl = String(20)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002 (SQLAlchemy's)
        """Spell a time."""
        return None if value is None else f"{value.astimezone(UTC).isoformat()[:19]}Z"

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 (SQLAlchemy's)
        """Read a time."""
        return None if value is None else datetime.fromisoformat(value)


metadata = MetaData()
RowNumber = BigInteger().with_variant(Integer, "sqlite")
