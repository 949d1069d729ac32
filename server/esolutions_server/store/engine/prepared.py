"""Run the statements that every request needs at the cost of the driver alone.

SQLAlchemy states them and spells them for the database at hand, once; its
machinery of execution, which costs several times what SQLite does, is left
out. Statements that are seldom run have no need of this.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.engine import Connection, Dialect
    from sqlalchemy.sql import Delete, Insert, Select, Update

__all__ = ["Prepared"]


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A statement in the words of one database."""

    text: str
    names: tuple[str, ...]
    fixed: Mapping[str, Any]
    binders: tuple[Callable[[Any], Any] | None, ...]
    readers: tuple[tuple[int, Callable[[Any], Any]], ...]
    is_positional: bool

    def parameters(self, values: Mapping[str, Any]) -> Any:
        """Return values in the form the driver wants."""
        given = {**self.fixed, **values} if self.fixed else values
        bound = [
            given[name] if binder is None else binder(given[name])
            for name, binder in zip(self.names, self.binders, strict=True)
        ]
        return bound if self.is_positional else dict(zip(self.names, bound, strict=True))

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        """Return a row with the types of its columns."""
        values = list(row)
        for index, reader in self.readers:
            values[index] = reader(values[index])
        return tuple(values)


class Prepared:
    """A statement, spelled for each database when it is first run there."""

    def __init__(self, statement: Select[Any] | Insert | Update | Delete) -> None:
        self._statement = statement
        self._spelled: dict[tuple[str, tuple[str, ...]], _Spelled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> None:
        """Change the database; for an INSERT or UPDATE, the names among the values choose the columns."""
        spelled = self._for(connection.dialect, tuple(values))
        cursor = connection.connection.cursor()
        try:
            cursor.execute(spelled.text, spelled.parameters(values))
        finally:
            cursor.close()

    def insert(self, connection: Connection, values: Mapping[str, Any]) -> int | None:
        """Add a row, and return its number where the driver tells it: SQLite's does."""
        spelled = self._for(connection.dialect, tuple(values))
        cursor = connection.connection.cursor()
        try:
            cursor.execute(spelled.text, spelled.parameters(values))
            number: int | None = getattr(cursor, "lastrowid", None)
            return number
        finally:
            cursor.close()

    def run_each(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Do the same with several sets of values of the same names."""
        if not rows:
            return
        spelled = self._for(connection.dialect, tuple(rows[0]))
        cursor = connection.connection.cursor()
        try:
            cursor.executemany(spelled.text, [spelled.parameters(values) for values in rows])
        finally:
            cursor.close()

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Return what a SELECT finds."""
        spelled = self._for(connection.dialect, ())
        cursor = connection.connection.cursor()
        try:
            cursor.execute(spelled.text, spelled.parameters(values))
            return [spelled.read(row) for row in cursor.fetchall()]
        finally:
            cursor.close()

    def first(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Return the first row a SELECT finds."""
        found = self.rows(connection, values)
        return found[0] if found else None

    def _for(self, dialect: Dialect, columns: tuple[str, ...]) -> _Spelled:
        key = (dialect.name, columns)
        if key not in self._spelled:
            self._spelled[key] = _spell(self._statement, dialect, columns)
        return self._spelled[key]


def _spell(statement: Any, dialect: Dialect, columns: tuple[str, ...]) -> _Spelled:
    compiled = statement.compile(dialect=dialect, column_keys=list(columns) or None)
    is_positional = compiled.positiontup is not None
    names = tuple(compiled.positiontup if is_positional else compiled.binds)
    selected = statement.selected_columns if hasattr(statement, "selected_columns") else ()
    readers = [column.type.dialect_impl(dialect).result_processor(dialect, None) for column in selected]
    return _Spelled(
        text=str(compiled),
        names=names,
        fixed={name: bind.value for name, bind in compiled.binds.items() if bind.value is not None},
        binders=tuple(compiled.binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names),
        readers=tuple((index, reader) for index, reader in enumerate(readers) if reader is not None),
        is_positional=is_positional,
    )
