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
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from replayer.catalog.lexer import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_ALTER = re.compile(
    r"""\s*ALTER\ TABLE\ "(?P<table>[^"'`\]]+)"
    \ (?P<what>ADD|DROP|RENAME)\ COLUMN\ "(?P<column>[^"'`\]]+)"\ ?""",
    re.IGNORECASE | re.VERBOSE,
)
_ROW = "SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_master"
_LAST = f"{_ROW} ORDER BY rowid DESC LIMIT ?"
# The library's own tables never change, and that of counters stands among the others.
_TEXTS = """
SELECT tbl_name, sql FROM main.sqlite_master
WHERE sql IS NOT NULL AND substr(name, 1, 7) <> 'sqlite_'
"""
_ANY_SPECIAL = """
SELECT EXISTS (SELECT 1 FROM temp.sqlite_master) OR EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE tbl_name = ? AND type NOT IN ('table', 'index')
    OR tbl_name >= 'sqlite_stat' AND tbl_name < 'sqlite_t'
)
"""
# Views, triggers and virtual tables: they have no root page.
_ANY_WITHOUT_PAGES = """
SELECT EXISTS (SELECT 1 FROM main.sqlite_master WHERE coalesce(rootpage, 0) = 0)
"""
_EDIT_OTHERS = frozenset({"DROP", "RENAME"})
"""What rewrites the texts of other tables, too."""
_SAVEPOINT = "replayer_alteration"
_FEW = 100
"""How many tables are looked for by their names."""
_NOBODY = "sqlite_nobody"
"""A name that no table of a user can have."""


_Text: TypeAlias = tuple[str, str]
"""The table of an object, and the object's text."""


class _Row(NamedTuple):
    """A row of ``sqlite_master``."""

    rowid: int
    kind: str
    name: str
    table: str
    sql: str | None


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
        self._settled: set[_Text] = set()
        """The texts of all objects when their quotes were last put right.

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
        edits_others = verb in _EDIT_OTHERS
        if self._is_special(table, edits_others=edits_others) or self._is_filled(table):
            return False
        touched, texts = {table}, set[_Text]()
        if edits_others:
            texts.update(self._connection.execute(_TEXTS).fetchall())
            touched.update(name for name, _ in texts - self._settled)
        if verb == "RENAME":
            touched |= _naming(table, match["column"], texts)
        before = self._rows(touched)
        if not any(row.name == table for row in before):
            return False
        altered = self._altered(before, sql)
        after = [row._replace(sql=altered[row.kind, row.name]) for row in before]
        changed = {new.table for old, new in zip(before, after, strict=True) if new != old}
        if any(self._is_filled(name) for name in changed - {table}):
            return False
        if not self._make_anew([row for row in after if row.table in changed]):
            return False
        if edits_others:
            texts.difference_update((row.table, row.sql) for row in before if row.sql)
            texts.update((row.table, row.sql) for row in after if row.sql)
            self._settled = texts
        return True

    def _is_special(self, table: str, *, edits_others: bool) -> bool:
        """Return whether the library has more to look at than tables, or works in another way."""
        return (
            self._answer("PRAGMA legacy_alter_table")
            or self._answer("PRAGMA writable_schema")
            or self._answer(_ANY_SPECIAL, table)
            or (edits_others and self._answer(_ANY_WITHOUT_PAGES))
        )

    def _rows(self, tables: set[str]) -> list[_Row]:
        """Return the rows of tables and their indexes, in their order."""
        names = sorted(tables)
        if len(names) > _FEW:
            found = self._connection.execute(f"{_ROW} ORDER BY rowid").fetchall()
            return [row for row in map(_Row._make, found) if row.table in tables]
        marks = ", ".join("?" * len(names))
        query = f"{_ROW} WHERE tbl_name IN ({marks}) ORDER BY rowid"
        return [_Row(*row) for row in self._connection.execute(query, names).fetchall()]

    def _answer(self, query: str, *values: str) -> bool:
        rows = self._connection.execute(query, values).fetchall()
        return bool(rows and rows[0][0])

    def _is_filled(self, table: str) -> bool:
        return self._answer(f"SELECT EXISTS (SELECT 1 FROM main.{quote(table)})")  # noqa: S608 - it is quoted

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
                connection.execute(f"DROP TABLE main.{quote(row.name)}")
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


def _naming(table: str, column: str, texts: Iterable[_Text]) -> set[str]:
    """Return the tables that may have a foreign key to a column of a table."""
    names = (table.casefold(), column.casefold())
    return {
        name
        for name, sql in texts
        if sql.startswith("CREATE TABLE") and all(word in sql.casefold() for word in names)
    }
