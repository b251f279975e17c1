"""Makes tables of PostgreSQL, and makes them partitions of others.

Source: PostgreSQL 15, src/backend/commands/tablecmds.c (``DefineRelation``),
src/backend/parser/parse_utilcmd.c (``transformCreateStmt``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from replayer.catalog import refusals
from replayer.catalog.catalog import Effect
from replayer.catalog.postgresql.constraints import add_constraint, merge_keys
from replayer.catalog.postgresql.copies import give_liked, liked_columns
from replayer.catalog.postgresql.lookup import columns_of, find_table, prove_known
from replayer.catalog.postgresql.naming import clip
from replayer.catalog.postgresql.others import check_schema
from replayer.catalog.postgresql.partitions import (
    attach,
    detach,
    inherit,
    inherited_columns,
    parent_of,
)
from replayer.catalog.postgresql.sequences import with_sequence
from replayer.catalog.schema import Partition, Table

if TYPE_CHECKING:
    from replayer.catalog.postgresql.statements import AlterPartition, CreateTable
    from replayer.catalog.postgresql.store import Store
    from replayer.catalog.schema import Column


def create_table(store: Store, asked: CreateTable) -> None:
    """Make a table: its columns, what it inherits or is made like, then its constraints."""
    name = asked.name._replace(name=clip(asked.name.name))
    if asked.temporary:
        store.put_unknown(name, Effect.SESSION)
        return
    check_schema(store, name.schema)
    if store.is_relation(*name):
        if asked.if_not_exists:
            return
        raise refusals.DuplicateTable(f'relation "{name.name}" already exists')
    parent = None if asked.partition is None else _parent(store, asked.partition)
    source = None if asked.like is None else find_table(store, asked.like.table)
    wanted = [spec.column for spec in asked.columns]
    if parent is not None:
        wanted[:0] = inherited_columns(parent)
    if asked.like is not None and source is not None:
        wanted[:0] = liked_columns(asked.like, source)
    _check_twice(wanted)
    columns = tuple(with_sequence(store, name, column) for column in wanted)
    table = Table(
        name=name,
        columns=columns,
        options=asked.options,
        partition=asked.partition,
    )
    _check_generated(table)
    store.put(None, table)
    if parent is not None:
        inherit(store, name, parent)
        table = store.tables[name]
    for constraint in merge_keys(asked.constraints):
        table = add_constraint(store, table, constraint)
    if asked.like is not None and source is not None:
        give_liked(store, name, asked.like, source)


def _parent(store: Store, partition: Partition) -> Table:
    prove_known(store, partition.parent)
    return parent_of(store, partition)


def alter_partition(store: Store, asked: AlterPartition) -> None:
    """Attach a table to another as its partition, or detach it."""
    if find_table(store, asked.table, if_exists=asked.if_exists) is None:
        return
    if asked.bound is None:
        detach(store, asked.table, asked.name)
        return
    table = find_table(store, asked.name)
    if table is not None:
        attach(store, table, Partition(parent=asked.table, bound=asked.bound))


def _check_twice(columns: list[Column]) -> None:
    seen: set[str] = set()
    for column in columns:
        if column.name in seen:
            raise refusals.DuplicateColumn(f'column "{column.name}" specified more than once')
        seen.add(column.name)


def _check_generated(table: Table) -> None:
    for column in table.columns:
        if column.generated is not None:
            columns_of(table, column.generated.expression)
