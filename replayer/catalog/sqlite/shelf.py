"""Keeps the tables that nobody works at out of SQLite's way, and gives them back when named.

SQLite looks at every row of ``sqlite_master`` for each ``CREATE`` and ``DROP``, and at every text
in it for each ``ALTER``, so the time of a history would grow with the square of its tables. What is
kept is the text of empty tables and their indexes, from which SQLite makes them anew.
"""

from __future__ import annotations

import contextlib
import sqlite3
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, NamedTuple

from replayer.catalog.lexer import quote
from replayer.catalog.sqlite.mentions import (
    Need,
    has_strings_in_double_quotes,
    need_of,
    renamed_in,
    words_of,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TABLES = """
ATTACH ':memory:' AS replayer_shelf;
CREATE TABLE replayer_shelf.replayer_kept (
    place INTEGER PRIMARY KEY, type, name, tbl_name COLLATE NOCASE, sql
);
CREATE INDEX replayer_shelf.replayer_kept_table ON replayer_kept (tbl_name);
CREATE TABLE replayer_shelf.replayer_key (parent COLLATE NOCASE, child COLLATE NOCASE);
CREATE INDEX replayer_shelf.replayer_key_parent ON replayer_key (parent);
CREATE INDEX replayer_shelf.replayer_key_child ON replayer_key (child);
CREATE TABLE replayer_shelf.replayer_counter (name PRIMARY KEY COLLATE NOCASE, seq);
"""
_LAST = "CREATE TABLE IF NOT EXISTS main.replayer_last (place)"
"""A table that stands behind all that are kept: SQLite numbers on from there."""
_ANY_LAST = "SELECT 1 FROM main.sqlite_master WHERE name = 'replayer_last'"
_ROWS = """
SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_master WHERE name <> 'replayer_last'
"""
_ALL_ROWS = """
SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_master WHERE name <> 'replayer_last'
UNION ALL SELECT * FROM replayer_shelf.replayer_kept ORDER BY 1
"""
_NEWEST = """
SELECT rowid, type, name, tbl_name, sql FROM main.sqlite_master ORDER BY rowid DESC LIMIT ?
"""
_COUNT = """
SELECT count(*) FROM main.sqlite_master
WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'replayer_last'
"""
# Figures that the planner goes by belong to tables; a virtual one has others behind it.
_IN_THE_WAY = """
SELECT EXISTS (SELECT 1 FROM temp.sqlite_master) OR EXISTS (
    SELECT 1 FROM main.sqlite_master
    WHERE name >= 'sqlite_stat' AND name < 'sqlite_t' OR sql LIKE 'create virtual%'
)
"""
# SQLite drops no table while somebody reads from any.
_PROBE = (
    "CREATE TABLE IF NOT EXISTS replayer_shelf.replayer_probe (x)",
    "DROP TABLE replayer_shelf.replayer_probe",
)
_FLAGS = ("PRAGMA foreign_keys", "PRAGMA writable_schema", _IN_THE_WAY)
"""Where one of them gives anything but 0, nothing is put away."""
_EVERY = "SELECT tbl_name FROM replayer_shelf.replayer_kept GROUP BY tbl_name ORDER BY min(place)"
_KEPT = "SELECT * FROM replayer_shelf.replayer_kept WHERE tbl_name = ? ORDER BY place"
_NAMES = "SELECT name, tbl_name FROM replayer_shelf.replayer_kept"
_CHILDREN = "SELECT child FROM replayer_shelf.replayer_key WHERE parent = ?"
_COUNTER = "SELECT seq FROM replayer_shelf.replayer_counter WHERE name = ?"
_KEEP = "INSERT INTO replayer_shelf.replayer_kept VALUES (?, ?, ?, ?, ?)"
_KEEP_KEY = "INSERT INTO replayer_shelf.replayer_key VALUES (?, ?)"
_KEEP_COUNTER = """
INSERT INTO replayer_shelf.replayer_counter
SELECT name, seq FROM main.sqlite_sequence WHERE name = ?
"""
_SET_COUNTER = """
INSERT INTO main.sqlite_sequence
SELECT name, seq FROM replayer_shelf.replayer_counter WHERE name = ?
"""
_FORGET = (
    "DELETE FROM replayer_shelf.replayer_kept WHERE tbl_name = ?",
    "DELETE FROM replayer_shelf.replayer_key WHERE child = ?",
    "DELETE FROM replayer_shelf.replayer_counter WHERE name = ?",
)
_MOVE = "UPDATE main.sqlite_master SET rowid = ? WHERE rowid = ?"
_MOVE_LAST = """
UPDATE main.sqlite_master SET rowid = (SELECT max(rowid) + 1 FROM main.sqlite_master)
WHERE name = 'replayer_last'
"""
_POINT = "replayer_shelving"
_DEAR = 4
"""For how many statements tables stay after all came back, by the number of those that did."""


class Row(NamedTuple):
    """A row of ``sqlite_master``, with its number."""

    place: int
    kind: str
    name: str
    table: str
    sql: str | None


class Shelf:
    """What is kept of a database in memory.

    Parameters
    ----------
    connection
        The database, in autocommit. A second one, which holds what is kept, is attached to it, so
        that the end of a transaction is the end of it in both.
    size
        How many tables stay in the database; some are put away when twice as many are there.

    Notes
    -----
    Only tables without rows are put away, and none that a view or a trigger names. A table comes
    back to its place in ``sqlite_master``, and so does its counter to ``sqlite_sequence``.
    """

    def __init__(self, connection: sqlite3.Connection, size: int) -> None:
        self._size = size
        self._recent: dict[str, None] = {}
        """The words of the statements, in lower case, the latest last."""
        self._waits = 0
        """For how many statements nothing is put away."""
        self._kept: dict[str, set[str]] | None = None
        """The tables that are kept, by the names of their objects, once that was read."""
        self._cursor = sqlite3.Cursor(connection)
        self._cursor.executescript(_TABLES)

    def _run(self, sql: str, values: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        return self._cursor.execute(sql, values).fetchall()

    def make_ready(self, sql: str, values: Iterable[object] = ()) -> None:
        """Give back what a statement needs; before a transaction, put away what is not needed."""
        need = need_of(sql)
        self._waits -= 1
        if need is Need.NOTHING:
            if sql.lstrip()[:8].upper() == "ROLLBACK":
                self.forget()
            if self._waits < 0 and sql.lstrip()[:5].upper() == "BEGIN":
                self._tidy()
            return
        if need is Need.ALL:
            self.give_back_all()
        names = self._names()
        if not names:
            return
        if need is Need.ROWS and self._run("PRAGMA foreign_keys")[0][0]:
            self.give_back_all()
            return
        words = words_of(sql, values)
        for word in words:
            self._recent.pop(word, None)
            self._recent[word] = None
        tables = {table for word in words & names.keys() for table in names[word]}
        for parent in renamed_in(sql):
            tables.update(child for (child,) in self._run(_CHILDREN, (parent,)))
        if tables:
            self._give_back(sorted(tables))

    def forget(self) -> None:
        """Hear that a transaction, or a part of it, was undone."""
        self._kept = None

    def rows(self) -> list[Row]:
        """Return what ``sqlite_master`` would hold if nothing were put away, in its order."""
        return [Row(*row) for row in self._run(_ALL_ROWS)]

    def give_back_all(self) -> None:
        """Make the database what it would be if nothing had been put away."""
        if not self._names() and not self._run(_ANY_LAST):
            return
        tables = [name for (name,) in self._run(_EVERY)]
        with self._all_or_nothing():
            self._give_back(tables)
            self._run("DROP TABLE IF EXISTS main.replayer_last")
        self._waits = max(self._waits, _DEAR * len(tables))

    def _names(self) -> dict[str, set[str]]:
        """Return the tables that are kept, by their names and those of their indexes."""
        if self._kept is None:
            self._kept = {}
            for name, table in self._run(_NAMES):
                self._kept.setdefault(name.lower(), set()).add(table)
        return self._kept

    def _give_back(self, tables: Sequence[str]) -> None:
        with self._all_or_nothing():
            rows = [Row(*row) for table in tables for row in self._run(_KEPT, (table,))]
            for row in rows:
                if row.sql is not None:
                    self._run(row.sql)
            self._put_in_place(rows)
            for table in tables:
                if self._run(_COUNTER, (table,)):
                    self._run(_SET_COUNTER, (table,))
                for forget in _FORGET:
                    self._run(forget, (table,))
        names = self._names()
        for row in rows:
            names[row.name.lower()].discard(row.table)
            if not names[row.name.lower()]:
                del names[row.name.lower()]

    def _put_in_place(self, rows: Sequence[Row]) -> None:
        """Let rows that were just made stand where they stood: SQLite reads them by name."""
        places = {row[1:]: row.place for row in rows}
        made = [Row(*row) for row in self._run(_NEWEST, (len(rows),))]
        if any(row[1:] not in places for row in made):
            message = f"SQLite did not make {rows[0].table!r} again as it was"
            raise RuntimeError(message)
        moves = [(row.place, places[row[1:]]) for row in made]
        with self._writable_schema():
            # By way of numbers that nobody has, as one may take another's place.
            self._cursor.executemany(_MOVE, [(-here, here) for here, _ in moves])
            self._cursor.executemany(_MOVE, [(there, -here) for here, there in moves])

    def _tidy(self) -> None:
        """Put away the tables that were not named for the longest time."""
        (count,) = self._run(_COUNT)[0]
        if count <= 2 * self._size:
            return
        if any(self._run(flag)[0][0] for flag in _FLAGS):
            return
        tables = self._loose_tables()
        ages = {word: age for age, word in enumerate(self._recent)}
        order = sorted(tables, key=lambda name: (ages.get(name.lower(), -1), tables[name][0].place))
        candidates = (tables[name] for name in order if self._can_be_made_again(name, tables[name]))
        chosen = list(islice(candidates, count - self._size))
        self._recent = {name.lower(): None for name in order if name.lower() in ages}
        try:
            for sql in _PROBE:
                self._run(sql)
            with self._all_or_nothing():
                self._put_away(chosen)
        except sqlite3.OperationalError:
            chosen = []
        if len(chosen) < count - 2 * self._size:
            self._waits = count

    def _loose_tables(self) -> dict[str, list[Row]]:
        """Return the tables that no view or trigger names, each with its indexes."""
        rows = [Row(*row) for row in self._run(_ROWS)]
        held = {
            word
            for row in rows
            if row.kind in {"view", "trigger"}
            for word in words_of(row.sql or "")
        }
        tables: dict[str, list[Row]] = {}
        for row in rows:
            tables.setdefault(row.table, []).append(row)
        return {
            name: group
            for name, group in tables.items()
            if group[0].kind == "table"
            and not name.lower().startswith("sqlite_")
            and name.lower() not in held
        }

    def _can_be_made_again(self, table: str, rows: Sequence[Row]) -> bool:
        """Return whether a table has no rows, and a text that no other's alteration changes."""
        if self._run(f"SELECT EXISTS (SELECT 1 FROM main.{quote(table)})")[0][0]:  # noqa: S608 - it is quoted
            return False
        texts = tuple(row.sql for row in rows if row.sql is not None)
        columns = self._run(f"PRAGMA main.table_xinfo({quote(table)})")
        return not has_strings_in_double_quotes(texts, {name.lower() for _, name, *_ in columns})

    def _put_away(self, tables: Sequence[Sequence[Row]]) -> None:
        self._put_behind_all()
        for rows in tables:
            table = quote(rows[0].table)
            keys = self._run(f"PRAGMA main.foreign_key_list({table})")
            self._cursor.executemany(_KEEP, rows)
            self._cursor.executemany(_KEEP_KEY, {(key[2], rows[0].table) for key in keys})
            if any("AUTOINCREMENT" in (row.sql or "").upper() for row in rows):
                self._run(_KEEP_COUNTER, (rows[0].table,))
            self._run(f"DROP TABLE main.{table}")
        for row in chain.from_iterable(tables):
            self._names().setdefault(row.name.lower(), set()).add(row.table)

    def _put_behind_all(self) -> None:
        """Let what is made from now on stand behind all that was made before."""
        self._run(_LAST)
        with self._writable_schema():
            self._run(_MOVE_LAST)

    @contextlib.contextmanager
    def _writable_schema(self) -> Iterator[None]:
        self._run("PRAGMA writable_schema = ON")
        try:
            yield
        finally:
            self._run("PRAGMA writable_schema = OFF")

    @contextlib.contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._run(f"SAVEPOINT {_POINT}")
        try:
            yield
        except BaseException:
            self._run(f"ROLLBACK TO {_POINT}")
            self.forget()
            raise
        finally:
            self._run(f"RELEASE {_POINT}")
