"""Reads ``CREATE TABLE`` of PostgreSQL: columns, queries, ``LIKE``, partitions.

Source: PostgreSQL, src/backend/parser/gram.y; the templates of
django/db/backends/postgresql/schema.py and django/contrib/postgres (4.2 to 6.1).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.actions import ColumnSpec
from replayer.catalog.postgresql.column_reader import read_column
from replayer.catalog.postgresql.constraint_reader import TABLE_CONSTRAINTS, read_table_constraint
from replayer.catalog.postgresql.cursor import Cursor, UnreadableError
from replayer.catalog.postgresql.statements import (
    CreateTable,
    CreateTableAs,
    Like,
    Plain,
    PostgresStatement,
)
from replayer.catalog.schema import Constraint, Partition

if TYPE_CHECKING:
    from replayer.catalog.schema import QualifiedName

_LIKED = {
    *("COMMENTS", "COMPRESSION", "CONSTRAINTS", "DEFAULTS", "GENERATED", "IDENTITY", "INDEXES"),
    *("STATISTICS", "STORAGE"),
}
_ROWS = re.compile(r"\s+WITH\s+(?:NO\s+)?DATA\Z", re.IGNORECASE)


def read_create_table(cursor: Cursor, *, temporary: bool, unlogged: bool) -> PostgresStatement:
    """Read what stands behind ``CREATE TABLE``."""
    if_not_exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.qualified()
    if cursor.take("PARTITION", "OF"):
        return _read_partition(cursor, name, if_not_exists=if_not_exists, unlogged=unlogged)
    if cursor.next != "(" or _sees_names(cursor):
        if temporary:
            return Plain(effect=Effect.SESSION, makes=name)
        return _read_as(cursor, name, if_not_exists=if_not_exists, unlogged=unlogged)
    cursor.expect("(")
    like = _read_like(cursor) if cursor.next == "LIKE" else None
    columns: list[ColumnSpec] = []
    constraints: list[Constraint] = []
    if like is not None and cursor.next != ")":
        cursor.expect(",")
    while cursor.next != ")":
        if cursor.next in TABLE_CONSTRAINTS:
            constraints.append(read_table_constraint(cursor)[0])
        elif cursor.next == "LIKE":
            raise UnreadableError("LIKE")
        else:
            spec = read_column(cursor)
            columns.append(spec)
            constraints += spec.constraints
        if not cursor.take(","):
            break
    cursor.expect(")")
    options = "UNLOGGED" if unlogged else ""
    rest = cursor.rest().rstrip("; ")
    if " AS " in f" {rest.upper()} " and "SELECT" in rest.upper():
        raise UnreadableError("CREATE TABLE AS")
    return CreateTable(
        name=name,
        columns=tuple(columns),
        constraints=tuple(constraints),
        options=" ".join(part for part in (options, rest) if part),
        temporary=temporary,
        if_not_exists=if_not_exists,
        like=like,
    )


def _sees_names(cursor: Cursor) -> bool:
    """Whether bare names of columns come next, as before ``AS``."""
    return cursor.uppers[cursor.at + 2] in {",", ")"} and cursor.uppers[cursor.at + 1] != ")"


def _read_as(
    cursor: Cursor, name: QualifiedName, *, if_not_exists: bool, unlogged: bool
) -> PostgresStatement:
    names = cursor.names() if cursor.next == "(" else ()
    first = cursor.at
    while cursor.next not in {"", "AS"}:
        cursor.word()
    options = cursor.words.slice(first, cursor.at) if cursor.at > first else ""
    cursor.expect("AS")
    query = _ROWS.sub("", cursor.rest().rstrip("; "))
    return CreateTableAs(
        name=name,
        query=query,
        names=names,
        options=" ".join(part for part in ("UNLOGGED" if unlogged else "", options) if part),
        if_not_exists=if_not_exists,
    )


def _read_like(cursor: Cursor) -> Like:
    cursor.expect("LIKE")
    table = cursor.qualified()
    including: set[str] = set()
    while cursor.next in {"INCLUDING", "EXCLUDING"}:
        is_in = cursor.word() == "INCLUDING"
        word = cursor.word()
        words = _LIKED if word == "ALL" else {word}
        including = including | words if is_in else including - words
    return Like(table=table, including=frozenset(including))


def _read_partition(
    cursor: Cursor, name: QualifiedName, *, if_not_exists: bool, unlogged: bool
) -> CreateTable:
    parent = cursor.qualified()
    constraints: list[Constraint] = []
    if cursor.take("("):
        while cursor.next in TABLE_CONSTRAINTS:
            constraints.append(read_table_constraint(cursor)[0])
            if not cursor.take(","):
                break
        cursor.expect(")")
    partition = Partition(parent=parent, bound=read_bound(cursor))
    rest = cursor.rest().rstrip("; ")
    return CreateTable(
        name=name,
        columns=(),
        constraints=tuple(constraints),
        options=" ".join(part for part in ("UNLOGGED" if unlogged else "", rest) if part),
        if_not_exists=if_not_exists,
        partition=partition,
    )


def read_bound(cursor: Cursor) -> str:
    """Read which rows are a partition's."""
    if cursor.take("DEFAULT"):
        return "DEFAULT"
    first = cursor.at
    cursor.expect("FOR", "VALUES")
    word = cursor.word()
    if word not in {"IN", "FROM", "WITH"}:
        raise cursor.unreadable()
    cursor.skip_enclosed()
    if word == "FROM":
        cursor.expect("TO")
        cursor.skip_enclosed()
    return cursor.words.slice(first, cursor.at)
