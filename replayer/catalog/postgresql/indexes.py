"""Makes and alters indexes of PostgreSQL as its statements ask for them.

Source: PostgreSQL 15, src/backend/commands/indexcmds.c (``DefineIndex``).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.postgresql.keys import add_index
from replayer.catalog.postgresql.lookup import find_table
from replayer.catalog.schema import ObjectKind, QualifiedName

if TYPE_CHECKING:
    from replayer.catalog.postgresql.statements import AlterIndexOption, CreateIndex
    from replayer.catalog.postgresql.store import Store


def create_index(store: Store, asked: CreateIndex, sql: str) -> None:
    """Make an index of a table, or of a materialized view, which keeps it as its statement."""
    name = QualifiedName(asked.table.schema, asked.index.name)
    view = store.others.get((ObjectKind.MATERIALIZED_VIEW, asked.table))
    table = None if view is not None else find_table(store, asked.table)
    if asked.if_not_exists and asked.index.name and store.is_relation(*name):
        return
    if view is not None:
        if store.is_relation(*name):
            raise refusals.DuplicateTable(f'relation "{name.name}" already exists')
        store.put_other(view, replace(view, statements=(*view.statements, sql)))
        store.put_index_of_view(name, view.name)
    elif table is not None:
        add_index(store, table, asked.index)


def alter_index(store: Store, asked: AlterIndexOption) -> None:
    """Add to an index's options what a statement sets."""
    relation = store.relations.get(asked.name)
    if relation is None:
        if asked.if_exists:
            return
        raise refusals.UndefinedTable(f'relation "{asked.name}" does not exist')
    table = store.tables.get(relation.owner)
    if table is None:
        return
    indexes = tuple(
        replace(index, options=f"{index.options}\n{asked.text}")
        if index.name == asked.name.name
        else index
        for index in table.indexes
    )
    store.put(table, replace(table, indexes=indexes))
