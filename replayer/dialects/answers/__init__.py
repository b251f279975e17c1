"""Answer queries and data statements as the migrated, empty database would.

What a ``RunPython`` or a custom operation asks through a cursor or the ORM is run in a miniature of
the database. What cannot be understood is refused, so that the operation is named as opaque; a
guess could steer it the wrong way in silence.
"""

from __future__ import annotations

import re
import sqlite3
from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog.mysql import refusals as mysql_refusals
from replayer.catalog.refusals import CatalogError, UndefinedColumn, UndefinedTable
from replayer.catalog.schema import ObjectKind
from replayer.dialects.answers.data import DataStatement, read_data
from replayer.dialects.answers.miniature import Miniature, is_relation
from replayer.dialects.answers.projection import answer_of_nothing
from replayer.dialects.answers.rows import RowMemory, reader_of
from replayer.dialects.answers.show import show
from replayer.dialects.answers.texts import rewritten
from replayer.dialects.backing import Answer
from replayer.dialects.refusals import CannotAnswer
from replayer.model import Dialect

if TYPE_CHECKING:
    from replayer.catalog.catalog import Catalog
    from replayer.catalog.schema import Column, Table

_TYPE_NUMBERS = re.compile(
    r"\s*SELECT\s+oid\s*,\s*typarray\s+FROM\s+pg_type\s+WHERE\s+typname\s*=", re.IGNORECASE
)
_DATA = re.compile(r"\s*(?:INSERT|UPDATE|DELETE|REPLACE|TRUNCATE|MERGE|COPY|LOAD)\b", re.IGNORECASE)
_BOOLEANS = frozenset(
    [
        "attnotnull",
        "atthasdef",
        "attisdropped",
        "condeferrable",
        "condeferred",
        "convalidated",
        "indisunique",
        "indisprimary",
        "indisexclusion",
        "indimmediate",
        "indisclustered",
        "indisvalid",
        "indisready",
        "relhasindex",
        "relispartition",
        "relrowsecurity",
        "hasindexes",
        "hasrules",
        "hastriggers",
        "rowsecurity",
        "ispopulated",
        "collisdeterministic",
        "tgisinternal",
        "rolsuper",
        "usesuper",
        "typnotnull",
    ]
)
_CHECKED_AT_ONCE = re.compile(r";\s*SET\s+CONSTRAINTS\s+ALL\s+IMMEDIATE\s*;?\s*$", re.IGNORECASE)
"""Behind the update of each new default; django/db/backends/postgresql/schema.py, 4.2 to 6.1."""
_SETTINGS = re.compile(r"\bpg_settings\b", re.IGNORECASE)
_EXISTS = re.compile(r"\s*SELECT\s+(?:NOT\s+)?EXISTS\s*\(", re.IGNORECASE)
_RELATION = re.compile(
    r"\b(?:FROM|JOIN)\s+(?:ONLY\s+)?(`[^`]+`(?:\.`[^`]+`)?|[\w$.]+)", re.IGNORECASE
)


def answer_query(catalog: Catalog, sql: str) -> Answer:
    """Answer one statement, without a memory of the keys that were given before."""
    return Answers()(catalog, sql)


class Answers:
    """Answers statements, and remembers the rows that they write."""

    def __init__(self) -> None:
        self.memory = RowMemory()

    def __call__(self, catalog: Catalog, sql: str) -> Answer:
        """Return what the server would answer.

        Raises
        ------
        CatalogError
            When the server would refuse the statement; `CannotAnswer` when it is not understood.
        """
        if _DATA.match(sql):
            return self._change(catalog, _CHECKED_AT_ONCE.sub("", sql))
        return _ask(catalog, sql, self.memory)

    def _change(self, catalog: Catalog, sql: str) -> Answer:
        statement = read_data(sql, catalog.dialect)
        if statement is None:
            message = f"cannot tell what it does: {_shortened(sql)}"
            raise CannotAnswer(message)
        for name in statement.tables:
            if not is_relation(catalog, name):
                raise _no_table(catalog, name)
        table = catalog.table(statement.tables[0].rpartition(".")[2])
        if table is None:
            return Answer(columns=() if statement.returning else None, row_count=0)
        for name in (*statement.columns, *statement.returning):
            if name != "*" and not _has_column(table, name, catalog.dialect):
                raise _no_column(catalog, name, table)
        answer = self._remembered(catalog, sql, statement, table)
        if answer is not None:
            return answer
        if statement.verb not in {"INSERT", "REPLACE"}:
            columns = _returned(statement, table) if statement.returning else None
            return Answer(columns=columns, row_count=0)
        return self._insert(statement, table)

    def _remembered(
        self, catalog: Catalog, sql: str, statement: DataStatement, table: Table
    ) -> Answer | None:
        """Change the remembered rows; None for what the miniature does not understand."""
        if statement.verb == "TRUNCATE":
            for name in statement.tables:
                self.memory.empty(name)
            return Answer(row_count=0)
        miniature = Miniature(catalog, _database(catalog), self.memory)
        try:
            answer = miniature.run(rewritten(sql, catalog.dialect), table)
        except sqlite3.Error:
            return None
        return _typed(answer, catalog, sql)

    def _insert(self, statement: DataStatement, table: Table) -> Answer:
        first = self.memory.count(table, statement.row_count)
        columns = _returned(statement, table)
        rows = [
            tuple(_value(table.column(name), number) for name in columns)
            for number in range(first, first + statement.row_count)
        ]
        return Answer(
            rows=tuple(rows) if statement.returning else (),
            columns=columns if statement.returning else None,
            row_count=statement.row_count,
            last_row_id=first if statement.row_count else None,
        )


def _ask(catalog: Catalog, sql: str, memory: RowMemory) -> Answer:
    if _TYPE_NUMBERS.match(sql):
        # Asked to register converters with the driver, of which there is none.
        return Answer(columns=("oid", "typarray"), row_count=0)
    database = _database(catalog)
    if re.match(r"\s*(?:SHOW|DESC|DESCRIBE)\b", sql, re.IGNORECASE):
        return show(catalog, database, sql)
    text = rewritten(sql, catalog.dialect)
    relations = [match[1].replace("`", "") for match in _RELATION.finditer(text)]
    views = {
        name.name
        for kind, name in catalog.others
        if kind in {ObjectKind.VIEW, ObjectKind.MATERIALIZED_VIEW, ObjectKind.FOREIGN_TABLE}
    }
    if any(name.rpartition(".")[2] in views for name in relations):
        return _nothing(sql, relations, catalog)
    miniature = Miniature(catalog, database, memory)
    try:
        answer = miniature.run(text)
    except CatalogError:
        raise
    except sqlite3.Error as error:
        refusal = _refusal(catalog, error, sql, has_system_table=miniature.has_system_table)
        if refusal is not None:
            raise refusal from error
        answer = _ask_again(catalog, database, sql, relations, first=miniature, memory=memory)
    if not answer.rows and _SETTINGS.search(sql):
        # The server has settings that are not known here.
        raise CannotAnswer(f"cannot answer: {_shortened(sql)}")
    if catalog.dialect is Dialect.POSTGRESQL:
        answer = _as_postgresql(answer, is_exists=_EXISTS.match(sql) is not None)
    return _typed(answer, catalog, sql) if memory.tables else answer


def _typed(answer: Answer, catalog: Catalog, sql: str) -> Answer:
    """Give the values of plain columns the types that the driver gives them."""
    if not answer.rows or not answer.columns:
        return answer
    types = {
        column.name: column.type.lower()
        for name, table in catalog.tables.items()
        if name.name in sql
        for column in table.columns
    }
    readers = [reader_of(types.get(name, "")) for name in answer.columns]
    if not any(readers):
        return answer
    rows = tuple(
        tuple(
            reader(value) if reader is not None and value is not None else value
            for reader, value in zip(readers, row, strict=True)
        )
        for row in answer.rows
    )
    return replace(answer, rows=rows)


def _as_postgresql(answer: Answer, *, is_exists: bool) -> Answer:
    """Name the columns as the server does, and make booleans of the numbers that stand for them."""
    names = answer.columns or ()
    booleans = {place for place, name in enumerate(names) if name in _BOOLEANS}
    if is_exists:
        booleans.add(0)
    rows = tuple(
        tuple(
            bool(value) if place in booleans and value is not None else value
            for place, value in enumerate(row)
        )
        for row in answer.rows
    )
    columns = []
    for name in names:
        match = re.match(r"(\w+)\s*\(", name)
        is_plain = re.fullmatch(r"[^\W\d]\w*", name) is not None
        columns.append(name if is_plain else match[1].lower() if match else "?column?")
    return Answer(rows=rows, columns=tuple(columns), row_count=answer.row_count)


def _ask_again(
    catalog: Catalog,
    database: str,
    sql: str,
    relations: list[str],
    *,
    first: Miniature,
    memory: RowMemory,
) -> Answer:
    """Let a real parser write the query for SQLite; at last see whether it reads nothing."""
    from sqlglot.errors import SqlglotError

    from replayer.dialects.answers.translate import translated

    read = "postgres" if catalog.dialect is Dialect.POSTGRESQL else "mysql"
    miniature = Miniature(catalog, database, memory)
    try:
        text = rewritten(translated(sql, read), Dialect.POSTGRESQL)
        return miniature.run(text)
    except CatalogError:
        raise
    except sqlite3.Error as error:
        # What the parser wrote may name things that the query does not: its columns prove nothing,
        # nor do functions that it wrote as tables.
        refusal = _refusal(catalog, error, sql, has_system_table=miniature.has_system_table)
        kind, _, name = str(error).rpartition(": ")
        if refusal is not None and kind == "no such table" and name in relations:
            raise refusal from error
    except SqlglotError:
        pass
    if first.has_system_table:
        raise CannotAnswer(f"cannot answer: {_shortened(sql)}")
    return _nothing(sql, relations, catalog)


def _nothing(sql: str, relations: list[str], catalog: Catalog) -> Answer:
    """Answer a query that reads only what is empty, whatever it computes from it."""
    if relations and all(is_relation(catalog, name) for name in relations):
        answer = answer_of_nothing(sql)
        if answer is not None:
            return answer
    raise CannotAnswer(f"cannot answer: {_shortened(sql)}")


def _refusal(
    catalog: Catalog, error: sqlite3.Error, sql: str, *, has_system_table: bool
) -> CatalogError | None:
    match = re.fullmatch(r"no such (table|column): (.*)", str(error))
    if match is None:
        return None
    kind, name = match[1], match[2].rpartition(" - should this be")[0] or match[2]
    schema, _, bare = name.rpartition(".")
    if kind == "table":
        if bare.startswith("pg_") or schema in {"information_schema", "pg_catalog"}:
            return CannotAnswer(f"cannot answer from {name}")
        # A function in FROM (generate_series) is a table to SQLite.
        if is_relation(catalog, name) or re.search(rf"\b{re.escape(bare)}\s*\(", sql):
            return None
        return _no_table(catalog, name)
    if has_system_table or bare in {"ctid", "xmin", "tableoid"}:
        return CannotAnswer(f"cannot answer: no column {name} is known of the server's own tables")
    if catalog.dialect is Dialect.POSTGRESQL:
        words = name if schema else f'"{name}"'
        return UndefinedColumn(f"column {words} does not exist")
    return mysql_refusals.unknown_column(name, "field list")


def _no_table(catalog: Catalog, name: str) -> CatalogError:
    if catalog.dialect is Dialect.POSTGRESQL:
        return UndefinedTable(f'relation "{name}" does not exist')
    return mysql_refusals.no_such_table(_database(catalog), name.rpartition(".")[2])


def _no_column(catalog: Catalog, name: str, table: Table) -> CatalogError:
    if catalog.dialect is Dialect.POSTGRESQL:
        return UndefinedColumn(f'column "{name}" of relation "{table.name.name}" does not exist')
    return mysql_refusals.unknown_column(name, "field list")


def _has_column(table: Table, name: str, dialect: Dialect) -> bool:
    if dialect is Dialect.POSTGRESQL:
        return table.column(name) is not None
    return name.lower() in {column.name.lower() for column in table.columns}


def _returned(statement: DataStatement, table: Table) -> tuple[str, ...]:
    if "*" in statement.returning:
        return tuple(column.name for column in table.columns)
    return statement.returning


def _value(column: Column | None, number: int) -> object:
    """Return what ``RETURNING`` gives for a column: its number, or nothing that is known."""
    return number if column is not None and column.identity is not None else None


def _database(catalog: Catalog) -> str:
    schema = getattr(catalog, "schema", None)
    return str(getattr(schema, "database", "public"))


def _shortened(sql: str, length: int = 80) -> str:
    text = " ".join(sql.split())
    return text if len(text) <= length else f"{text[: length - 1]}…"
