"""The catalogue of SQLite is SQLite: a database in memory, which runs every statement for real.

What a statement leaves, renames and table rebuilds included, is what the library makes of it. This
module reads the result: ``sqlite_master`` for the texts, the tables' own texts for what no pragma
tells (:mod:`replayer.catalog.sqlite.reader`).
"""

from __future__ import annotations

import re
import sqlite3
import weakref
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from replayer.catalog.catalog import Catalog, Effect
from replayer.catalog.lexer import split_statements
from replayer.catalog.refusals import (
    CatalogError,
    DuplicateColumn,
    DuplicateObject,
    DuplicateTable,
    InvalidDefinition,
    UndefinedColumn,
    UndefinedObject,
    UndefinedTable,
)
from replayer.catalog.schema import ObjectKind, OtherObject, QualifiedName
from replayer.catalog.sqlite.connection import ShelvingConnection
from replayer.catalog.sqlite.tables import table_of
from replayer.catalog.sqlite.writer import write_schema

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from replayer.catalog.schema import Table
    from replayer.model import ServerFacts, Statement

_REFUSALS: tuple[tuple[re.Pattern[str], type[CatalogError]], ...] = (
    (re.compile(r"no such (?:table|view)"), UndefinedTable),
    (re.compile(r"no such column|has no column named|unknown column"), UndefinedColumn),
    (re.compile(r"no such (?:index|trigger|module|collation|function)"), UndefinedObject),
    (re.compile(r"index .* already exists|trigger .* already exists"), DuplicateObject),
    (re.compile(r"already (?:exists|another table)"), DuplicateTable),
    (re.compile(r"duplicate column name"), DuplicateColumn),
)
_QUERIES = re.compile(r"\s*(?:SELECT|WITH|EXPLAIN|VALUES|PRAGMA)\b", re.IGNORECASE)
_SHADOWS = re.compile(r"CREATE VIRTUAL TABLE", re.IGNORECASE)


class MasterRow(NamedTuple):
    """A row of ``sqlite_master`` that has a text."""

    kind: str
    """``table``, ``index``, ``view`` or ``trigger``."""
    name: str
    table: str
    sql: str

    @property
    def is_virtual(self) -> bool:
        """Whether it is a virtual table."""
        return self.kind == "table" and _SHADOWS.match(self.sql) is not None


class SqliteCatalog(Catalog):
    """What DDL leaves in SQLite.

    Parameters
    ----------
    facts
        The version in it is told to those who ask; the library that is linked is the one that runs.
    connection
        A database to look at, in autocommit, such as one that Django has opened; without one the
        catalogue opens its own.
    prepare
        Called with every connection that the catalogue opens, its copies' too: to register the
        functions and collations which statements may name.
    """

    def __init__(
        self,
        facts: ServerFacts,
        *,
        connection: sqlite3.Connection | None = None,
        prepare: Callable[[sqlite3.Connection], None] | None = None,
    ) -> None:
        super().__init__(facts)
        self.prepare = prepare
        self.connection = self._open() if connection is None else connection
        """For whoever wants to ask the database itself, as Django's introspection does."""
        self._shown: dict[tuple[MasterRow, ...], Table] = {}

    def _open(self) -> sqlite3.Connection:
        connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
        # A catalogue is dropped like any value; Python 3.13 warns of a connection left open.
        weakref.finalize(self, connection.close)
        if self.prepare is not None:
            self.prepare(connection)
        # As Django sets them: source: django/db/backends/sqlite3/base.py, get_new_connection.
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA legacy_alter_table = OFF")
        return connection

    def close(self) -> None:
        """Close the database; the catalogue can't be used any more."""
        self.connection.close()

    def define(self, function: str) -> None:
        """Let statements name a function that somebody's connections have; it returns NULL."""
        self.connection.create_function(function, -1, lambda *_: None, deterministic=True)

    def rows(self) -> list[MasterRow]:
        """Return what ``sqlite_master`` holds, in its order.

        Notes
        -----
        Left out are the library's own tables (``sqlite_sequence``), the indexes which it makes for
        constraints, and the tables in which a virtual table keeps its data.
        """
        found = [
            MasterRow(kind, name, table, sql)
            for kind, name, table, sql in self._all_rows()
            if sql is not None and not name.lower().startswith("sqlite_")
        ]
        shadows = self._shadows(found)
        return [row for row in found if row.table not in shadows]

    def _all_rows(self) -> Iterable[tuple[str, str, str, str | None]]:
        if isinstance(self.connection, ShelvingConnection):
            return (row[1:] for row in self.connection.shelf.rows())
        return self.connection.execute(
            "SELECT type, name, tbl_name, sql FROM main.sqlite_master ORDER BY rowid"
        )

    def _shadows(self, rows: list[MasterRow]) -> set[str]:
        """Return the names of the tables behind virtual tables."""
        virtual = [row.name for row in rows if row.is_virtual]
        if not virtual:
            return set()
        if sqlite3.sqlite_version_info >= (3, 37):
            listed = self.connection.execute("PRAGMA main.table_list")
            return {name for _, name, kind, *_ in listed if kind == "shadow"}
        names = tuple(f"{name}_" for name in virtual)
        return {row.name for row in rows if row.name.startswith(names) and not row.is_virtual}

    @property
    def tables(self) -> Mapping[QualifiedName, Table]:
        """The tables, in the order in which the database holds them; virtual ones are others."""
        rows = self.rows()
        indexes: dict[str, list[MasterRow]] = {}
        for row in rows:
            if row.kind == "index":
                indexes.setdefault(row.table, []).append(row)
        shown = {}
        for row in rows:
            if row.kind == "table" and not row.is_virtual:
                # The same texts make the same table, whenever they are read.
                key = (row, *indexes.get(row.name, ()))
                shown[key] = self._shown.get(key) or table_of(
                    row.name, row.sql, [index.sql for index in key[1:]]
                )
        self._shown = shown
        return MappingProxyType({table.name: table for table in shown.values()})

    def table(self, name: str) -> Table | None:
        """Return the table of a name; SQLite's names know no case."""
        for key, table in self.tables.items():
            if key.name.lower() == name.lower():
                return table
        return None

    @property
    def others(self) -> Mapping[tuple[ObjectKind, QualifiedName], OtherObject]:
        """Virtual tables, views and triggers."""
        found = {}
        for row in self.rows():
            if row.is_virtual:
                kind = ObjectKind.VIRTUAL_TABLE
            elif row.kind in {"view", "trigger"}:
                kind = ObjectKind(row.kind.upper())
            else:
                continue
            name = QualifiedName("", row.name)
            depends = QualifiedName("", row.table) if row.kind == "trigger" else None
            found[kind, name] = OtherObject(
                kind=kind, name=name, statements=(row.sql,), depends=depends
            )
        return MappingProxyType(found)

    def execute(self, sql: str) -> Effect:
        """Run one or several statements.

        Raises
        ------
        replayer.catalog.refusals.CatalogError
            In SQLite's words, when it refuses one of them.
        """
        effect = Effect.SESSION
        for text in split_statements(sql, self.dialect):
            effect = max(effect, self._execute_one(text))
        return effect

    def _execute_one(self, sql: str) -> Effect:
        changes, version = self.connection.total_changes, self._schema_version()
        try:
            self.connection.execute(sql).close()
        except sqlite3.Error as error:
            raise refusal(error) from error
        if self._schema_version() != version:
            return Effect.SCHEMA
        if self.connection.total_changes != changes:
            return Effect.DATA
        return Effect.QUERY if _QUERIES.match(sql) else Effect.SESSION

    def _schema_version(self) -> int:
        (version,) = self.connection.execute("PRAGMA main.schema_version").fetchone()
        return int(version)

    def copy(self) -> SqliteCatalog:
        """Return a catalogue that holds the same, rows included, and goes its own way."""
        copied = SqliteCatalog(self.facts, prepare=self.prepare)
        self.connection.backup(copied.connection)
        copied._shown = dict(self._shown)
        return copied

    def statements(self) -> tuple[Statement, ...]:
        """Return the DDL that makes this schema in an empty database, in one pass."""
        return write_schema(self.rows(), self.tables.values())


def refusal(error: sqlite3.Error) -> CatalogError:
    """Return SQLite's error as a catalogue's, with the same words."""
    words = str(error)
    kind = next((kind for pattern, kind in _REFUSALS if pattern.search(words)), InvalidDefinition)
    return kind(words, sqlstate="HY000")
