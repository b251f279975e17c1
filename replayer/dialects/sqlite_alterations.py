"""Alters columns of the in-memory SQLite without reading every other table again.

``ALTER TABLE`` edits the text of a table in ``sqlite_master`` and reads the whole schema anew; a
column's renaming and dropping parse each text several times over besides. What becomes of the texts
is found out in a second database that holds only what the statement may change, by the library's
own statement; the tables that it did change are then made anew in the first one, if they are empty.
"""

from __future__ import annotations

import re
import sqlite3
import weakref
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ALTER = re.compile(
    r"""\s*ALTER\ TABLE\ "(?P<table>[^"'`\]]+)"
    \ (?P<what>ADD|DROP|RENAME)\ COLUMN\ "(?P<column>[^"'`\]]+)"\ ?""",
    re.IGNORECASE | re.VERBOSE,
)
_COLUMNS = "SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_master"
_OF_TABLE = f"{_COLUMNS} WHERE tbl_name = ? OR tbl_name >= 'sqlite_stat' AND tbl_name < 'sqlite_t'"
_ALL = f"{_COLUMNS} ORDER BY rowid"
_LAST = f"{_COLUMNS} ORDER BY rowid DESC LIMIT ?"
_ANY_TEMPORARY = "SELECT EXISTS (SELECT 1 FROM temp.sqlite_master)"
_EDIT_OTHERS = frozenset({"DROP", "RENAME"})
"""What rewrites the texts of other tables, too."""
_SAVEPOINT = "replayer_alteration"
_NOBODY = "sqlite_nobody"
"""A name that no table of a user can have."""


class _Row(NamedTuple):
    """A row of ``sqlite_master``."""

    rowid: int
    kind: str
    name: str
    table: str
    sql: str | None

    @property
    def is_virtual(self) -> bool:
        return self.kind == "table" and (self.sql or "").upper().startswith("CREATE VIRTUAL")


class ColumnAlterations:
    """Carries out the alterations of columns on a database.

    Parameters
    ----------
    connection
        The database, in autocommit.
    open_other
        Opens an empty database in memory that knows the same functions; it is closed by this.

    Notes
    -----
    What stands in ``sqlite_master`` is what the library's own statement leaves, the order of its
    rows included. Besides the table, the library may change those whose foreign keys name a renamed
    column, and puts double-quoted strings of any object into single quotes; objects that were seen
    to have none are remembered.
    Source: sqlite.org, src/alter.c, ``sqlite3AlterFinishAddColumn``, ``sqlite3AlterRenameColumn``,
    ``sqlite3AlterDropColumn``, ``renameFixQuotes``.
    """

    def __init__(
        self, connection: sqlite3.Connection, open_other: Callable[[], sqlite3.Connection]
    ) -> None:
        self._connection = connection
        self._open_other = open_other
        self._other: sqlite3.Connection | None = None
        self._settled: frozenset[tuple[str, str | None]] = frozenset()
        """The tables and texts of all objects when their quotes were last put right.

        An index stands here beside its very table, on which depends what its quotes mean.
        """

    def run(self, sql: str) -> bool:
        """Carry out a statement that adds, renames or drops a column of an empty table.

        Returns
        -------
        bool
            False when it is another statement, or when SQLite has to look at rows, views or
            triggers, or would refuse it; nothing is done then.
        """
        match = _ALTER.match(sql)
        if match is None:
            return False
        try:
            return self._alter(sql, match)
        except (sqlite3.Error, sqlite3.Warning, KeyError):
            return False

    def _alter(self, sql: str, match: re.Match[str]) -> bool:
        table, verb = match["table"], match["what"].upper()
        rows = self._rows(None if verb in _EDIT_OTHERS else table)
        if not any(row.name == table for row in rows) or self._is_filled(table):
            return False
        touched = {table}
        if verb in _EDIT_OTHERS:
            touched |= {row.table for row in rows if (row.table, row.sql) not in self._settled}
        if verb == "RENAME":
            touched |= _naming(table, match["column"], rows)
        before = [row for row in rows if row.table in touched]
        texts = self._altered(before, sql)
        after = [row._replace(sql=texts[row.kind, row.name]) for row in before]
        changed = {new.table for old, new in zip(before, after, strict=True) if new != old}
        if any(self._is_filled(name) for name in changed - {table}):
            return False
        if not self._make_anew([row for row in after if row.table in changed]):
            return False
        if verb in _EDIT_OTHERS:
            same = (row for row in rows if row.table not in touched)
            self._settled = frozenset((row.table, row.sql) for row in (*same, *after))
        return True

    def _rows(self, table: str | None) -> list[_Row]:
        """Return the rows of a table, or all; none where the library has more to look at."""
        if self._answer("PRAGMA legacy_alter_table") or self._answer("PRAGMA writable_schema"):
            return []
        query = (_ALL,) if table is None else (_OF_TABLE, (table,))
        rows = [_Row(*row) for row in self._connection.execute(*query).fetchall()]
        if any(_is_in_the_way(row) for row in rows) or self._answer(_ANY_TEMPORARY):
            return []
        # The library's own tables never change; that of counters stands among the others.
        return [row for row in rows if not row.table.startswith("sqlite_")]

    def _answer(self, query: str) -> bool:
        rows = self._connection.execute(query).fetchall()
        return bool(rows and rows[0][0])

    def _is_filled(self, table: str) -> bool:
        return self._answer(f"SELECT EXISTS (SELECT 1 FROM main.{_quoted(table)})")  # noqa: S608 - it is quoted

    def _altered(self, rows: list[_Row], sql: str) -> dict[tuple[str, str], str | None]:
        """Return the texts of objects, by kind and name, after a statement ran beside them."""
        if self._other is None:
            self._other = self._open_other()
            self._other.isolation_level = None
            weakref.finalize(self, self._other.close)
        other = self._other
        other.execute("BEGIN")
        try:
            for row in rows:
                if row.sql is not None:
                    other.execute(row.sql)
            other.execute(sql)
            texts = other.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
        finally:
            other.execute("ROLLBACK")
        return {(kind, name): text for kind, name, text in texts}

    def _make_anew(self, rows: list[_Row]) -> bool:
        """Drop empty tables and make them anew with their indexes, in the same rows as before."""
        connection = self._connection
        tables = [row for row in rows if row.kind == "table"]
        counting = [row.name for row in tables if "AUTOINCREMENT" in (row.sql or "").upper()]
        connection.execute(f"SAVEPOINT {_SAVEPOINT}")
        try:
            self._rename_sequences((f"{_NOBODY} {name}", name) for name in counting)
            for row in tables:
                connection.execute(f"DROP TABLE main.{_quoted(row.name)}")
            for row in rows:
                if row.sql is not None:
                    connection.execute(row.sql)
            self._rename_sequences((name, f"{_NOBODY} {name}") for name in counting)
            self._move([_Row(*row) for row in connection.execute(_LAST, (len(rows),))], rows)
        except sqlite3.Error:
            connection.execute(f"ROLLBACK TO {_SAVEPOINT}")
            return False
        else:
            return True
        finally:
            connection.execute(f"RELEASE {_SAVEPOINT}")

    def _rename_sequences(self, names: Iterable[tuple[str, str]]) -> None:
        """Let the counters of tables outlive them, under other names."""
        self._connection.executemany("UPDATE sqlite_sequence SET name = ? WHERE name = ?", names)

    def _move(self, made: list[_Row], rows: list[_Row]) -> None:
        """Put rows of ``sqlite_master`` where they stood: the library reads them by name."""
        places = {row[1:]: row.rowid for row in rows}
        if len(made) != len(rows) or any(row[1:] not in places for row in made):
            msg = "the tables that were made are not those that were wanted"
            raise sqlite3.IntegrityError(msg)
        moves = [(row.rowid, places[row[1:]]) for row in made if row.rowid != places[row[1:]]]
        if not moves:
            return
        update = "UPDATE main.sqlite_master SET rowid = ? WHERE rowid = ?"
        self._connection.execute("PRAGMA writable_schema = ON")
        try:
            # By way of numbers that nobody has, as one may take another's place.
            self._connection.executemany(update, [(-here, here) for here, _ in moves])
            self._connection.executemany(update, [(there, -here) for here, there in moves])
        finally:
            self._connection.execute("PRAGMA writable_schema = OFF")


def _is_in_the_way(row: _Row) -> bool:
    """Return whether the library has more to do for an object, or to forget."""
    return row.kind in {"view", "trigger"} or row.is_virtual or row.name.startswith("sqlite_stat")


def _naming(table: str, column: str, rows: Iterable[_Row]) -> set[str]:
    """Return the tables that may have a foreign key to a column of a table."""
    names = (table.casefold(), column.casefold())
    return {
        row.table
        for row in rows
        if row.kind == "table"
        if row.sql is not None and all(name in row.sql.casefold() for name in names)
    }


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))
