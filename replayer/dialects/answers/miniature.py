"""A migrated, empty database in miniature: an in-memory SQLite that a query is asked of.

Only the tables that a query names are made in it: those of the user with their columns and no rows,
those of the server's own catalogue with their rows. So aggregates, sub-queries and conditions are
computed, not guessed, and a column that does not exist is refused.
"""

from __future__ import annotations

import re
import sqlite3
from typing import TYPE_CHECKING

from replayer.catalog.schema import QualifiedName
from replayer.dialects.answers.functions import add_functions
from replayer.dialects.answers.mysql.system import INFORMATION as MYSQL_INFORMATION
from replayer.dialects.answers.mysql.system import MysqlSystem
from replayer.dialects.answers.rows import RowMemory
from replayer.dialects.answers.tables import SystemTable, shown
from replayer.dialects.backing import Answer

if TYPE_CHECKING:
    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import Table
    from replayer.dialects.answers.postgresql.system import PostgresqlSystem

_WORD = re.compile(r"`((?:[^`]|``)*)`|'(?:[^']|'')*'|([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)")
_ATTACHABLE = 8
"""SQLite attaches ten databases, of which two are ours."""


class Miniature:
    """Runs one query.

    Parameters
    ----------
    catalog
        What is in the database.
    database
        The name of the database (MySQL), or of the schema (PostgreSQL), of names without one.
    memory
        The rows of the user's tables.
    """

    def __init__(self, catalog: Catalog, database: str, memory: RowMemory | None = None) -> None:
        self._catalog = catalog
        self._memory = memory or RowMemory()
        self._database = database
        self.has_system_table = False
        """Whether the query named a table of the server's own."""
        self._system = _system_of(catalog, database)

    def run(self, sql: str, written: Table | None = None) -> Answer:
        """Return the rows of a statement that is written in SQLite's words.

        Parameters
        ----------
        sql
            A query, or a statement that changes rows.
        written
            The table whose rows it changes; they are remembered.

        Raises
        ------
        sqlite3.Error
            When SQLite does not understand it.
        CatalogError
            When a relation that is looked up by name is not there.
        """
        names = {
            (match[1] or match[2] or "").replace("``", "`").lower() for match in _WORD.finditer(sql)
        }
        names.discard("")
        connection = sqlite3.connect(":memory:", isolation_level=None)
        failures: list[Exception] = []
        try:
            add_functions(connection, self._catalog, self._system, self._database, failures)
            self._fill(connection, names)
            cursor = connection.execute(sql)
            rows = tuple(tuple(shown(value) for value in row) for row in cursor.fetchall())
            if written is not None:
                self._keep(connection, written)
        except sqlite3.OperationalError:
            if failures:
                raise failures[0] from None
            raise
        except sqlite3.Warning as warning:
            # Two statements in one text: Python 3.10 has no error for that.
            raise sqlite3.ProgrammingError(str(warning)) from warning
        finally:
            connection.close()
        if cursor.description is None:
            count = max(cursor.rowcount, 0)
            first = (cursor.lastrowid or 0) - count + 1
            return Answer(row_count=count, last_row_id=first if first > 0 else None)
        columns = tuple(str(item[0]) for item in cursor.description)
        return Answer(rows=rows, columns=columns, row_count=len(rows))

    def _keep(self, connection: sqlite3.Connection, table: Table) -> None:
        schema = _quoted(table.name.schema or self._database)
        shape = self._memory.shape(table)
        names = ", ".join(_quoted(name) for name in shape.columns)
        rows = connection.execute(
            f"SELECT {names} FROM {schema}.{_quoted(table.name.name)} ORDER BY rowid"  # noqa: S608
        ).fetchall()
        last = shape.last_number
        if shape.numbered is not None:
            found = connection.execute(
                f"SELECT seq FROM {schema}.sqlite_sequence WHERE name = ?",  # noqa: S608
                (table.name.name,),
            ).fetchone()
            last = found[0] if found else last
        kept = SystemTable(columns=shape.columns, rows=tuple(rows), last_number=last)
        self._memory.keep(table, kept)

    def _fill(self, connection: sqlite3.Connection, names: set[str]) -> None:
        tables: dict[str, dict[str, SystemTable]] = {self._database: {}}
        information = (
            tuple(MYSQL_INFORMATION)
            if isinstance(self._system, MysqlSystem)
            else self._system.information_names()
        )
        if "information_schema" in names:
            tables["information_schema"] = {
                name: self._system.make_information(name) for name in information if name in names
            }
        if not isinstance(self._system, MysqlSystem):
            tables["pg_catalog"] = {
                name: self._system.make(name) for name in self._system.names() if name in names
            }
        self.has_system_table = any(
            found for schema, found in tables.items() if schema != self._database
        )
        for name, table in self._catalog.tables.items():
            if name.name.lower() in names:
                schema = name.schema or self._database
                found = tables.setdefault(schema, {})
                if name.name.lower() not in (key.lower() for key in found):
                    found[name.name] = self._memory.shape(table)
        for schema, made in list(tables.items())[:_ATTACHABLE]:
            if schema != "main":
                connection.execute(f"ATTACH ':memory:' AS {_quoted(schema)}")
            for written, shape in made.items():
                _create(connection, schema, written, shape)


def _system_of(catalog: Catalog, database: str) -> PostgresqlSystem | MysqlSystem:
    if catalog.dialect.is_mysql_like:
        return MysqlSystem(catalog, database)
    # Many files, which a history that asks nothing need not wait for.
    from replayer.dialects.answers.postgresql.system import PostgresqlSystem

    return PostgresqlSystem(catalog)


def _create(connection: sqlite3.Connection, schema: str, name: str, table: SystemTable) -> None:
    where = f"{_quoted(schema)}.{_quoted(name)}"
    columns = []
    for place, column in enumerate(table.columns):
        is_number = any(isinstance(row[place], int) for row in table.rows[:20])
        kind = " INTEGER" if is_number else ""
        if column == table.numbered:
            kind = " INTEGER PRIMARY KEY AUTOINCREMENT"
        columns.append(_quoted(column) + kind)
    if not columns:
        # PostgreSQL has tables without columns; SQLite has none.
        columns = ["`\x01`"]
    connection.execute(f"CREATE TABLE {where} ({', '.join(columns)})")
    if table.rows:
        marks = ", ".join("?" for _column in table.columns)
        connection.executemany(
            f"INSERT INTO {where} VALUES ({marks})",  # noqa: S608 - a table of our own
            table.rows,
        )
    if table.last_number:
        sequences = f"{_quoted(schema)}.sqlite_sequence"
        connection.execute(f"DELETE FROM {sequences} WHERE name = ?", (name,))  # noqa: S608
        connection.execute(
            f"INSERT INTO {sequences} VALUES (?, ?)",  # noqa: S608 - SQLite's own table
            (name, table.last_number),
        )


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def is_relation(catalog: Catalog, written: str) -> bool:
    """Whether a name, perhaps with a schema, is that of a table, view or other object."""
    schema, _, name = written.rpartition(".")
    wanted = QualifiedName("" if schema in {"", "public"} else schema, name)
    return wanted in catalog.tables or any(found == wanted for _kind, found in catalog.others)


def asked_of(table: SystemTable, condition: str | None) -> Answer:
    """Return the rows of a table for which a condition holds.

    Raises
    ------
    sqlite3.Error
        When SQLite does not understand the condition.
    """
    rows = table.rows
    if condition is not None:
        connection = sqlite3.connect(":memory:")
        try:
            _create(connection, "main", "shown", table)
            rows = tuple(connection.execute(f"SELECT * FROM shown WHERE {condition}"))  # noqa: S608
        finally:
            connection.close()
    return Answer(rows=rows, columns=table.columns, row_count=len(rows))
