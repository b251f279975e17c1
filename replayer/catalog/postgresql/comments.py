"""Gives the objects of PostgreSQL their comments, or takes them.

Source: PostgreSQL 15, src/backend/commands/comment.c (``CommentObject``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.lexer import quote_string
from replayer.catalog.postgresql.naming import written
from replayer.catalog.postgresql.object_reader import on_table
from replayer.catalog.postgresql.others import find_other, undefined
from replayer.catalog.postgresql.statements import CommentOn
from replayer.catalog.postgresql.store import VIEWS, Store
from replayer.catalog.schema import ObjectKind

if TYPE_CHECKING:
    from replayer.catalog.schema import Table


def comment_on(store: Store, asked: CommentOn) -> None:
    """Give an object a comment, or take it."""
    table = store.tables.get(asked.name)
    if asked.kind in {"TABLE", "COLUMN", "CONSTRAINT"} and table is not None:
        _comment_table(store, table, asked)
        return
    if asked.kind == "INDEX":
        _comment_index(store, asked)
        return
    kinds = VIEWS if asked.kind in {"TABLE", "COLUMN"} else (ObjectKind(asked.kind),)
    name = asked.name
    on = None
    if asked.part is not None and asked.kind != "COLUMN":
        on = asked.name
        name = on_table(asked.part, on)
    for kind in kinds:
        other = find_other(store, kind, name)
        if other is not None:
            if asked.kind == "COLUMN":
                column = f'{written(name)}."{asked.part}"'
                text = f"COMMENT ON COLUMN {column} IS {quote_string(asked.comment or '')}"
                store.put_other(other, replace(other, statements=(*other.statements, text)))
            else:
                store.put_other(other, replace(other, comment=asked.comment))
            return
    if kinds is VIEWS or asked.kind == "CONSTRAINT":
        raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
    if kinds[0] is ObjectKind.SEQUENCE and asked.name in store.relations:
        return
    raise undefined(kinds[0], name, on)


def _comment_table(store: Store, table: Table, asked: CommentOn) -> None:
    if asked.kind == "TABLE":
        store.put(table, replace(table, comment=asked.comment))
        return
    if asked.kind == "COLUMN":
        if table.column(asked.part or "") is None:
            raise refusals.UndefinedColumn(
                f'column "{asked.part}" of relation "{table.name.name}" does not exist'
            )
        columns = tuple(
            replace(column, comment=asked.comment) if column.name == asked.part else column
            for column in table.columns
        )
        store.put(table, replace(table, columns=columns))
        return
    if table.constraint(asked.part or "") is None:
        raise refusals.UndefinedObject(
            f'constraint "{asked.part}" for table "{table.name.name}" does not exist'
        )
    constraints = tuple(
        replace(item, comment=asked.comment) if item.name == asked.part else item
        for item in table.constraints
    )
    store.put(table, replace(table, constraints=constraints))


def _comment_index(store: Store, asked: CommentOn) -> None:
    relation = store.relations.get(asked.name)
    if relation is None:
        raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
    table = store.tables.get(relation.owner)
    if table is None:
        return
    indexes = tuple(
        replace(index, comment=asked.comment) if index.name == asked.name.name else index
        for index in table.indexes
    )
    store.put(table, replace(table, indexes=indexes))
