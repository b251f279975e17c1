"""Read SQLite's own catalogue: ``sqlite_master``, its pragmas, and the text it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.differential.judge import sqlite_sql
from tests.differential.judge.facts import Fact


def read_facts(connection: Any) -> Iterator[Fact]:
    """Yield the facts of the database that is connected to."""
    kinds = {row[1]: row[2] for row in connection.execute("PRAGMA table_list")}
    rows = connection.execute(
        "SELECT type, name, tbl_name, sql FROM sqlite_master "
        "WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name"
    )
    for kind, name, table, sql in rows.fetchall():
        if kind == "table" and kinds.get(name) == "virtual":
            yield _fact("table", "", name, "definition", sqlite_sql.normalized(sql))
        elif kind == "table" and kinds.get(name) != "shadow":
            yield from _table_facts(connection, name, sql)
        elif kind == "index":
            yield _fact("index", table, name, "definition", sqlite_sql.without_name(sql))
            yield _fact("index", table, name, "columns", _index_columns(connection, name))
        elif kind == "view":
            yield _fact("view", "", name, "definition", sqlite_sql.normalized(sql))
        elif kind == "trigger":
            yield _fact("trigger", table, name, "definition", sqlite_sql.normalized(sql))


def _table_facts(connection: Any, table: str, sql: str) -> Iterator[Fact]:
    text = sqlite_sql.read_table(sql)
    order = []
    for _, column, type_, not_null, default, key, hidden in _pragma(
        connection, "table_xinfo", table
    ):
        order.append(column)
        yield _fact("column", table, column, "type", type_)
        yield _fact("column", table, column, "not null", not_null)
        yield _fact("column", table, column, "key position", key)
        yield _fact("column", table, column, "hidden", hidden)
        if default is not None:
            yield _fact("column", table, column, "default", sqlite_sql.normalized(default))
        for attribute, value in text.columns.get(column.casefold(), {}).items():
            if attribute not in {"default", "not null"}:
                yield _fact("column", table, column, attribute, value)
    yield _fact("table", "", table, "column order", "\n".join(order))
    yield _fact("table", "", table, "options", text.options)
    unnamed: dict[str, int] = {}
    for name, content in text.constraints:
        label = name
        if not label:
            unnamed[content] = unnamed.get(content, 0) + 1
            label = f"<{content}>" + (f" #{unnamed[content]}" if unnamed[content] > 1 else "")
        yield _fact("constraint", table, label, "definition", content)


def _index_columns(connection: Any, index: str) -> str:
    parts = []
    for _, number, name, descending, collation, is_key in _pragma(connection, "index_xinfo", index):
        if is_key:
            label = name if number >= 0 else "<expression>"
            parts.append(f"{label} {collation}" + (" DESC" if descending else ""))
    return ", ".join(parts)


def _pragma(connection: Any, pragma: str, name: str) -> list[tuple[Any, ...]]:
    quoted = name.replace('"', '""')
    rows: list[tuple[Any, ...]] = connection.execute(f'PRAGMA {pragma}("{quoted}")').fetchall()
    return rows


def _fact(kind: str, owner: str, name: str, attribute: str, value: object) -> Fact:
    return Fact(kind, owner, name, attribute, str(value), str(value))
