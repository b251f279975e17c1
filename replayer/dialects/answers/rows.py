"""The rows that functions of migrations have put into the user's tables.

Kept so that a function meets again what it, or one before it, has written. Only rows that the
miniature of the database could store: what an expression of the server's own computes, and what is
written after the first thousand rows of a table, is not remembered. A renamed table begins anew.
"""

from __future__ import annotations

import datetime as dt
import functools
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

from replayer.dialects.answers.tables import SystemTable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from replayer.catalog.schema import Table

_MOST_ROWS = 1000


_READERS: tuple[tuple[str, Callable[[str], object]], ...] = (
    ("timestamp", dt.datetime.fromisoformat),
    ("datetime", dt.datetime.fromisoformat),
    ("date", dt.date.fromisoformat),
    ("numeric", Decimal),
    ("decimal", Decimal),
    ("uuid", uuid.UUID),
)


def reader_of(kind: str) -> Callable[[object], object] | None:
    """Return what makes the driver's value of one that SQLite holds, by the column's type."""
    if kind == "boolean":
        return bool
    for begin, read in _READERS:
        if kind.startswith(begin):
            return functools.partial(_read, read)
    return None


def _read(read: Callable[[str], object], value: object) -> object:
    try:
        return read(str(value))
    except (ValueError, ArithmeticError):
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """What one table holds."""

    rows: tuple[Mapping[str, object], ...] = ()
    last_number: int = 0
    """The highest number that its identity column was given."""


@dataclass(slots=True)
class RowMemory:
    """The rows of all tables, by the names of the tables and columns."""

    tables: dict[str, Stored] = field(default_factory=dict)

    def copy(self) -> RowMemory:
        """Return a copy to go back to; the values in it are shared."""
        return RowMemory(dict(self.tables))

    def shape(self, table: Table) -> SystemTable:
        """Return a table with what is remembered, in the columns that it has now."""
        stored = self.tables.get(str(table.name), Stored())
        columns = tuple(column.name for column in table.columns)
        numbered = [column.name for column in table.columns if column.identity is not None]
        return SystemTable(
            columns=columns,
            rows=tuple(tuple(row.get(name) for name in columns) for row in stored.rows),
            numbered=numbered[0] if numbered else None,
            last_number=stored.last_number,
        )

    def keep(self, table: Table, shape: SystemTable) -> None:
        """Remember what a table holds after a statement."""
        rows = tuple(dict(zip(shape.columns, row, strict=True)) for row in shape.rows[:_MOST_ROWS])
        self.tables[str(table.name)] = Stored(rows=rows, last_number=shape.last_number)

    def count(self, table: Table, numbers: int) -> int:
        """Give out numbers of the identity column for rows that are not remembered."""
        stored = self.tables.get(str(table.name), Stored())
        last = stored.last_number + numbers
        self.tables[str(table.name)] = Stored(rows=stored.rows, last_number=last)
        return stored.last_number + 1

    def empty(self, name: str) -> None:
        """Forget the rows of a table."""
        stored = self.tables.get(name, Stored())
        self.tables[name] = Stored(last_number=stored.last_number)
